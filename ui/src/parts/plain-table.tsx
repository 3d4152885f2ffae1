import type { ReactNode } from "react";

interface Props {
  /** What it is a table of: "plugins". */
  of: string;
  /** The cells of its head. */
  head: ReactNode;
  /** Its rows. */
  children: ReactNode;
}

/** A table of a few rows that scrolls sideways, by keyboard too, where it is wider than its place. */
export function PlainTable({ of, head, children }: Props) {
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={`Table of ${of}`}>
      <table className="plain">
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
