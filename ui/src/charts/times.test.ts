import { afterEach, describe, expect, it } from "vitest";

import { axisTime, preciseTime, zoneName } from "../format";
import { changeSettings } from "../settings";
import { zonedDate } from "./line-chart";
import { lineScene } from "./line-scene";
import { svgText } from "./scene";

// 02:30 in Kolkata, 21:00 of the day before in London.
const time = Date.UTC(2026, 10, 25, 21, 0, 0, 7);
afterEach(() => changeSettings({ zone: "local" }));

describe("times of charts", () => {
  it("are those of the zone of the browser, or of the one in the settings", () => {
    expect(zoneName()).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(axisTime(time)).toContain(String(new Date(time).getHours()).padStart(2, "0"));
    changeSettings({ zone: "utc" });
    expect([zoneName(), axisTime(time)]).toEqual(["UTC", "11-25 21:00:00"]);
  });
  it("are exact under the pointer: milliseconds, and which zone it is", () => {
    expect(preciseTime(time, "UTC")).toMatch(/2026.*21:00:00.007.*UTC/);
    expect(preciseTime(time, "Asia/Kolkata")).toMatch(/26.*02:30:00.007.*GMT\+5:30/);
    expect(axisTime(time, "Asia/Kolkata")).toBe("11-26 02:30:00");
  });
  it("tick at full hours of the zone", () => {
    expect([zonedDate(time / 1000, "Asia/Kolkata").getHours(), zonedDate(time / 1000, "UTC").getHours()]).toEqual([2, 21]);
    expect(zonedDate(time / 1000, undefined).getTime()).toBe(time);
  });
  it("are named in files too", () => {
    changeSettings({ zone: "utc" });
    const line = { run_id: "a", metric_key: "loss", steps: [0, 1], values: [1, 2], timestamps: [time, time + 3_600_000], point_count: 2 };
    const ink = { dark: false, text: "#000", muted: "#666", grid: "#ddd", accent: "#088" };
    const text = svgText(lineScene("loss", [line], new Map(), { axis: "time", weight: 0, log: { x: false, y: false } }, ink), "#fff");
    expect(text).toContain(">time (UTC)</text>");
    expect(text).toMatch(/>11-25 21:\d\d:\d\d</);
  });
});
