import "../styles/artifacts.css";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type DragEvent } from "react";

import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { Preview } from "../artifacts/preview";
import { ReplaceDialog, UploadList, UploadMenu } from "../artifacts/upload-box";
import { droppedFiles, joined, mostFiles, takenPaths, useUploads, type Chosen } from "../artifacts/uploads";
import { bytes } from "../format";
import { Icon } from "../parts/icons";
import { CopyButton, Empty, Fault, Loading } from "../parts/small";
import { say, sayFault } from "../parts/toasts";

/** The files below `folder` as a tree, and a preview of the chosen one; more of them by drop or by choice. */
export function Artifacts({ files, root, folder = "" }: { files: Files; root: string; folder?: string }) {
  const [file, setFile] = useState<FileInfo | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const [asked, setAsked] = useState<{ chosen: Chosen[]; taken: string[] } | null>(null);
  const uploads = useUploads(files);
  const offer = async (into: string, chosen: readonly Chosen[]) => {
    if (chosen.length === 0) return;
    if (chosen.length > mostFiles) {
      say(`At most ${mostFiles} files are uploaded at once. A client takes any number.`);
      return;
    }
    const placed = chosen.map(({ path, content }) => ({ path: joined(into, path), content }));
    const taken = await takenPaths(files, placed.map(({ path }) => path));
    if (taken.length > 0) setAsked({ chosen: placed, taken });
    else uploads.add(placed);
  };
  const target = (event: DragEvent) => (event.target as HTMLElement).closest<HTMLElement>("[data-folder]")?.dataset["folder"] ?? folder;
  const drag = files.upload && {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setOver(target(event));
    },
    onDragLeave: () => setOver(null),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(null);
      const into = target(event);
      droppedFiles(event.dataTransfer).then((chosen) => offer(into, chosen)).catch(sayFault);
    },
  };
  return (
    <div className="card artifacts">
      <div className="tree" data-over={over !== null || undefined} {...drag}>
        <div className="row">
          {files.upload && <UploadMenu onChoose={(chosen) => void offer(folder, chosen).catch(sayFault)} />}
          <a className="button" href={files.zipUrl(folder)} download>
            <Icon name="download" /> All as ZIP
          </a>
        </div>
        <UploadList list={uploads.list} cancel={uploads.cancel} />
        <Folder files={files} path={folder} chosen={file} choose={setFile} over={over} />
        {files.upload && <p className="muted hint">{over === null ? "Drop files here to add them" : `Drop them into ${over || "the top folder"}`}</p>}
      </div>
      <div className="preview">
        {file ? (
          <Preview key={`${file.path ?? ""} ${file.file_size ?? 0}`} files={files} file={file} />
        ) : (
          <Empty title="Choose a file">
            <p className="row">
              <code>{root}</code>
              <CopyButton text={root} what="the location" />
            </p>
          </Empty>
        )}
      </div>
      {asked && <ReplaceDialog taken={asked.taken} onClose={() => setAsked(null)} onReplace={() => uploads.add(asked.chosen)} />}
    </div>
  );
}

interface FolderProps {
  files: Files;
  path: string;
  chosen: FileInfo | null;
  choose: (file: FileInfo) => void;
  /** The folder that something is dragged over. */
  over: string | null;
}

function Folder({ path, ...rest }: FolderProps) {
  const { files } = rest;
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
          <Entry file={file} {...rest} />
        </li>
      ))}
    </ul>
  );
}

function Entry({ file, ...rest }: { file: FileInfo } & Omit<FolderProps, "path">) {
  const { files, chosen, choose, over } = rest;
  const [open, setOpen] = useState(false);
  const path = file.path ?? "";
  const name = path.slice(path.lastIndexOf("/") + 1);
  const replaced = chosen !== null && chosen !== file && chosen.path === path;
  useEffect(() => {
    if (replaced) choose(file);
  }, [replaced, choose, file]);
  if (!file.is_dir) {
    return (
      <button type="button" className="button plain" aria-pressed={chosen?.path === path} onClick={() => choose(file)}>
        <Icon name="file" />
        <bdi className="clip grow start">{name}</bdi>
        <span className="muted">{bytes(file.file_size ?? 0)}</span>
      </button>
    );
  }
  return (
    <div data-folder={path} data-over={over === path || undefined}>
      <div className="row entry">
        <button type="button" className="button plain" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "down" : "right"} />
          <Icon name="folder" />
          <bdi className="clip">{name}</bdi>
        </button>
        <a className="button plain icon" href={files.zipUrl(path)} download aria-label={`Download the folder ${name} as ZIP`} title="Download as ZIP">
          <Icon name="download" />
        </a>
      </div>
      {open && <Folder path={path} {...rest} />}
    </div>
  );
}
