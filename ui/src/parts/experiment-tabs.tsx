import { link } from "../router";

interface Props {
  experiment: string;
  current: "table" | "charts" | "models";
}

const tabs = { table: "Table", charts: "Charts", models: "Models" } as const;

/** The views of one experiment. What the address bar keeps of the runs table goes along to its charts and back. */
export function ExperimentTabs({ experiment, current, keep }: Props & { keep?: URLSearchParams }) {
  const place = (tab: keyof typeof tabs) => {
    const search = new URLSearchParams(tab === "models" ? undefined : keep);
    search.delete("view");
    if (tab === "charts") search.set("view", "charts");
    return link(`/experiments/${experiment}${tab === "models" ? "/models" : ""}`, Object.fromEntries(search));
  };
  return (
    <nav className="segments" aria-label="Views of the experiment">
      {(Object.keys(tabs) as (keyof typeof tabs)[]).map((tab) => (
        <a key={tab} href={place(tab)} aria-current={tab === current ? "page" : undefined}>
          {tabs[tab]}
        </a>
      ))}
    </nav>
  );
}
