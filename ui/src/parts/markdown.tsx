import MarkdownIt from "markdown-it";
import { useMemo } from "react";

// HTML in the text is shown as text, and links are checked: nothing that somebody logged can run.
const markdown = new MarkdownIt({ html: false, linkify: true });

export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => markdown.render(text), [text]);
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
