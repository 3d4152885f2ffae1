import { afterEach, describe, expect, it } from "vitest";

import { baseOf, contestsOf, healthOf, operationsSince, percentile } from "./api/status";
import { exactTime, number, otherTime, shownTime } from "./format";
import { changeSettings, defaults, parseSettings, settingsText } from "./settings";

afterEach(() => changeSettings(defaults));

describe("settings", () => {
  it("come back from their file as they were", () => {
    const chosen = { ...defaults, theme: "dark", zone: "utc", digits: 17 } as const;
    expect(parseSettings(settingsText(chosen))).toEqual(chosen);
    expect(parseSettings("{}")).toEqual(defaults);
  });

  it("refuse a file that is none, with what is wrong", () => {
    expect(() => parseSettings("nonsense")).toThrow("no JSON");
    expect(() => parseSettings("[]")).toThrow("no settings");
    expect(() => parseSettings('{"colour": "red"}')).toThrow("There is no setting “colour”");
    expect(() => parseSettings('{"digits": 99}')).toThrow("“digits” cannot be 99; it can be 3, 4, 5, 6, 8, 17");
    expect(() => parseSettings('{"__proto__": {}}')).toThrow("__proto__");
  });

  it("change how numbers are written", () => {
    changeSettings({ digits: 3 });
    expect([2 / 3, 12345678.9, 0.00001234, 1000].map(number)).toEqual(["0.667", "1.2e+7", "1.2e-5", "1000"]);
    changeSettings({ digits: 17 });
    expect(number(2 / 3)).toBe("0.6666666666666666");
  });

  it("change how times are written", () => {
    changeSettings({ zone: "utc" });
    expect(exactTime(0)).toMatch(/1970.*UTC$/);
    expect([shownTime(0, 3_600_000), otherTime(0, 3_600_000)]).toEqual(["1 hr. ago", exactTime(0)]);
    changeSettings({ times: "exact" });
    expect([shownTime(0, 3_600_000), otherTime(0, 3_600_000)]).toEqual([exactTime(0), "1 hr. ago"]);
  });
});

describe("figures of the server", () => {
  const bounds = [0.001, 0.01, 0.1];

  it("have percentiles between the ends of a class", () => {
    expect(percentile(bounds, [0, 0, 0, 0], 0.5)).toBeUndefined();
    expect(percentile(bounds, [100, 0, 0, 0], 0.5)).toBeCloseTo(0.0005);
    expect(percentile(bounds, [50, 50, 0, 0], 0.99)).toBeCloseTo(0.00982);
    expect(percentile(bounds, [0, 10, 0, 0], 1)).toBeCloseTo(0.01);
    expect(percentile(bounds, [1, 0, 0, 1], 0.99)).toBe(Infinity);
  });

  it("are counted since an earlier look of the same start", () => {
    const look = (time: number, succeeded: number, start = 1) => ({ time, start_time: start, operations: [{ operation: "GetRun", succeeded, durations: [succeeded] }, { operation: "Still", succeeded: 3 }] });
    expect(baseOf([look(1, 1)])).toBeUndefined();
    expect(baseOf([look(1, 1), look(50_000, 5), look(70_000, 9)])?.time).toBe(50_000);
    expect(baseOf([look(1, 5), look(2, 1, 2)])).toBeUndefined();
    expect(operationsSince(look(2, 9), look(1, 4))).toEqual([{ operation: "GetRun", succeeded: 5, client_errors: 0, server_errors: 0, seconds: 0, durations: [5] }]);
  });

  it("put those who claim one name together", () => {
    const claims = [
      { kind: "tracking_store", name: "sqlite", outcome: "wins" },
      { kind: "tracking_store", name: "sqlite", plugin: "rival", outcome: "loses" },
      { kind: "registry_store", name: "sqlite", outcome: "wins" },
    ];
    expect(contestsOf(claims).map(({ kind, claims: rivals }) => [kind, rivals.length])).toEqual([["tracking_store", 2], ["registry_store", 1]]);
  });

  it("say how a plugin fares", () => {
    expect(healthOf(undefined).state).toBe("idle");
    expect(healthOf({ running: false }).state).toBe("bad");
    expect(healthOf({ running: true, failures: 2 }).state).toBe("warn");
    expect(healthOf({ running: true }).state).toBe("good");
  });
});
