import "../styles/artifacts.css";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { limits } from "../artifacts/kinds";
import type { RunName } from "../charts/line-chart";
import { Swatch } from "../charts/swatch";
import { bytes, number } from "../format";
import { Icon } from "../parts/icons";
import { later } from "../parts/later";
import { Fault, Loading } from "../parts/small";
import { blobQuery } from "./media";
import type { Item } from "./names";

const HtmlPreview = later(() => import("../artifacts/html-preview").then((part) => part.HtmlPreview), "the figure");

interface Props {
  title: string;
  run: RunName;
  files: Files;
  item: Item | undefined;
  /** The step that is asked for; the item may be of one before it. */
  step: number;
  /** The slider rests: time for the whole picture. */
  rested: boolean;
  /** One of several runs, which are told apart. */
  named: boolean;
  /** Few enough players for each to ask how long it is. */
  eager: boolean;
}

/** What one run has at a step. */
export function Tile(props: Props) {
  const { title, run, files, item, step, named } = props;
  return (
    <figure className="media-tile">
      <div className="media-frame" data-kind={item?.kind ?? "none"}>
        {item ? <Content {...props} item={item} /> : <p className="muted">Nothing until step {number(step)}</p>}
      </div>
      <figcaption className="row">
        {named && <Swatch number={run.number} />}
        <bdi className="clip grow" title={named ? run.name : item?.file.path}>
          {named ? run.name : (item?.file.path ?? "")}
        </bdi>
        {item && item.step !== step && <span className="muted">step {number(item.step)}</span>}
        {item && (
          <a className="button plain icon" href={files.url(item.file.path ?? "")} download aria-label={`Download ${title} of ${run.name}, step ${item.step}`} title={`Download, ${bytes(item.file.file_size ?? 0)}`}>
            <Icon name="download" />
          </a>
        )}
      </figcaption>
    </figure>
  );
}

function Content({ title, run, files, item, rested, eager }: Props & { item: Item }) {
  const label = `${title} of ${run.name}, step ${item.step}`;
  switch (item.kind) {
    case "image":
      return <Picture label={label} files={files} item={item} rested={rested} />;
    case "html":
      return <HtmlPreview key={item.file.path} files={files} file={item.file} />;
    default:
      return <Player key={item.file.path} kind={item.kind} label={label} url={files.url(item.file.path ?? "")} eager={eager} />;
  }
}

function Player({ kind: Kind, label, url, eager }: { kind: "audio" | "video"; label: string; url: string; eager: boolean }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <p className="muted">This browser cannot play the file; download it to play it elsewhere</p>;
  return <Kind controls preload={eager ? "metadata" : "none"} src={url} aria-label={label} onError={() => setFailed(true)} />;
}

/** An address of the bytes that came last, so that a picture stays until the next one is there. */
function useShown(blob: Blob | undefined, path: string, label: string) {
  const [shown, setShown] = useState<{ url: string; label: string; path: string } | null>(null);
  useEffect(() => {
    if (blob) setShown({ url: URL.createObjectURL(/\.svg$/i.test(path) ? new Blob([blob], { type: "image/svg+xml" }) : blob), label, path });
  }, [blob, path, label]);
  useEffect(() => () => (shown ? URL.revokeObjectURL(shown.url) : undefined), [shown]);
  return shown;
}

function Picture({ label, files, item, rested }: { label: string; files: Files; item: Item; rested: boolean }) {
  const { file, small } = item;
  const tooLarge = (file.file_size ?? 0) > limits.image;
  const first = useQuery({ ...blobQuery(files, small), enabled: small !== undefined });
  const whole = useQuery({ ...blobQuery(files, file), enabled: !tooLarge && file !== small && (rested || small === undefined) });
  const best: [Blob | undefined, FileInfo | undefined] = whole.data ? [whole.data, file] : [first.data, small];
  const shown = useShown(best[0], best[1]?.path ?? "", label);
  const fault = whole.error ?? first.error;
  if (fault && !best[0]) return <Fault fault={fault} retry={() => void (whole.error ? whole : first).refetch()} />;
  if (tooLarge && !small) return <p className="muted">Images up to {bytes(limits.image)} are shown; download this one to see it</p>;
  if (!shown) return <Loading what="the picture" />;
  return <img src={shown.url} alt={shown.label} aria-busy={shown.label !== label} data-whole={shown.path === file.path || undefined} />;
}
