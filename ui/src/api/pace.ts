import { useCallback, useEffect, useRef } from "react";

/** Calls `run` at once, then not again before `pause` milliseconds are over, but once more when asked meanwhile. */
export function usePaced(run: () => void, pause: number): () => void {
  const latest = useRef({ run, pause });
  const timer = useRef(0);
  const again = useRef(false);
  useEffect(() => {
    latest.current = { run, pause };
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    if (timer.current) {
      again.current = true;
      return;
    }
    const act = () => {
      again.current = false;
      latest.current.run();
      timer.current = window.setTimeout(() => {
        timer.current = 0;
        if (again.current) act();
      }, latest.current.pause);
    };
    act();
  }, []);
}
