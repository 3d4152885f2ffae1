import { number } from "../format";

const width = 96;
const height = 20;

/** The path of a small line through the points that are finite numbers; a gap where one is not. */
export function sparkPath(points: readonly number[]): string {
  const finite = points.filter(Number.isFinite);
  if (finite.length === 0) return "";
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  let pen = "M";
  return points
    .map((value, i) => {
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const y = span > 0 ? height - 2 - ((value - low) / span) * (height - 4) : height / 2;
      const part = `${pen}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
      return part;
    })
    .join("");
}

export function Sparkline({ name, points }: { name: string; points: readonly number[] }) {
  const label = `${name} from ${number(points[0] ?? NaN)} to ${number(points.at(-1) ?? NaN)}`;
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <path d={sparkPath(points)} />
    </svg>
  );
}
