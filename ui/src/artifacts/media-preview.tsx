import { useState } from "react";

import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { useSession } from "../api/session";
import { bytes } from "../format";
import { Empty, Fault, Loading } from "../parts/small";
import { useBlobUrl } from "./blob";
import { limits } from "./kinds";

interface Props {
  files: Files;
  file: FileInfo;
}

/** Images come as bytes and are shown as images only, so that one with a script in it does nothing. */
export function ImagePreview({ files, file }: Props) {
  const path = file.path ?? "";
  const tooLarge = (file.file_size ?? 0) > limits.image;
  const image = useBlobUrl(files, path, /\.svg$/i.test(path) ? "image/svg+xml" : "", !tooLarge);
  if (tooLarge) return <Empty title={`Images up to ${bytes(limits.image)} are shown; download this one to see it`} />;
  if (image.fault) return <Fault fault={image.fault} retry={image.retry} />;
  return image.url ? <img src={image.url} alt={path} /> : <Loading what="the image" />;
}

/** The browser's own viewer, in a frame. */
export function PdfPreview({ files, file }: Props) {
  const path = file.path ?? "";
  const tooLarge = (file.file_size ?? 0) > limits.pdf;
  const document = useBlobUrl(files, path, "application/pdf", !tooLarge);
  if (tooLarge) return <Empty title={`Documents up to ${bytes(limits.pdf)} are shown; download this one to see it`} />;
  if (!navigator.pdfViewerEnabled) return <Empty title="This browser shows no PDF in a page; download the file to see it" />;
  if (document.fault) return <Fault fault={document.fault} retry={document.retry} />;
  if (!document.url) return <Loading what="the document" />;
  return (
    <div className="framed">
      <iframe title={`The document ${path}`} src={document.url} />
    </div>
  );
}

/** What a player is given whole, in bytes, where it cannot read parts by itself. */
const mostWhole = 200_000_000;

/**
 * Sound or film, read in parts while it plays. A player sends no header that says who asks: to whoever has signed in
 * the file is given whole.
 */
export function MediaPreview({ files, file, kind }: Props & { kind: "audio" | "video" }) {
  const path = file.path ?? "";
  const [failed, setFailed] = useState(false);
  const signedIn = useSession().credential !== null;
  const tooLarge = signedIn && (file.file_size ?? 0) > mostWhole;
  const whole = useBlobUrl(files, path, "", signedIn && !tooLarge);
  if (tooLarge) return <Empty title={`After signing in, files up to ${bytes(mostWhole)} are played; download this one to play it`} />;
  if (whole.fault) return <Fault fault={whole.fault} retry={whole.retry} />;
  if (signedIn && !whole.url) return <Loading what="the file" />;
  if (failed) return <Empty title="This browser cannot play the file; download it to play it elsewhere" />;
  const Player = kind;
  return (
    <div className="played">
      {/* What was logged has no captions to offer. */}
      <Player controls preload="metadata" src={signedIn ? whole.url : files.url(path)} aria-label={path} onError={() => setFailed(true)} />
    </div>
  );
}
