import { useEffect, useId, useRef, type ReactNode } from "react";

/** A modal dialog: the browser's own, which keeps the focus inside and closes on Escape. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === box.current) box.current.close();
      }}
    >
      <div className="body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface FormProps {
  title: string;
  action: string;
  danger?: boolean;
  onSubmit: () => Promise<void> | void;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that asks for something and does it. */
export function FormDialog({ title, action, danger = false, onSubmit, onClose, children }: FormProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="column"
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void Promise.resolve(onSubmit()).then(onClose, () => undefined);
        }}
      >
        {children}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={danger ? "button danger" : "button primary"}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
