import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { Files } from "../api/artifacts";
import { place } from "../api/client";
import type { FileInfo } from "../api/contract.gen";
import { bytes } from "../format";
import { Empty, Fault, Loading } from "../parts/small";
import { headText } from "./blob";
import { limits } from "./kinds";

/** Whether a page asks for scripts, styles or pictures of other servers. */
export function wantsNetwork(html: string): boolean {
  return /<(script|link|img|iframe|video|audio|source)\b[^>]*\b(src|href)\s*=\s*["']?\s*(https?:)?\/\//i.test(html) || /@import\s+(url\()?\s*["']?https?:|\bimport\s*\(?\s*["']https?:/i.test(html);
}

/**
 * A page that somebody logged, as a page: in a frame whose origin is none, so that it reaches neither this page, nor
 * the server with the user's rights, and, until the user lets it, no other server.
 */
export function HtmlPreview({ files, file }: { files: Files; file: FileInfo }) {
  const path = file.path ?? "";
  const size = file.file_size ?? 0;
  const [view, setView] = useState<"page" | "source">("page");
  const [online, setOnline] = useState(false);
  const tooLarge = size > limits.html;
  const text = useQuery({ queryKey: ["html", files.key, path, size], queryFn: ({ signal }) => headText(files, path, size, limits.html, signal), enabled: !tooLarge, gcTime: 0 });
  if (tooLarge) return <Empty title={`The page has ${bytes(size)}; up to ${bytes(limits.html)} are shown. Download it to see it`} />;
  if (text.error) return <Fault fault={text.error} retry={() => void text.refetch()} />;
  if (text.data === undefined) return <Loading what="the page" />;
  return (
    <div className="framed">
      <div className="bar">
        <div className="segments" role="group" aria-label="How the file is shown">
          {(["page", "source"] as const).map((name) => (
            <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>
              {{ page: "Page", source: "Source" }[name]}
            </button>
          ))}
        </div>
        {view === "page" && !online && wantsNetwork(text.data) && (
          <>
            <span className="muted grow">It wants to load from other servers, which is not let through.</span>
            <button type="button" className="button" onClick={() => setOnline(true)}>
              Let it load
            </button>
          </>
        )}
      </div>
      {view === "page" ? <Frame key={String(online)} title={path} html={text.data} online={online} /> : <pre>{text.data.slice(0, limits.text)}</pre>}
    </div>
  );
}

function Frame({ title, html, online }: { title: string; html: string; online: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const sent = useRef(false);
  useEffect(() => {
    const hand = (event: MessageEvent) => {
      if (event.source !== frame.current?.contentWindow || event.data !== "millrace frame ready" || sent.current) return;
      sent.current = true;
      // The frame's origin is opaque, so that no other can be named. What is sent is what the frame shows.
      frame.current.contentWindow?.postMessage(html, "*");
    };
    window.addEventListener("message", hand);
    return () => window.removeEventListener("message", hand);
  }, [html]);
  return <iframe ref={frame} title={`The page ${title}`} src={place(online ? "frame-online.html" : "frame.html")} sandbox="allow-scripts" referrerPolicy="no-referrer" />;
}
