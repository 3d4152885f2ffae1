import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";

import { ApiError } from "../api/client";
import type { RunColumns } from "../api/contract.gen";
import { complete, faultPosition } from "../api/filter";
import { Icon } from "./icons";

interface Props {
  value: string;
  fault: unknown;
  keys: RunColumns | undefined;
  input: RefObject<HTMLInputElement | null>;
  onApply: (text: string) => void;
}

/** The filter in the filter language, with completion of names; a fault is shown at its position. */
export function FilterInput({ value, fault, keys, input, onApply }: Props) {
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState<number | null>(null);
  const [choice, setChoice] = useState(-1);
  const applied = useRef(value);
  useEffect(() => {
    if (value === applied.current) return;
    applied.current = value;
    setText(value);
  }, [value]);
  const { from, options } = useMemo(() => complete(text, caret ?? 0, keys ?? {}), [text, caret, keys]);
  const open = caret !== null && options.length > 0;
  const apply = (next: string) => {
    applied.current = next;
    setText(next);
    setCaret(null);
    onApply(next.trim());
  };
  const accept = (option: string) => {
    const at = from + option.length + 1;
    const next = `${text.slice(0, from)}${option} ${text.slice(caret ?? text.length).trimStart()}`;
    setText(next);
    setChoice(-1);
    setCaret(at);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = open ? options[choice] : undefined;
    if (event.key === "ArrowDown" && open) setChoice((choice + 1) % options.length);
    else if (event.key === "ArrowUp" && open) setChoice((choice + options.length) % (options.length + 1) - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined) accept(chosen);
    else if (event.key === "Enter") apply(text);
    else if (event.key === "Escape" && open) setCaret(null);
    else if (event.key === "Escape") event.currentTarget.blur();
    else return;
    event.preventDefault();
  };
  const error = fault instanceof ApiError && fault.status === 400 ? fault : null;
  return (
    <div className="filter">
      <Icon name="search" />
      <input
        ref={input}
        className="input"
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={open}
        aria-controls="filter-options"
        aria-autocomplete="list"
        aria-activedescendant={open && choice >= 0 ? `filter-option-${choice}` : undefined}
        aria-invalid={error !== null}
        aria-describedby={error ? "filter-fault" : undefined}
        spellCheck={false}
        autoComplete="off"
        placeholder="Filter: metrics.loss < 0.5 and params.model = 'resnet'"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
          setChoice(-1);
        }}
        onKeyDown={press}
        onBlur={() => setCaret(null)}
      />
      {text && (
        <button type="button" className="button plain icon" aria-label="Clear the filter" onClick={() => apply("")}>
          <Icon name="close" />
        </button>
      )}
      {open && (
        <ul id="filter-options" className="suggestions" role="listbox" aria-label="Names">
          {options.map((option, i) => (
            <li
              key={option}
              id={`filter-option-${i}`}
              role="option"
              aria-selected={i === choice}
              onMouseDown={(event) => {
                event.preventDefault();
                accept(option);
              }}
            >
              {option}
            </li>
          ))}
        </ul>
      )}
      {error && <FilterFault text={value} message={error.message} />}
    </div>
  );
}

function FilterFault({ text, message }: { text: string; message: string }) {
  const position = faultPosition(message);
  // Positions are counted in code points, as the server counts them.
  const characters = Array.from(text);
  return (
    <div id="filter-fault" className="notice bad" role="alert" style={{ marginTop: 6 }}>
      <Icon name="alert" />
      <div className="grow">
        <p>{message}</p>
        {position !== null && (
          <p className="where">
            {characters.slice(0, position).join("")}
            <mark>{characters[position] ?? " "}</mark>
            {characters.slice(position + 1).join("")}
          </p>
        )}
      </div>
    </div>
  );
}
