import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { useInSight } from "../charts/in-sight";
import { number } from "../format";
import { Icon } from "../parts/icons";
import { currentSearch, setSearch, usePlace } from "../router";
import { blobQuery, type MediaKey } from "./media";
import { itemAt, stepsOf } from "./names";
import { readLarge, readSteps, withLarge, withStep } from "./places";
import { Tile } from "./tile";

/** Milliseconds that a picture stays while they are played. */
const pace = 500;
const rest = 200;
const mostEager = 4;

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/**
 * The step that is shown: the last one, also when others come, until another is chosen. It goes into the address once it has rested and
 * nothing is played: a slider that is pulled would fill it with steps.
 */
function useStep(key: string, steps: readonly number[], playing: boolean) {
  const { search } = usePlace();
  const text = search.get("media");
  const kept = useMemo(() => readSteps(text).get(key) ?? null, [text, key]);
  const [draft, setDraft] = useState<{ step: number | null } | null>(null);
  useEffect(() => {
    if (!draft || playing) return undefined;
    const timer = setTimeout(() => {
      setSearch({ media: withStep(currentSearch().get("media"), key, draft.step) });
      setDraft(null);
    }, rest);
    return () => clearTimeout(timer);
  }, [draft, playing, key]);
  const chosen = draft ? draft.step : kept;
  const last = steps.length - 1;
  const found = chosen === null ? -1 : steps.findLastIndex((step) => step <= chosen);
  const index = chosen === null ? last : Math.max(0, found);
  const choose = (next: number) => setDraft({ step: next >= last ? null : (steps[Math.max(0, next)] ?? null) });
  return { index, step: steps[index] ?? 0, choose };
}

/** True once a value has stayed the same for a moment. */
function useRested(value: number): boolean {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [value]);
  return rested === value;
}

/** One key of one or several runs, with a slider over the steps. */
export function MediaCard({ media, named }: { media: MediaKey; named: boolean }) {
  const { key, runs } = media;
  const client = useQueryClient();
  const [card, inSight] = useInSight();
  const [playing, setPlaying] = useState(false);
  const { search } = usePlace();
  const large = readLarge(search.get("large")).has(key);
  const steps = useMemo(() => stepsOf(runs.map(({ series }) => series)), [runs]);
  const { index, step, choose } = useStep(key, steps, playing);
  const rested = useRested(step);
  const at = key.indexOf("/");
  const title = key.slice(at + 1);
  const isSound = runs.every(({ series }) => series.every((item) => item.kind === "audio" || item.kind === "video"));

  // A picture that cannot be had is told where it is shown.
  const preload = async (next: number) => {
    const items = runs.map(({ files, series }) => ({ files, item: itemAt(series, next) }));
    const pictures = items.filter(({ item }) => item?.kind === "image");
    await Promise.allSettled(pictures.map(({ files, item }) => client.query(blobQuery(files, item?.small ?? item?.file))));
  };

  useEffect(() => {
    if (!inSight || !rested) return;
    for (const next of [steps[index + 1], steps[index - 1]]) if (next !== undefined) void preload(next);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is next to the step depends on the step
  }, [inSight, rested, index, steps]);

  useEffect(() => {
    if (!playing) return undefined;
    let left = false;
    const next = steps[index + 1];
    if (next === undefined) {
      setPlaying(false);
      return undefined;
    }
    // What is slow is waited for.
    void Promise.all([sleep(pace), preload(next)]).then(() => !left && choose(index + 1));
    return () => {
      left = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- one step leads to the next
  }, [playing, index, steps]);

  const play = () => {
    if (!playing && index === steps.length - 1) choose(0);
    setPlaying(!playing);
  };
  return (
    <article ref={card} className={large || runs.length > 2 ? "card wide-panel" : "card"} aria-label={key}>
      <header>
        <h3 className="clip grow" title={key}>
          <span className="muted">{key.slice(0, at + 1)}</span>
          <bdi>{title}</bdi>
        </h3>
        <button type="button" className="button plain icon" aria-pressed={large} aria-label={`${key}, larger`} title="Larger" onClick={() => setSearch({ large: withLarge(currentSearch().get("large"), key, !large) })}>
          <Icon name="larger" />
        </button>
      </header>
      <div className="media-tiles" data-large={large || undefined} data-one={runs.length === 1 || undefined}>
        {runs.map(({ run, files, series }) =>
          inSight ? (
            <Tile key={run.id} title={title} run={run} files={files} item={itemAt(series, step)} step={step} rested={rested && !playing} named={named} eager={runs.length <= mostEager} />
          ) : (
            <div key={run.id} className="media-tile" />
          ),
        )}
      </div>
      <div className="row media-steps">
        {!isSound && (
          <button type="button" className="button plain icon" disabled={steps.length < 2} aria-label={playing ? `Pause ${key}` : `Play ${key}`} title={playing ? "Pause" : "Play the steps"} onClick={play}>
            <Icon name={playing ? "pause" : "play"} />
          </button>
        )}
        <input
          type="range"
          className="grow"
          min={0}
          max={Math.max(0, steps.length - 1)}
          value={index}
          disabled={steps.length < 2}
          aria-label={`Step of ${key}`}
          aria-valuetext={`step ${step}, ${index + 1} of ${steps.length}`}
          onChange={(event) => {
            setPlaying(false);
            choose(Number(event.target.value));
          }}
        />
        <span className="number">step {number(step)}</span>
        <span className="muted number">
          {index + 1}/{steps.length}
        </span>
      </div>
    </article>
  );
}
