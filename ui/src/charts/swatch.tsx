import { strokeOf } from "./series";

/** The colour of a run in charts, by its number among those that are drawn. */
export function Swatch({ number, hollow = false }: { number: number; hollow?: boolean }) {
  const stroke = strokeOf(number, false);
  const night = strokeOf(number, true);
  const color = `light-dark(${stroke.color}, ${night.color})`;
  return <span className="swatch" style={{ borderColor: color, background: hollow ? "transparent" : color }} />;
}
