import { useRef } from "react";

import { plural } from "../format";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Menu } from "../parts/menu";
import type { Chosen, Upload } from "./uploads";

/** A button that asks for files, or for a folder with all that is in it. */
export function UploadMenu({ onChoose }: { onChoose: (chosen: Chosen[]) => void }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    onChoose(Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, content: file })));
    input.value = "";
  };
  return (
    <>
      <Menu
        name="Upload"
        label={
          <>
            <Icon name="upload" /> Upload
          </>
        }
      >
        {(close) =>
          ([
            ["Files", "file", files],
            ["A folder", "folder", folder],
          ] as const).map(([title, icon, input]) => (
            <button
              key={title}
              type="button"
              role="menuitem"
              onClick={() => {
                close();
                input.current?.click();
              }}
            >
              <Icon name={icon} /> {title}
            </button>
          ))
        }
      </Menu>
      <input ref={files} type="file" multiple hidden aria-label="Files to upload" onChange={(event) => take(event.target)} />
      <input
        ref={(input) => {
          folder.current = input;
          // React has no name for this attribute.
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label="A folder to upload"
        onChange={(event) => take(event.target)}
      />
    </>
  );
}

const mostShown = 20;

/** Uploads that are under way, and those that failed until somebody has seen it. */
export function UploadList({ list, cancel }: { list: readonly Upload[]; cancel: (id: number) => void }) {
  if (list.length === 0) return null;
  return (
    <section className="uploads" aria-label="Uploads">
      <ul>
        {list.slice(0, mostShown).map((upload) => (
          <li key={upload.id}>
            <span className="row">
              <bdi className="clip grow" title={upload.path}>
                {upload.path}
              </bdi>
              <button type="button" className="button plain icon" aria-label={`${upload.state === "failed" ? "Dismiss" : "Cancel"} the upload of ${upload.path}`} onClick={() => cancel(upload.id)}>
                <Icon name="close" />
              </button>
            </span>
            {upload.state === "failed" ? (
              <p className="notice bad" role="alert">
                {upload.fault}
              </p>
            ) : (
              <progress aria-label={`Upload of ${upload.path}`} max={1} value={upload.part} />
            )}
          </li>
        ))}
      </ul>
      {list.length > mostShown && <p className="muted">and {plural(list.length - mostShown, "more file")}</p>}
    </section>
  );
}

export function ReplaceDialog({ taken, onClose, onReplace }: { taken: readonly string[]; onClose: () => void; onReplace: () => void }) {
  return (
    <FormDialog title={`Replace ${plural(taken.length, "file")}?`} action="Replace" danger onSubmit={onReplace} onClose={onClose}>
      <p>Already there, and lost when they are replaced:</p>
      <ul className="mono">
        {taken.slice(0, 10).map((path) => (
          <li key={path}>
            <bdi>{path}</bdi>
          </li>
        ))}
        {taken.length > 10 && <li>and {plural(taken.length - 10, "more file")}</li>}
      </ul>
    </FormDialog>
  );
}
