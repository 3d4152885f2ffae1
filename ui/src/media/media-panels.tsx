import "../styles/media.css";

import { useEffect, useMemo, useState } from "react";

import { useInSight } from "../charts/in-sight";
import type { RunName } from "../charts/line-chart";
import { plural } from "../format";
import { Icon } from "../parts/icons";
import { Fault } from "../parts/small";
import { MediaCard } from "./media-card";
import { useMedia } from "./media";

const mostRuns = 20;
const fewKeys = 4;
/** Milliseconds. */
const politeness = 300;

/** False for a moment: to look for files takes a request a run, and lines that are shown beside them come first. */
function useTurn(): boolean {
  const [turn, setTurn] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTurn(true), politeness);
    return () => clearTimeout(timer);
  }, []);
  return turn;
}

/** Images, figures, sounds and films that runs logged by step, a card for each key; nothing when there are none. */
export function MediaPanels({ runs: all }: { runs: readonly RunName[] }) {
  const runs = useMemo(() => all.slice(0, mostRuns), [all]);
  const [section, inSight] = useInSight();
  const turn = useTurn();
  const [open, setOpen] = useState(true);
  const [text, setText] = useState("");
  const { keys, fault, retry } = useMedia(runs, turn && inSight);
  const shown = keys.filter(({ key }) => key.toLowerCase().includes(text.toLowerCase()));
  return (
    <section ref={section} aria-label="Media" className="column media" style={{ gap: 12 }}>
      {keys.length > 0 && (
        <div className="bar">
          <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name={open ? "down" : "right"} /> Media
          </button>
          {open && keys.length > fewKeys && <input className="input" type="search" placeholder="Search media" aria-label="Search media" value={text} onChange={(event) => setText(event.target.value)} />}
          <span className="muted wide">
            {plural(shown.length, "key")}
            {all.length > mostRuns && ` of the first ${mostRuns} runs`}
          </span>
        </div>
      )}
      {keys.length === 0 && fault && <Fault fault={fault} retry={retry} />}
      {open && shown.length > 0 && (
        <div className="charts">
          {shown.map((media) => (
            <MediaCard key={media.key} media={media} named={all.length > 1} />
          ))}
        </div>
      )}
    </section>
  );
}
