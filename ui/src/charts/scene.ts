/** What a chart is made of, apart from where it is drawn: on a canvas for the screen, as SVG for a file. */
export type Shape =
  | { kind: "line"; points: readonly (readonly [number, number])[]; stroke: string; width: number; opacity?: number; dash?: readonly number[] }
  | { kind: "area"; points: readonly (readonly [number, number])[]; fill: string; opacity?: number }
  | { kind: "circle"; x: number; y: number; r: number; fill: string; opacity?: number; stroke?: string }
  | { kind: "rect"; x: number; y: number; width: number; height: number; fill: string; opacity?: number; stroke?: string }
  | { kind: "text"; x: number; y: number; text: string; fill: string; anchor?: "start" | "middle" | "end"; size?: number; turned?: boolean };

export interface Scene {
  width: number;
  height: number;
  shapes: Shape[];
}

export const fontSize = 11;
const family = 'ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif';

/** Texts that are too long for a chart, cut. */
export function short(text: string, most = 22): string {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

function trace(context: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  context.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
}

function drawText(context: CanvasRenderingContext2D, shape: Extract<Shape, { kind: "text" }>): void {
  context.font = `${shape.size ?? fontSize}px ${family}`;
  context.fillStyle = shape.fill;
  context.textAlign = ({ start: "left", middle: "center", end: "right" } as const)[shape.anchor ?? "start"];
  context.save();
  context.translate(shape.x, shape.y);
  if (shape.turned) context.rotate(-Math.PI / 2);
  context.fillText(shape.text, 0, 0);
  context.restore();
}

export function drawScene(context: CanvasRenderingContext2D, scene: Scene, scale: number): void {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, scene.width, scene.height);
  for (const shape of scene.shapes) {
    context.globalAlpha = shape.kind === "text" ? 1 : (shape.opacity ?? 1);
    switch (shape.kind) {
      case "line":
        context.strokeStyle = shape.stroke;
        context.lineWidth = shape.width;
        context.setLineDash([...(shape.dash ?? [])]);
        trace(context, shape.points);
        context.stroke();
        break;
      case "area":
        context.fillStyle = shape.fill;
        trace(context, shape.points);
        context.fill();
        break;
      case "circle":
        context.fillStyle = shape.fill;
        context.beginPath();
        context.arc(shape.x, shape.y, shape.r, 0, Math.PI * 2);
        context.fill();
        if (shape.stroke) {
          context.setLineDash([]);
          context.lineWidth = 1.5;
          context.strokeStyle = shape.stroke;
          context.stroke();
        }
        break;
      case "rect":
        context.fillStyle = shape.fill;
        context.fillRect(shape.x, shape.y, shape.width, shape.height);
        if (shape.stroke) {
          context.setLineDash([]);
          context.lineWidth = 1.2;
          context.strokeStyle = shape.stroke;
          context.strokeRect(shape.x, shape.y, shape.width, shape.height);
        }
        break;
      case "text":
        drawText(context, shape);
        break;
    }
  }
  context.globalAlpha = 1;
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML takes it: no markup, and none of the characters that XML has no way to write. */
export function xmlText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd").replace(/[&<>"]/g, (c) => escapes[c] ?? c);
}

const tidy = (value: number) => String(Math.round(value * 100) / 100);
const path = (points: readonly (readonly [number, number])[]) => points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${tidy(x)} ${tidy(y)}`).join("");

function svgShape(shape: Shape): string {
  const faint = shape.kind !== "text" && shape.opacity !== undefined ? ` opacity="${shape.opacity}"` : "";
  switch (shape.kind) {
    case "line":
      return `<path d="${path(shape.points)}" fill="none" stroke="${shape.stroke}" stroke-width="${shape.width}"${shape.dash?.length ? ` stroke-dasharray="${shape.dash.join(" ")}"` : ""}${faint}/>`;
    case "area":
      return `<path d="${path(shape.points)}Z" fill="${shape.fill}"${faint}/>`;
    case "circle":
      return `<circle cx="${tidy(shape.x)}" cy="${tidy(shape.y)}" r="${shape.r}" fill="${shape.fill}"${shape.stroke ? ` stroke="${shape.stroke}"` : ""}${faint}/>`;
    case "rect":
      return `<rect x="${tidy(shape.x)}" y="${tidy(shape.y)}" width="${tidy(shape.width)}" height="${tidy(shape.height)}" fill="${shape.fill}"${shape.stroke ? ` stroke="${shape.stroke}"` : ""}${faint}/>`;
    case "text": {
      const turn = shape.turned ? ` transform="rotate(-90 ${tidy(shape.x)} ${tidy(shape.y)})"` : "";
      return `<text x="${tidy(shape.x)}" y="${tidy(shape.y)}" font-size="${shape.size ?? fontSize}" fill="${shape.fill}" text-anchor="${shape.anchor ?? "start"}"${turn}>${xmlText(shape.text)}</text>`;
    }
  }
}

/** The scene as a file of its own. */
export function svgText(scene: Scene, background: string): string {
  const { width, height } = scene;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family='${family}'><rect width="${width}" height="${height}" fill="${background}"/>${scene.shapes.map(svgShape).join("")}</svg>`;
}

/** The scene as a picture with twice the points, for screens and papers that show them. */
export async function pngOf(scene: Scene, background: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(scene.width * 2, scene.height * 2);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser has no canvas to draw on.");
  const ground = { kind: "rect", x: 0, y: 0, width: scene.width, height: scene.height, fill: background } as const;
  drawScene(context as unknown as CanvasRenderingContext2D, { ...scene, shapes: [ground, ...scene.shapes] }, 2);
  return canvas.convertToBlob({ type: "image/png" });
}
