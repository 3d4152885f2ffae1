import { useState } from "react";

import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { bytes } from "../format";
import { Icon } from "../parts/icons";
import { later } from "../parts/later";
import { CopyButton, Empty } from "../parts/small";
import { HtmlPreview } from "./html-preview";
import { kindOf } from "./kinds";
import { ImagePreview, MediaPreview, PdfPreview } from "./media-preview";
import { TextPreview } from "./text-preview";

const ParquetPreview = later(() => import("./parquet-preview").then((part) => part.ParquetPreview), "the preview");

/** A file: where it is, how to get it, and what can be shown of it. */
export function Preview({ files, file }: { files: Files; file: FileInfo }) {
  const path = file.path ?? "";
  return (
    <>
      <header className="row">
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
        <Content files={files} file={file} />
      </div>
    </>
  );
}

function Content({ files, file }: { files: Files; file: FileInfo }) {
  const [asText, setAsText] = useState(false);
  const kind = kindOf(file.path ?? "");
  switch (asText ? "text" : kind) {
    case "image":
      return <ImagePreview files={files} file={file} />;
    case "pdf":
      return <PdfPreview files={files} file={file} />;
    case "html":
      return <HtmlPreview files={files} file={file} />;
    case "parquet":
      return <ParquetPreview files={files} file={file} />;
    case "audio":
    case "video":
      return <MediaPreview files={files} file={file} kind={kind === "audio" ? "audio" : "video"} />;
    case "":
      return (
        <Empty title="No preview for this kind of file">
          <button type="button" className="button" onClick={() => setAsText(true)}>
            Show it as text
          </button>
        </Empty>
      );
    default:
      return <TextPreview files={files} file={file} kind={kind === "json" || kind === "csv" || kind === "markdown" ? kind : "text"} />;
  }
}
