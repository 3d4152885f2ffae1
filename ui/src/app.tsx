import { Component, useEffect, useState, type ReactNode } from "react";

import iconUrl from "./icon.svg";
import { useConnection } from "./api/live";
import { signOut, useSession } from "./api/session";
import { shortcuts, useShortcuts } from "./keys";
import { Crumbs } from "./parts/crumbs";
import { Dialog } from "./parts/dialog";
import { Icon } from "./parts/icons";
import { later } from "./parts/later";
import { Menu } from "./parts/menu";
import { Empty, Fault } from "./parts/small";
import { Toasts } from "./parts/toasts";
import { ExperimentsPage } from "./pages/experiments";
import { RunsPage } from "./pages/runs";
import { go, link, match, usePlace } from "./router";
import { useSettings } from "./settings";
import { rememberTheme, useTheme } from "./theme";

const RunPage = later(() => import("./pages/run").then((page) => page.RunPage), "the page");
const ComparePage = later(() => import("./pages/compare").then((page) => page.ComparePage), "the page");
const ModelsPage = later(() => import("./pages/models").then((page) => page.ModelsPage), "the page");
const ModelPage = later(() => import("./pages/model").then((page) => page.ModelPage), "the page");
const ModelVersionPage = later(() => import("./pages/model-version").then((page) => page.ModelVersionPage), "the page");
const LoggedModelsPage = later(() => import("./pages/logged-models").then((page) => page.LoggedModelsPage), "the page");
const LoggedModelPage = later(() => import("./pages/logged-model").then((page) => page.LoggedModelPage), "the page");
const PluginsPage = later(() => import("./pages/plugins").then((page) => page.PluginsPage), "the page");
const StatusPage = later(() => import("./pages/status").then((page) => page.StatusPage), "the page");
const SettingsPage = later(() => import("./pages/settings").then((page) => page.SettingsPage), "the page");
const SignInPage = later(() => import("./pages/sign-in").then((page) => page.SignInPage), "the page");
const Palette = later(() => import("./parts/palette").then((part) => part.Palette));

function Page() {
  const { path, search } = usePlace();
  if (path === "/" || match("/experiments", path)) return <ExperimentsPage />;
  const run = match("/experiments/:experiment/runs/:run", path) ?? match("/runs/:run", path);
  if (run?.["run"]) return <RunPage key={run["run"]} id={run["run"]} tab="overview" />;
  const tab = match("/experiments/:experiment/runs/:run/:tab", path);
  if (tab?.["run"]) return <RunPage key={tab["run"]} id={tab["run"]} tab={tab["tab"] ?? ""} />;
  const models = match("/experiments/:id/models", path);
  if (models?.["id"]) return <LoggedModelsPage key={models["id"]} experiment={models["id"]} />;
  const runs = match("/experiments/:id", path) ?? match("/experiments/:id/runs", path);
  if (runs?.["id"]) return <RunsPage key={runs["id"]} experiment={runs["id"]} />;
  if (match("/models", path)) return <ModelsPage />;
  const version = match("/models/:name/versions/:version", path);
  if (version?.["name"]) return <ModelVersionPage key={path} name={version["name"]} version={version["version"] ?? ""} />;
  const model = match("/models/:name", path);
  if (model?.["name"]) return <ModelPage key={path} name={model["name"]} />;
  const logged = match("/experiments/:experiment/models/:id", path) ?? match("/logged-models/:id", path);
  if (logged?.["id"]) return <LoggedModelPage key={logged["id"]} id={logged["id"]} />;
  if (match("/compare", path)) return <ComparePage runs={(search.get("runs") ?? "").split(",").filter(Boolean)} />;
  if (match("/plugins", path)) return <PluginsPage />;
  if (match("/status", path)) return <StatusPage />;
  if (match("/settings", path)) return <SettingsPage />;
  return (
    <Empty title="There is no such page">
      <p className="mono">{path}</p>
      <a className="button" href="#/experiments">
        To the experiments
      </a>
    </Empty>
  );
}

/** Keeps a fault in one page from taking the others along. */
class Fence extends Component<{ place: string; children: ReactNode }, { fault: unknown; place: string }> {
  override state: { fault: unknown; place: string } = { fault: null, place: this.props.place };
  static getDerivedStateFromError(fault: unknown) {
    return { fault };
  }
  static getDerivedStateFromProps(props: { place: string }, state: { place: string }) {
    return props.place === state.place ? null : { fault: null, place: props.place };
  }
  override render() {
    if (this.state.fault === null) return this.props.children;
    return (
      <div className="page">
        <Fault fault={this.state.fault} retry={() => this.setState({ fault: null })} />
      </div>
    );
  }
}

function ThemeMenu() {
  const theme = useTheme();
  const icons = { system: "system", light: "sun", dark: "moon" } as const;
  return (
    <Menu name="Theme" className="button plain icon" label={<Icon name={icons[theme]} />}>
      {(close) =>
        (["system", "light", "dark"] as const).map((name) => (
          <button
            key={name}
            type="button"
            role="menuitem"
            onClick={() => {
              rememberTheme(name);
              close();
            }}
          >
            <Icon name={icons[name]} />
            <span className="grow">{{ system: "As the system", light: "Light", dark: "Dark" }[name]}</span>
            {theme === name && <Icon name="check" />}
          </button>
        ))
      }
    </Menu>
  );
}

