import { Swatch } from "../charts/swatch";
import { extentText, type Extent, type Pair } from "./pairs";

interface Props {
  pairs: readonly Pair[];
  /** How much differs, of those that were read. */
  extents: readonly (Extent | undefined)[];
  /** Several files, which are told apart. */
  named: boolean;
  current: number;
  onJump: (place: number) => void;
}

/** All differences in short: a press goes to one of them. */
export function JumpList({ pairs, extents, named, current, onJump }: Props) {
  return (
    <nav className="jumps" aria-label="Differences">
      <ul>
        {pairs.map(({ path, run }, i) => {
          const extent = extents[i];
          const differs = extent !== undefined && extent.removed + extent.added > 0;
          return (
            <li key={`${path} ${run.id}`}>
              <button type="button" className="button plain" title={`${run.name || run.id}, ${path}`} aria-current={i === current ? "true" : undefined} onClick={() => onJump(i)}>
                <Swatch number={run.number} />
                <bdi className="clip">{run.name || run.id}</bdi>
                {named && <bdi className="clip mono muted">{path}</bdi>}
                {extent && <span className={differs ? "number" : "number muted"}>{extentText(extent)}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
