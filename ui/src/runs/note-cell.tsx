import { useRef, useState } from "react";

import { Icon } from "../parts/icons";

interface Props {
  /** Of the run, for those who hear the page. */
  name: string;
  text: string;
  /** It is being written. */
  isNoted: boolean;
  onWrite: () => void;
  /** The text to keep; null when it stays what it was. */
  onNote: (text: string | null) => void;
}

/** The note of a run, and where it is written. */
export function NoteCell({ name, text, isNoted, onWrite, onNote }: Props) {
  if (isNoted) return <NoteEditor name={name} text={text} onNote={onNote} />;
  return (
    <span className="row">
      <bdi title={text} className="clip grow">
        {text}
      </bdi>
      <button type="button" tabIndex={-1} className="button plain icon write" aria-label={`Write the note of ${name}`} onClick={onWrite}>
        <Icon name="pencil" />
      </button>
    </span>
  );
}

function NoteEditor({ name, text, onNote }: { name: string; text: string; onNote: (text: string | null) => void }) {
  const [draft, setDraft] = useState(text);
  const left = useRef(false);
  const leave = (kept: string | null) => {
    // Leaving the field follows every other way out of it.
    if (left.current) return;
    left.current = true;
    onNote(kept === text ? null : kept);
  };
  return (
    <textarea
      className="input note-field"
      rows={4}
      autoFocus
      aria-label={`Note of ${name}`}
      title="Enter keeps the note, Shift Enter begins a line, Escape leaves it as it was"
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => leave(draft)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") leave(null);
        else if (event.key === "Enter" && !event.shiftKey) leave(draft);
        else return;
        event.preventDefault();
      }}
    />
  );
}
