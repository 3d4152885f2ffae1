import { useEffect, useState, type ComponentType, type FunctionComponent } from "react";

import { Loading } from "./small";

/**
 * A part of the page whose script is fetched when it is first shown, `what` says meanwhile of what one waits; nothing is shown without it. Where
 * React's lazy() keeps what stands there meanwhile for 300 ms at least, this shows the part once its script is there, and at once when it was
 * fetched before. Throws the fault of a script that cannot be fetched, which is tried again when the part is next shown.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, what?: string): FunctionComponent<Props> {
  let fetched: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [Part, setPart] = useState(() => fetched);
    const [fault, setFault] = useState<unknown>(null);
    useEffect(() => {
      if (Part) return;
      load().then((part) => {
        fetched = part;
        setPart(() => part);
      }, setFault);
    }, [Part]);
    if (fault !== null) throw fault as Error;
    if (Part) return <Part {...props} />;
    return what === undefined ? null : <Loading what={what} />;
  };
}
