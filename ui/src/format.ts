import { settings } from "./settings";

const day = 86_400_000;

// The browser reads its tables of languages, which takes tens of milliseconds, when it is first asked for a format:
// what the first page shows is written without them.

/** A whole number: "12,000" */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 run", "12,000 runs" */
export function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

/** In the zone that the settings say. */
export function exactTime(time: number): string {
  const zone = zoneOfTimes();
  return `${inZone(zone).medium.format(time)}${zone === "UTC" ? " UTC" : ""}`;
}

const zones = new Map<string | undefined, Record<"medium" | "exact" | "axis", Intl.DateTimeFormat>>();

function inZone(zone: string | undefined) {
  const known = zones.get(zone);
  if (known) return known;
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone } as const;
  const made = {
    medium: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", timeZone: zone }),
    exact: new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric", fractionalSecondDigits: 3, timeZoneName: "short", ...clock }),
    axis: new Intl.DateTimeFormat("en", { month: "2-digit", day: "2-digit", ...clock }),
  };
  zones.set(zone, made);
  return made;
}

/** The zone of the settings: undefined for that of the browser. */
export function zoneOfTimes(): string | undefined {
  return settings().zone === "utc" ? "UTC" : undefined;
}

/** "Europe/Berlin" */
export function zoneName(zone = zoneOfTimes()): string {
  return inZone(zone).exact.resolvedOptions().timeZone;
}

/** To the millisecond, and with its zone. */
export function preciseTime(time: number, zone = zoneOfTimes()): string {
  return inZone(zone).exact.format(time);
}

/** "11-26 07:49:23", as an axis has room for it. */
export function axisTime(time: number, zone = zoneOfTimes()): string {
  const parts = Object.fromEntries(inZone(zone).axis.formatToParts(time).map(({ type, value }) => [type, value]));
  return `${parts["month"] ?? ""}-${parts["day"] ?? ""} ${parts["hour"] ?? ""}:${parts["minute"] ?? ""}:${parts["second"] ?? ""}`;
}

/** A time as the settings want it. */
export function shownTime(time: number, now: number): string {
  return settings().times === "exact" ? exactTime(time) : relativeTime(time, now);
}

/** A time the other way than shownTime() tells it. */
export function otherTime(time: number, now: number): string {
  return settings().times === "exact" ? relativeTime(time, now) : exactTime(time);
}

function span(amount: number, unit: string): string {
  const words = `${Math.abs(amount)} ${unit}`;
  return amount <= 0 ? `${words} ago` : `in ${words}`;
}

function days(amount: number): string {
  if (amount === -1) return "yesterday";
  if (amount === 1) return "tomorrow";
  return span(amount, "days");
}

/** "3 min. ago" as seen at `now`. */
export function relativeTime(time: number, now: number): string {
  const past = time - now;
  const size = Math.abs(past);
  if (size < 60_000) return size < 10_000 ? "just now" : span(Math.round(past / 1000), "sec.");
  if (size < 3_600_000) return span(Math.round(past / 60_000), "min.");
  if (size < day) return span(Math.round(past / 3_600_000), "hr.");
  if (size < 30 * day) return days(Math.round(past / day));
  if (size < 365 * day) return span(Math.round(past / (30 * day)), "mo.");
  return span(Math.round(past / (365 * day)), "yr.");
}

/** "1.2 s", "4 min 3 s", "2 h 5 min", "3 d 4 h" */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const parts: [number, string, number, string] =
    seconds < 3600
      ? [Math.floor(seconds / 60), "min", Math.floor(seconds % 60), "s"]
      : seconds < 86400
        ? [Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min"]
        : [Math.floor(seconds / 86400), "d", Math.floor((seconds % 86400) / 3600), "h"];
  return `${parts[0]} ${parts[1]} ${parts[2]} ${parts[3]}`;
}

/** A number with as many significant digits as the settings say, whole ones in full. */
export function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  const { digits } = settings();
  if (digits >= 17) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(Math.max(1, digits - 2));
  return String(Number(value.toPrecision(digits)));
}

export function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[unit] ?? ""}`;
}
