import { useEffect, useRef, useState } from "react";

/** Whether an element is in sight or nearly so; what is not needs nothing from the server. */
export function useInSight(): [React.RefObject<HTMLElement | null>, boolean] {
  const element = useRef<HTMLElement>(null);
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => setInSight(entry?.isIntersecting ?? false), { rootMargin: "300px" });
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, inSight];
}
