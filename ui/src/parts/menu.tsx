import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

/** Puts a popover below its button, inside the window. */
function settle(popover: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  popover.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8)) + scrollX}px`;
  const below = at.bottom + 4;
  popover.style.top = `${(below + size.height > innerHeight - 8 ? Math.max(8, at.top - size.height - 4) : below) + scrollY}px`;
}

interface Props {
  label: ReactNode;
  name?: string;
  className?: string;
  role?: "menu" | "dialog";
  disabled?: boolean;
  children: (close: () => void) => ReactNode;
}

/** A button with a popover: a menu, whose items the arrow keys walk, or any other content. */
export function Menu({ label, name, className = "button", role = "menu", disabled = false, children }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const close = () => popover.current?.hidePopover();

  const walk = (event: KeyboardEvent) => {
    if (role !== "menu") return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...(popover.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={name}
        title={name}
        disabled={disabled}
        aria-haspopup={role}
        aria-expanded={open}
        popoverTarget={id}
      >
        {label}
      </button>
      <div
        ref={popover}
        id={id}
        popover="auto"
        className="menu"
        role={open ? role : undefined}
        aria-label={open ? (name ?? "Menu") : undefined}
        onKeyDown={walk}
        onToggle={(event) => {
          const shown = event.newState === "open";
          setOpen(shown);
          if (!shown || !popover.current || !button.current) return;
          requestAnimationFrame(() => {
            if (!popover.current || !button.current) return;
            settle(popover.current, button.current);
            popover.current.querySelector<HTMLElement>('[role^="menuitem"], input, button')?.focus();
          });
        }}
      >
        {open && children(close)}
      </div>
    </>
  );
}
