import { useMemo, useState } from "react";

import { plural } from "../format";
import { CopyButton } from "./small";

const most = 500;

interface Props {
  title: string;
  word: string;
  pairs: readonly [string, string][];
  right?: boolean;
}

/** Names and values with a search, each to be copied. */
export function Pairs({ title, word, pairs, right = false }: Props) {
  const [text, setText] = useState("");
  const sorted = useMemo(() => [...pairs].sort(([a], [b]) => a.localeCompare(b)), [pairs]);
  const wanted = text.toLowerCase();
  const found = sorted.filter(([key, value]) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted));
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2 className="grow">{title}</h2>
        {pairs.length > 8 && <input className="input" type="search" placeholder="Search" aria-label={`Search ${title}`} value={text} onChange={(event) => setText(event.target.value)} />}
        <span className="muted">{pairs.length}</span>
      </header>
      {pairs.length === 0 ? (
        <p className="muted note-body">No {word}s</p>
      ) : (
        <div className="pairs" tabIndex={0} role="region" aria-label={`${title} and their values`}>
          <table className="plain">
            <tbody>
              {found.slice(0, most).map(([key, value]) => (
                <tr key={key}>
                  <th scope="row">
                    <bdi>{key}</bdi>
                  </th>
                  <td className={right ? "number right" : "mono"}>
                    <bdi>{value.length > 600 ? `${value.slice(0, 600)}…` : value}</bdi>
                  </td>
                  <td className="tight">
                    <CopyButton text={value} what={key} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length > most && <p className="muted note-body">{plural(found.length - most, `more ${word}`)}: search to see them.</p>}
        </div>
      )}
    </section>
  );
}
