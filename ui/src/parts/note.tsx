import { useState } from "react";

import { Icon } from "./icons";
import { later } from "./later";
import { sayFault } from "./toasts";

const Markdown = later(() => import("./markdown").then((part) => part.Markdown), "the text");

interface Props {
  title: string;
  text: string;
  disabled?: boolean;
  onKeep: (text: string) => Promise<unknown>;
}

/** A text in Markdown that is read, and written with a preview beside it. */
export function Note({ title, text, disabled = false, onKeep }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <section className="card note" aria-label={title}>
      <header>
        <h2 className="grow">{title}</h2>
        {draft === null && (
          <button type="button" className="button" disabled={disabled} onClick={() => setDraft(text)}>
            <Icon name="pencil" /> Edit
          </button>
        )}
      </header>
      {draft !== null ? (
        <Editor
          title={title}
          text={draft}
          onChange={setDraft}
          onCancel={() => setDraft(null)}
          onKeep={() => void onKeep(draft).then(() => setDraft(null), sayFault)}
        />
      ) : (
        <div className="note-body">{text ? <Markdown text={text} /> : <p className="muted">Nothing is written here yet.</p>}</div>
      )}
    </section>
  );
}

interface EditorProps {
  title: string;
  text: string;
  onChange: (text: string) => void;
  onCancel: () => void;
  onKeep: () => void;
}

function Editor({ title, text, onChange, onCancel, onKeep }: EditorProps) {
  return (
    <div className="note-body column">
      <div className="note-editor">
        <textarea
          className="input mono"
          rows={10}
          autoFocus
          aria-label={`${title} in Markdown`}
          placeholder="Markdown: # heading, **bold**, `code`, - list, | table |"
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onKeep();
            if (event.key === "Escape") onCancel();
          }}
        />
        <div className="note-preview" aria-label="Preview" role="region" tabIndex={0}>
          {text ? <Markdown text={text} /> : <p className="muted">The preview</p>}
        </div>
      </div>
      <div className="row">
        <button type="button" className="button primary" onClick={onKeep}>
          Keep
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <span className="muted wide">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> keeps
        </span>
      </div>
    </div>
  );
}
