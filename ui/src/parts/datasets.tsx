import type { DatasetInput } from "../api/contract.gen";
import { columnsOf, profileOf, sourceOf } from "../api/datasets";
import { CopyButton } from "./small";

const mostColumns = 100;

/** The datasets that a run read: where each comes from, what it was used for, and its columns. */
export function Datasets({ inputs }: { inputs: readonly DatasetInput[] }) {
  return (
    <section className="card" aria-label="Datasets">
      <header>
        <h2 className="grow">Datasets</h2>
        <span className="muted">{inputs.length}</span>
      </header>
      <ul className="datasets">
        {inputs.map((input, i) => (
          <Dataset key={i} input={input} />
        ))}
      </ul>
    </section>
  );
}

function Dataset({ input }: { input: DatasetInput }) {
  const { name = "", digest = "", schema, profile, source, source_type: type } = input.dataset ?? {};
  const context = input.tags?.find((tag) => tag.key === "mlflow.data.context")?.value;
  const columns = columnsOf(schema);
  const facts = profileOf(profile);
  const place = sourceOf(source);
  return (
    <li>
      <p className="row">
        <strong className="clip">
          <bdi>{name}</bdi>
        </strong>
        {context && (
          <span className="chip">
            <bdi className="clip">{context}</bdi>
          </span>
        )}
        <code className="muted clip" title="Digest">
          {digest}
        </code>
        <span className="grow" />
        {facts.map(([word, value]) => (
          <span key={word} className="muted number">
            {value} {word}
          </span>
        ))}
      </p>
      {place && (
        <p className="row">
          <span className="muted">{type || "source"}</span>
          <code className="clip" title={place}>
            {place}
          </code>
          <CopyButton text={place} what="the source" />
        </p>
      )}
      {columns.length > 0 && (
        <details>
          <summary>{columns.length} columns</summary>
          <table className="plain">
            <tbody>
              {columns.slice(0, mostColumns).map((column) => (
                <tr key={column.name}>
                  <th scope="row">
                    <bdi>{column.name}</bdi>
                  </th>
                  <td className="mono">{column.type}</td>
                  <td className="muted">{column.required ? "" : "optional"}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {columns.length > mostColumns && <p className="muted">and {columns.length - mostColumns} more</p>}
        </details>
      )}
    </li>
  );
}
