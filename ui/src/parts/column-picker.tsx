import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { directionOf, type Direction, type Directions } from "../api/best";
import { call } from "../api/client";
import type { RunColumns } from "../api/contract.gen";
import { keyOf, kindOf, type ColumnId } from "../api/table";
import { count } from "../format";
import { Icon } from "./icons";
import { noteColumn, titleOf } from "./grid-columns";

interface Props {
  experiment: string;
  keys: RunColumns;
  shown: readonly ColumnId[];
  pins: readonly ColumnId[];
  directions: Directions;
  onDirection: (metric: string, direction: Direction) => void;
  onChange: (columns: ColumnId[]) => void;
  onPin: (pins: ColumnId[]) => void;
  onReset: () => void;
}

const attributes = ["status", "start_time", "duration", "end_time", "user_id", "lifecycle_stage"];
const most = 100;

/** Which columns the table shows: searched, by kind, each of which can be pinned to the left. */
export function ColumnPicker({ experiment, keys, shown, pins, directions, onDirection, onChange, onPin, onReset }: Props) {
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["columns", experiment, text],
    queryFn: ({ signal }) => call("ListRunColumns", { experiment_ids: [experiment], contains: text, max_results: 500 }, signal),
    enabled: keys.truncated === true,
    placeholderData: keepPreviousData,
  });
  const source = found.data ?? keys;
  const groups: [string, ColumnId[]][] = [
    ["Attributes", attributes.map((key): ColumnId => `attributes.${key}`)],
    ["Metrics", (source.metrics ?? []).map((key): ColumnId => `metrics.${key}`)],
    ["Metrics, least", (source.metrics ?? []).map((key): ColumnId => `min.${key}`)],
    ["Metrics, greatest", (source.metrics ?? []).map((key): ColumnId => `max.${key}`)],
    ["Metrics, best", (source.metrics ?? []).map((key): ColumnId => `best.${key}`)],
    ["Metrics, curve", (source.metrics ?? []).map((key): ColumnId => `curve.${key}`)],
    ["Params", (source.params ?? []).map((key): ColumnId => `params.${key}`)],
    ["Tags", [...new Set([...(source.tags ?? []), keyOf(noteColumn)])].map((key): ColumnId => `tags.${key}`)],
  ];
  const on = new Set(shown);
  const pinned = new Set(pins);
  const toggle = (id: ColumnId) => onChange(on.has(id) ? shown.filter((other) => other !== id) : [...shown, id]);
  const pin = (id: ColumnId) => {
    onPin(pinned.has(id) ? pins.filter((other) => other !== id) : [...pins, id]);
    if (!on.has(id)) onChange([...shown, id]);
  };
  return (
    <div className="picker">
      <input className="input" type="search" placeholder="Search columns" aria-label="Search columns" value={text} onChange={(event) => setText(event.target.value)} />
      <div className="picker-list" tabIndex={0} role="group" aria-label="Columns">
        {groups.map(([name, all]) => {
          const fitting = all.filter((id) => `${titleOf(id, directions)} ${keyOf(id)}`.toLowerCase().includes(text.toLowerCase()));
          if (fitting.length === 0) return null;
          return (
            <section key={name} aria-label={name}>
              <h3 className="row">
                <span className="grow">{name}</span>
                <span>{count(fitting.length)}</span>
              </h3>
              {fitting.slice(0, most).map((id) => (
                <div key={id} className="row" style={{ gap: 0 }}>
                  <label className="grow" title={keyOf(id)}>
                    <input type="checkbox" checked={on.has(id)} onChange={() => toggle(id)} />
                    <bdi className="clip">{titleOf(id, directions)}</bdi>
                  </label>
                  {kindOf(id) === "best" && <DirectionButton metric={keyOf(id)} direction={directionOf(keyOf(id), directions)} onDirection={onDirection} />}
                  <button type="button" className="button plain icon" aria-pressed={pinned.has(id)} aria-label={`Pin ${titleOf(id, directions)}`} onClick={() => pin(id)}>
                    <Icon name="pin" />
                  </button>
                </div>
              ))}
              {fitting.length > most && <p className="muted">{count(fitting.length - most)} more: search to see them.</p>}
            </section>
          );
        })}
      </div>
      <div className="row">
        <button type="button" className="button plain" onClick={onReset}>
          Default
        </button>
        <button type="button" className="button plain" onClick={() => onChange([])}>
          None
        </button>
        <span className="grow" />
        <span className="muted">{count(shown.length)} shown</span>
      </div>
    </div>
  );
}

function DirectionButton({ metric, direction, onDirection }: { metric: string; direction: Direction; onDirection: Props["onDirection"] }) {
  const other = direction === "lowest" ? "highest" : "lowest";
  return (
    <button type="button" className="button plain icon" aria-label={`Take the ${other} ${metric} as the best`} title={`The ${direction} is the best; take the ${other}`} onClick={() => onDirection(metric, other)}>
      <Icon name={direction === "lowest" ? "down" : "up"} />
    </button>
  );
}
