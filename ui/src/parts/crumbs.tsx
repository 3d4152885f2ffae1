import { useSyncExternalStore, type ReactNode } from "react";

export interface Crumb {
  text: string;
  href?: string;
}

let crumbs: readonly Crumb[] = [];
const watchers = new Set<() => void>();

/** What the page says of where it is; also the title of the window. */
export function setCrumbs(list: readonly Crumb[]): void {
  if (JSON.stringify(list) === JSON.stringify(crumbs)) return;
  crumbs = list;
  document.title = [...list.map((crumb) => crumb.text).reverse(), "Millrace"].join(" · ");
  for (const watcher of watchers) watcher();
}

/** Where the page is below its section, which the navigation beside it shows. */
export function Crumbs(): ReactNode {
  const list = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => crumbs,
  );
  return (
    <ol className="crumbs">
      {list.slice(1).map((crumb, i) => (
        <li key={i} className="clip" title={crumb.text}>
          {crumb.href ? <a href={crumb.href}>{crumb.text}</a> : <span aria-current="page">{crumb.text}</span>}
        </li>
      ))}
    </ol>
  );
}
