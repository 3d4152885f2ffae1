import { useEffect, useState, type ComponentType, type FunctionComponent } from "react";

import { Loading } from "./small";

export interface Later<Props> extends FunctionComponent<Props> {
  /** Fetches the script before the part is shown. Rejects when it cannot be fetched, which the part then tells too. */
  fetch: () => Promise<void>;
}

/**
 * A part of the page whose script is fetched when it is first shown, `what` says meanwhile of what one waits; nothing is shown without it. Where
 * React's lazy() keeps what stands there meanwhile for 300 ms at least, this shows the part once its script is there, and at once when it was
 * fetched before. Throws the fault of a script that cannot be fetched, which is tried again when the part is next shown.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, what?: string): Later<Props> {
  let fetched: ComponentType<Props> | undefined;
  const fetch = async () => {
    fetched = await load();
  };
  function Part(props: Props) {
    const [Fetched, setFetched] = useState(() => fetched);
    const [fault, setFault] = useState<unknown>(null);
    useEffect(() => {
      if (Fetched) return;
      fetch().then(() => setFetched(() => fetched), setFault);
    }, [Fetched]);
    if (fault !== null) throw fault as Error;
    if (Fetched) return <Fetched {...props} />;
    return what === undefined ? null : <Loading what={what} />;
  }
  return Object.assign(Part, { fetch });
}
