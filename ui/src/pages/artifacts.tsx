import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";

import type { Files } from "../api/artifacts";
import { request } from "../api/client";
import type { FileInfo } from "../api/contract.gen";
import { parseCsv } from "../csv";
import { bytes } from "../format";
import { Icon } from "../parts/icons";
import { CopyButton, Empty, Fault, Loading } from "../parts/small";

const Markdown = lazy(() => import("../parts/markdown").then((part) => ({ default: part.Markdown })));

/** What is read of a file to show it; the rest is there to be downloaded. */
const previewBytes = 512 * 1024;
const largestImage = 20 * 1024 * 1024;
const mostRows = 200;

const kinds: [RegExp, string][] = [
  [/\.(png|jpe?g|gif|webp|bmp|avif|ico|svg)$/i, "image"],
  [/\.(json|geojson|ipynb)$/i, "json"],
  [/\.(csv|tsv)$/i, "csv"],
  [/\.(md|markdown)$/i, "markdown"],
  [/\.(txt|log|ya?ml|toml|ini|cfg|conf|py|js|ts|sh|r|sql|html?|xml|css|cpp|h|java|go|rs|lock|env)$|(^|\/)(MLmodel|Dockerfile|LICENSE|README|conda\.yaml)$/i, "text"],
];

function kindOf(path: string): string {
  return kinds.find(([pattern]) => pattern.test(path))?.[1] ?? "";
}

/** The files below `folder` as a tree, and a preview of the chosen one. */
export function Artifacts({ files, root, folder = "" }: { files: Files; root: string; folder?: string }) {
  const [file, setFile] = useState<FileInfo | null>(null);
  return (
    <div className="card artifacts">
      <div className="tree">
        <Folder files={files} path={folder} chosen={file} choose={setFile} />
      </div>
      <div className="preview">
        {file ? (
          <Preview key={file.path} files={files} file={file} />
        ) : (
          <Empty title="Choose a file">
            <p className="row">
              <code>{root}</code>
              <CopyButton text={root} what="the location" />
            </p>
          </Empty>
        )}
      </div>
    </div>
  );
}

interface FolderProps {
  files: Files;
  path: string;
  chosen: FileInfo | null;
  choose: (file: FileInfo) => void;
}

function Folder({ files, path, chosen, choose }: FolderProps) {
  const list = useQuery({
    queryKey: ["artifacts", files.key, path],
    queryFn: ({ signal }) => files.list(path, signal),
  });
  if (list.error) return <Fault fault={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading what="files" />;
  if (list.data.length === 0) return <p className="muted">No files</p>;
  return (
    <ul>
      {list.data.map((file) => (
        <li key={file.path}>
          <Entry files={files} file={file} chosen={chosen} choose={choose} />
        </li>
      ))}
    </ul>
  );
}

function Entry({ files, file, chosen, choose }: { files: Files; file: FileInfo; chosen: FileInfo | null; choose: (file: FileInfo) => void }) {
  const [open, setOpen] = useState(false);
  const path = file.path ?? "";
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!file.is_dir) {
    return (
      <button type="button" className="button plain" aria-pressed={chosen?.path === path} onClick={() => choose(file)}>
        <Icon name="file" />
        <bdi className="clip grow" style={{ textAlign: "left" }}>
          {name}
        </bdi>
        <span className="muted">{bytes(file.file_size ?? 0)}</span>
      </button>
    );
  }
  return (
    <>
      <button type="button" className="button plain" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} />
        <Icon name="folder" />
        <bdi className="clip">{name}</bdi>
      </button>
      {open && <Folder files={files} path={path} chosen={chosen} choose={choose} />}
    </>
  );
}

function Preview({ files, file }: { files: Files; file: FileInfo }) {
  const path = file.path ?? "";
  const kind = kindOf(path);
  return (
    <>
      <header className="row" style={{ padding: "8px 12px", borderBottom: "1px solid var(--line)" }}>
        <bdi className="clip grow mono" title={path}>
          {path}
        </bdi>
        <span className="muted">{bytes(file.file_size ?? 0)}</span>
        <CopyButton text={path} what="the path" />
        <a className="button" href={files.url(path)} download>
          <Icon name="download" /> Download
        </a>
      </header>
      <div tabIndex={0} role="region" aria-label={`Preview of ${path}`}>
        {kind === "" && <Empty title="No preview for this kind of file" />}
        {kind === "image" && <ImagePreview files={files} file={file} />}
        {kind !== "" && kind !== "image" && <TextPreview files={files} file={file} kind={kind} />}
      </div>
    </>
  );
}

/** Images come as bytes and are shown as images only, so that one with a script in it does nothing. */
function ImagePreview({ files, file }: { files: Files; file: FileInfo }) {
  const path = file.path ?? "";
  const tooLarge = (file.file_size ?? 0) > largestImage;
  const [url, setUrl] = useState("");
  const image = useQuery({
    queryKey: ["image", files.key, path],
    queryFn: async ({ signal }) => (await request(files.url(path), { signal })).blob(),
    enabled: !tooLarge,
  });
  useEffect(() => {
    if (!image.data) return undefined;
    const type = /\.svg$/i.test(path) ? "image/svg+xml" : image.data.type;
    const made = URL.createObjectURL(new Blob([image.data], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image.data, path]);
  if (tooLarge) return <Empty title="The image is too large for a preview" />;
  if (image.error) return <Fault fault={image.error} retry={() => void image.refetch()} />;
  return url ? <img src={url} alt={path} /> : <Loading what="the image" />;
}

function TextPreview({ files, file, kind }: { files: Files; file: FileInfo; kind: string }) {
  const path = file.path ?? "";
  const text = useQuery({
    queryKey: ["text", files.key, path],
    queryFn: async ({ signal }) => {
      const size = file.file_size ?? 0;
      if (size === 0) return "";
      return (await request(files.url(path), { signal, headers: { Range: `bytes=0-${Math.min(size, previewBytes) - 1}` } })).text();
    },
  });
  if (text.error) return <Fault fault={text.error} retry={() => void text.refetch()} />;
  if (text.data === undefined) return <Loading what="the file" />;
  const cut = (file.file_size ?? 0) > previewBytes;
  return (
    <>
      {cut && <p className="notice warn">The first {bytes(previewBytes)} are shown; download the file to see all of it.</p>}
      {kind === "csv" ? <CsvTable text={text.data} separator={/\.tsv$/i.test(path)} /> : kind === "markdown" ? <MarkdownBody text={text.data} /> : <pre>{kind === "json" ? pretty(text.data) : text.data}</pre>}
    </>
  );
}

function MarkdownBody({ text }: { text: string }) {
  return (
    <Suspense fallback={<Loading what="the text" />}>
      <div style={{ padding: 12 }}>
        <Markdown text={text} />
      </div>
    </Suspense>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function CsvTable({ text, separator }: { text: string; separator: boolean }) {
  const [head = [], ...rows] = parseCsv(separator ? text.replaceAll("\t", ",") : text, mostRows + 1);
  return (
    <table className="plain">
      <thead>
        <tr>
          {head.slice(0, 100).map((cell, i) => (
            <th key={i}>{cell}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>
            {row.slice(0, 100).map((cell, j) => (
              <td key={j}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
