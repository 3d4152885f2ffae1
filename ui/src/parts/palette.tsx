import "../styles/run.css";

import { useState, type KeyboardEvent } from "react";

import { useExperiments } from "../api/experiments";
import { signOut, useSession } from "../api/session";
import { shortcuts } from "../keys";
import { go, link } from "../router";
import { rememberTheme } from "../theme";
import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icons";

interface Command {
  icon: IconName;
  text: string;
  run: () => void;
}

const most = 50;

/** Everything by name: experiments, a run by its id, and what the page can do. */
export function Palette({ onClose }: { onClose: () => void }) {
  const experiments = useExperiments();
  const { credential } = useSession();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [here] = useState(() => shortcuts().filter(({ keys }) => !/^(mod\+k|j|k|Enter|Escape)$/.test(keys)));
  const commands: Command[] = [
    ...here.map(({ what, run }): Command => ({ icon: "right", text: what, run })),
    ...(["light", "dark", "system"] as const).map((theme): Command => ({ icon: theme === "dark" ? "moon" : "sun", text: `Theme: ${theme}`, run: () => rememberTheme(theme) })),
    ...(credential ? [{ icon: "exit", text: "Sign out", run: signOut } satisfies Command] : []),
    ...(experiments.data ?? []).filter((experiment) => experiment.lifecycle_stage === "active").map((experiment): Command => ({
      icon: "experiment",
      text: experiment.name ?? "",
      run: () => go(link(`/experiments/${experiment.experiment_id ?? ""}`)),
    })),
  ];
  const wanted = text.trim().toLowerCase();
  const found = commands.filter((command) => command.text.toLowerCase().includes(wanted)).slice(0, most);
  if (/^[0-9a-f]{32}$/.test(wanted)) found.unshift({ icon: "chart", text: `Run ${wanted}`, run: () => go(link(`/runs/${wanted}`)) });
  const choose = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search and commands" onClose={onClose}>
      <div className="palette column">
        <input
          className="input"
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found.length > 0 ? `palette-${at}` : undefined}
          aria-label="Search experiments and commands"
          placeholder="An experiment, a run's id, a command"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
        {found.length > 0 && (
          <ul id="palette-list" role="listbox" aria-label="Found" tabIndex={-1}>
            {found.map((command, i) => (
              <li key={`${command.text}-${i}`} id={`palette-${i}`} role="option" aria-selected={i === at} onClick={() => choose(command)} onMouseEnter={() => setAt(i)}>
                <Icon name={command.icon} />
                <bdi className="clip">{command.text}</bdi>
              </li>
            ))}
          </ul>
        )}
        {found.length === 0 && <p className="muted">Nothing is called that.</p>}
      </div>
    </Dialog>
  );
}
