/** An event of a stream (HTML Living Standard, 9.2.6); comments and fields that are of no use here are left out. */
export interface StreamEvent {
  name: string;
  data: string;
}

/** Takes a stream of events apart, whatever pieces it comes in. */
export class EventParser {
  private rest = "";
  private name = "";
  private data: string[] = [];

  /** The events that the piece completes. */
  push(piece: string): StreamEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    // A carriage return at the end may be half of a line's end.
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): StreamEvent[] {
    if (line === "") return this.end();
    const [field, value] = this.split(line);
    if (field === "event") this.name = value;
    if (field === "data") this.data.push(value);
    return [];
  }

  private split(line: string): [string, string] {
    const colon = line.indexOf(":");
    if (colon < 0) return [line, ""];
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
  }

  private end(): StreamEvent[] {
    const event = { name: this.name || "message", data: this.data.join("\n") };
    const whole = this.data.length > 0;
    this.name = "";
    this.data = [];
    return whole ? [event] : [];
  }
}

/** Reads events until the stream ends or breaks, which throws. */
export async function readEvents(body: ReadableStream<Uint8Array>, tell: (event: StreamEvent) => void): Promise<void> {
  const parser = new EventParser();
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of parser.push(decoder.decode(value, { stream: true }))) tell(event);
  }
}
