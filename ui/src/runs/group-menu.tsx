import { useState } from "react";

import type { RunColumns } from "../api/contract.gen";
import { keyOf, type ColumnId } from "../api/table";
import { Icon } from "../parts/icons";
import { Menu } from "../parts/menu";

const most = 60;

interface Props {
  keys: RunColumns;
  group: ColumnId | null;
  onChange: (group: ColumnId | null) => void;
}

/** Puts runs together that share the value of a param or a tag. */
export function GroupMenu({ keys, group, onChange }: Props) {
  const [text, setText] = useState("");
  const all: ColumnId[] = [
    "attributes.status",
    "attributes.user_id",
    ...(keys.params ?? []).map((key): ColumnId => `params.${key}`),
    ...(keys.tags ?? []).filter((key) => !key.startsWith("mlflow.")).map((key): ColumnId => `tags.${key}`),
  ];
  const found = all.filter((id) => keyOf(id).toLowerCase().includes(text.toLowerCase())).slice(0, most);
  return (
    <Menu
      role="dialog"
      name={group ? `Group runs by ${keyOf(group)}` : "Group runs"}
      className={group ? "button on" : "button"}
      label={
        <>
          <Icon name="group" />
          <bdi className="clip wide" style={{ maxWidth: 120 }}>
            {group ? keyOf(group) : "Group"}
          </bdi>
        </>
      }
    >
      {(close) => (
        <div className="picker">
          <input className="input" type="search" placeholder="Search params and tags" aria-label="Search params and tags" value={text} onChange={(event) => setText(event.target.value)} />
          <div className="picker-list" role="radiogroup" aria-label="Group by">
            {[null, ...found].map((id) => (
              <label key={id ?? ""}>
                <input
                  type="radio"
                  name="group"
                  checked={group === id}
                  onChange={() => {
                    onChange(id);
                    close();
                  }}
                />
                <bdi className="clip grow">{id ? keyOf(id) : "No groups"}</bdi>
                <span className="muted">{id ? id.slice(0, id.indexOf(".")) : ""}</span>
              </label>
            ))}
          </div>
        </div>
      )}
    </Menu>
  );
}
