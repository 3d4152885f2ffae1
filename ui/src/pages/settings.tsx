import "../styles/operate.css";
import "../styles/run.css";

import { useEffect, useRef, type ReactNode } from "react";

import { save } from "../csv";
import { exactTime, number, otherTime, shownTime } from "../format";
import { setCrumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { useNow } from "../parts/small";
import { say, sayFault } from "../parts/toasts";
import { changeSettings, choices, defaults, parseSettings, settings, settingsText, useSettings, type Settings } from "../settings";
import { rememberTheme, useTheme } from "../theme";
import { SavedViews } from "./settings-views";

/** How this browser shows things. */
export function SettingsPage() {
  const now = useSettings();
  const theme = useTheme();
  useEffect(() => setCrumbs([{ text: "Settings" }]), []);
  const choose =
    <Name extends keyof Settings>(name: Name) =>
    (value: Settings[Name]) =>
      changeSettings({ [name]: value });
  return (
    <div className="page" style={{ maxWidth: 860 }}>
      <h1>Settings</h1>
      <p className="muted">They count for this browser, in all its tabs, and are kept here: the server does not learn of them.</p>
      <Section title="Appearance">
        <Choice title="Theme" about="Light, dark, or as the system has it." options={choices.theme} words={{ system: "System", light: "Light", dark: "Dark" }} value={theme} choose={rememberTheme} />
        <Choice title="Density" about="How much space the rows of tables have." options={choices.density} words={{ compact: "Compact", normal: "Normal", roomy: "Roomy" }} value={now.density} choose={choose("density")} />
        <Choice title="Motion" about="“Reduced” stops what moves by itself; “System” follows what the system asks for." options={choices.motion} words={{ system: "System", reduced: "Reduced" }} value={now.motion} choose={choose("motion")} />
      </Section>
      <Section title="Times and numbers">
        <Choice title="Times" about={<TimeSample />} options={choices.times} words={{ relative: "Relative", exact: "Exact" }} value={now.times} choose={choose("times")} />
        <Choice title="Zone" about={<ZoneSample />} options={choices.zone} words={{ local: "Local", utc: "UTC" }} value={now.zone} choose={choose("zone")} />
        <Choice title="Digits of numbers" about={`2/3 is ${number(2 / 3)}, 12345678.9 is ${number(12345678.9)}. Exact values show under the pointer.`} options={choices.digits} words={{ 17: "All" }} value={now.digits} choose={choose("digits")} />
      </Section>
      <Section title="Tables">
        <Choice title="First columns" about="How many metrics, and how many params, a table of runs begins with. Chosen columns and views are not touched." options={choices.columns} words={{ 0: "None" }} value={now.columns} choose={choose("columns")} />
        <Choice title="Models at once" about="How many registered models a list shows before it is asked for more; of logged models at most 50." options={choices.pageSize} words={{}} value={now.pageSize} choose={choose("pageSize")} />
      </Section>
      <SavedViews />
      <Files />
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card settings" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      {children}
    </section>
  );
}

interface ChoiceProps<Value extends string | number> {
  title: string;
  about: ReactNode;
  options: readonly Value[];
  words: Partial<Record<Value, string>>;
  value: Value;
  choose: (value: Value) => void;
}

function Choice<Value extends string | number>({ title, about, options, words, value, choose }: ChoiceProps<Value>) {
  return (
    <div className="setting">
      <div>
        <h3>{title}</h3>
        <p>{about}</p>
      </div>
      <div className="segments" role="group" aria-label={title}>
        {options.map((option) => (
          <button key={option} type="button" aria-pressed={option === value} onClick={() => choose(option)}>
            {words[option] ?? option}
          </button>
        ))}
      </div>
    </div>
  );
}

const hour = 3_600_000;

function TimeSample() {
  const now = useNow();
  return (
    <>
      Shown as “{shownTime(now - 2 * hour, now)}”, and under the pointer as “{otherTime(now - 2 * hour, now)}”.
    </>
  );
}

function ZoneSample() {
  return <>It is {exactTime(useNow())}.</>;
}

/** Takes settings to another browser, or back to what they were at first. */
function Files() {
  const input = useRef<HTMLInputElement>(null);
  const replace = (next: Settings, what: string) => {
    const before = settings();
    changeSettings(next);
    rememberTheme(next.theme);
    say(what, { label: "Undo", run: () => changeSettings(before) });
  };
  const read = async (file: File) => {
    if (file.size > 100_000) throw new Error("The file is too large to hold settings.");
    replace(parseSettings(await file.text()), `Settings of ${file.name} are in force`);
  };
  return (
    <Section title="Take along">
      <div className="setting">
        <div>
          <h3>All settings as a file</h3>
          <p>JSON, for another browser or for colleagues.</p>
        </div>
        <div className="row">
          <button type="button" className="button" onClick={() => save("millrace-settings.json", "application/json", settingsText(settings()))}>
            <Icon name="download" /> Export
          </button>
          <button type="button" className="button" onClick={() => input.current?.click()}>
            <Icon name="upload" /> Import
          </button>
          <input
            ref={input}
            type="file"
            hidden
            accept=".json,application/json"
            aria-label="File of settings"
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              event.target.value = "";
              if (file) void read(file).catch(sayFault);
            }}
          />
        </div>
      </div>
      <div className="setting">
        <div>
          <h3>As they were at first</h3>
          <p>Saved views stay.</p>
        </div>
        <button type="button" className="button" onClick={() => replace(defaults, "All settings are as they were at first")}>
          <Icon name="restore" /> Reset
        </button>
      </div>
    </Section>
  );
}