const places = [
  { name: "Plugins", path: "/plugins", icon: "plugin" },
  { name: "Server", path: "/status", icon: "server" },
  { name: "Settings", path: "/settings", icon: "settings" },
] as const;

function PlacesMenu() {
  const { credential } = useSession();
  return (
    <Menu name="Server and settings" className="button plain icon" label={<Icon name="settings" />}>
      {(close) => (
        <>
          {places.map(({ name, path, icon }) => (
            <a key={path} role="menuitem" href={link(path)} onClick={close}>
              <Icon name={icon} />
              <span className="grow">{name}</span>
            </a>
          ))}
          {credential && (
            <>
              <hr />
              <button type="button" role="menuitem" onClick={signOut}>
                <Icon name="exit" />
                <span className="grow">{credential.user === undefined ? "Sign out" : `Sign out ${credential.user}`}</span>
              </button>
            </>
          )}
        </>
      )}
    </Menu>
  );
}

function ShortcutList({ onClose }: { onClose: () => void }) {
  const names: Record<string, string> = { ArrowDown: "↓", ArrowUp: "↑", "mod+k": "Ctrl K", Escape: "Esc", " ": "Space" };
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <table className="plain">
        <tbody>
          {shortcuts().map(({ keys, what }) => (
            <tr key={keys}>
              <td className="tight">
                {(names[keys] ?? keys).split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

const sections = [
  { name: "Experiments", path: "/experiments", also: /^\/(experiments|runs|compare|logged-models)?(\/|$)/ },
  { name: "Models", path: "/models", also: /^\/models(\/|$)/ },
] as const;

function Sections({ path }: { path: string }) {
  return (
    <nav className="sections" aria-label="Sections">
      {sections.map((section) => (
        <a key={section.path} href={link(section.path)} aria-current={section.also.test(path) ? "true" : undefined}>
          {section.name}
        </a>
      ))}
    </nav>
  );
}

function LiveDot() {
  const state = useConnection();
  if (state === "off") return null;
  const words = {
    live: ["Live", "Changes are shown as they happen"],
    connecting: ["…", "Connecting"],
    lost: ["Offline", "The server is away; the page reconnects by itself"],
  }[state];
  return (
    <span className={`live-dot ${state}`} title={words[1]} role="status">
      {words[0]}
    </span>
  );
}

/** Shows all anew when another tab has changed how things are shown; the page of settings follows by itself. */
function useLook(path: string): string {
  const { times, zone, digits, density, columns, pageSize } = useSettings();
  return path.startsWith("/settings") ? "" : [times, zone, digits, density, columns, pageSize].join();
}

export function App() {
  const { demand } = useSession();
  if (demand) {
    return (
      <main className="main">
        <SignInPage demand={demand} />
      </main>
    );
  }
  return <Shell />;
}

function Shell() {
  const { path } = usePlace();
  const look = useLook(path);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  useShortcuts([
    { keys: "mod+k", what: "Command palette", run: () => setPalette(true) },
    { keys: "?", what: "This list", run: () => setHelp(true) },
    { keys: "g e", what: "Go to the experiments", run: () => go("#/experiments") },
    { keys: "g m", what: "Go to the models", run: () => go("#/models") },
    { keys: "g p", what: "Go to the plugins", run: () => go("#/plugins") },
    { keys: "g s", what: "Go to the server's status", run: () => go("#/status") },
    { keys: "g t", what: "Go to the settings", run: () => go("#/settings") },
  ]);
  useEffect(() => {
    document.querySelector(".main")?.scrollTo(0, 0);
  }, [path]);
  return (
    <div className="shell">
      <a
        className="button skip"
        href={link(path)}
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("main")?.focus();
        }}
      >
        To the content
      </a>
      <header className="top">
        <a className="brand" href="#/experiments" aria-label="Millrace, to the experiments">
          <img src={iconUrl} alt="" />
          <span className="wide">Millrace</span>
        </a>
        <Sections path={path} />
        <nav className="grow" aria-label="Where you are">
          <Crumbs />
        </nav>
        <LiveDot />
        <button type="button" className="button find" onClick={() => setPalette(true)}>
          <Icon name="search" />
          <span>Search</span>
          <kbd>Ctrl K</kbd>
        </button>
        <ThemeMenu />
        <PlacesMenu />
        <button type="button" className="button plain icon" onClick={() => setHelp(true)} aria-label="Keyboard shortcuts" title="Keyboard shortcuts">
          <Icon name="help" />
        </button>
      </header>
      <main className="main" tabIndex={-1}>
        <Fence key={look} place={path}>
          <Page />
        </Fence>
      </main>
      {palette && <Palette onClose={() => setPalette(false)} />}
      {help && <ShortcutList onClose={() => setHelp(false)} />}
      <Toasts />
    </div>
  );
}
