import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { areAsked, firstLinesHere, firstLinesOf } from "./charts/lines";
import { call, earlyAnswer } from "./api/client";
import { askEarly } from "./early";
import { firstRequest, tableOf } from "./api/run-request";
import { bearer, signIn, signOut } from "./api/session";

/** Calls that the server got, by path, with what was sent. */
const asked: [string, unknown][] = [];
let answer = () => Promise.resolve(Response.json({ total: asked.length }));

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  answer = () => Promise.resolve(Response.json({ total: asked.length }));
  vi.stubGlobal("fetch", (url: string, options: RequestInit) => {
    asked.push([new URL(url).pathname, options.body ? JSON.parse(options.body as string) : null]);
    return answer();
  });
});
afterEach(() => {
  // What nobody took is forgotten before the next test.
  vi.runAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const first = (address: string) => call("SearchRunTable", firstRequest(tableOf("7", new URLSearchParams(address))));

describe("what is asked before the page is there", () => {
  it.each(["", "q=metrics.a < 1&sort=metrics.a&desc=1", "cols=metrics.a,params.b", "nested=1", "group=params.b&stage=all", "sel=abc&theme=dark"])("is what the table asks at %j, and is asked once", async (address) => {
    askEarly(`#/experiments/7${address && `?${address}`}`);
    expect(await first(address)).toEqual({ total: 1 });
    expect(asked.map(([path]) => path)).toEqual(["/ajax-api/3.0/millrace/runs/table"]);
    expect(await first(address)).toEqual({ total: 2 });
  });
  it("is there at once when it has come, for one who asks the same", async () => {
    askEarly("#/experiments/7");
    const request = firstRequest(tableOf("7", new URLSearchParams()));
    expect(earlyAnswer("SearchRunTable", request)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(earlyAnswer("SearchRunTable", { ...request, filter: "a" })).toBeUndefined();
    expect(earlyAnswer("SearchRunTable", request)).toEqual({ total: 1 });
    expect(earlyAnswer("SearchRunTable", request)).toBeUndefined();
    expect(await first("")).toEqual({ total: 2 });
  });
  it("is the lines of the charts in sight too, of the first runs of the table, where the address shows charts", async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `run${i}`);
    const keys = Array.from({ length: 12 }, (_, i) => `m${String(i).padStart(2, "0")}`);
    const lines = [{ run_id: "run0", metric_key: "m03", steps: [1], values: [2] }];
    answer = () => Promise.resolve(Response.json(asked.length === 1 ? { run_ids: ids, keys: { metrics: keys } } : { lines }));
    expect(askEarly("#/experiments/7?view=charts&layout=0:m11")).toEqual({ charts: true });
    await vi.advanceTimersByTimeAsync(1);
    const first = ids.slice(0, 10);
    expect(asked[1]).toEqual(["/ajax-api/3.0/millrace/metrics/lines", { run_ids: first, metric_keys: ["m11", ...keys.slice(0, 8)], max_points: 600, exact_points: 1500, without_timestamps: true, quick: true }]);
    expect(areAsked(first, "m03", false)).toBe(true);
    expect([areAsked(first, "m09", false), areAsked(ids, "m03", false), areAsked(first, "m03", true)]).toEqual([false, false, false]);
    expect(firstLinesHere("m03", first, true)).toBeUndefined();
    expect(firstLinesHere("m03", first, false)).toEqual(lines);
    expect(await firstLinesOf("m02", first, false)).toEqual([]);
    expect(areAsked(first, "m03", false)).toBe(false);
    expect(asked).toHaveLength(2);
    signIn(bearer("other"));
    expect(areAsked(first, "m04", false)).toBe(false);
    signOut();
    await vi.advanceTimersByTimeAsync(5001);
    expect(areAsked(first, "m04", false)).toBe(false);
  });
  it.each(["view=charts&sel=a,b", "view=charts&sel=a,b&group=params.x"])("is the lines of the chosen runs at %j", async (address) => {
    answer = () => Promise.resolve(Response.json(asked.length === 1 ? { run_ids: ["c", "b", "a"], keys: { metrics: ["m"] } } : {}));
    askEarly(`#/experiments/7?${address}`);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked[1]?.[1]).toMatchObject({ run_ids: ["a", "b"], metric_keys: ["m"] });
  });
  it("has the times of points where the axis is of times", async () => {
    answer = () => Promise.resolve(Response.json(asked.length === 1 ? { run_ids: ["a"], keys: { metrics: ["m"] } } : {}));
    askEarly("#/experiments/7?view=charts&x=relative");
    await vi.advanceTimersByTimeAsync(1);
    expect(asked[1]?.[1]).toEqual({ run_ids: ["a"], metric_keys: ["m"], max_points: 600, exact_points: 1500, quick: true });
    expect(areAsked(["a"], "m", true)).toBe(true);
  });
  it("asks for no lines where there are no runs", async () => {
    answer = () => Promise.resolve(Response.json({ keys: { metrics: ["m"] } }));
    askEarly("#/experiments/7?view=charts");
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(1);
  });
  it("goes to nobody who asks for something else", async () => {
    askEarly("#/experiments/7?q=a");
    expect(await first("q=b")).toEqual({ total: 2 });
  });
  it("goes to nobody else who signs in meanwhile", async () => {
    askEarly("#/experiments/7");
    signIn(bearer("other"));
    expect(await first("")).toEqual({ total: 2 });
    signOut();
  });
  it("is good for some seconds only", async () => {
    askEarly("#/experiments/7");
    await vi.advanceTimersByTimeAsync(5001);
    expect(await first("")).toEqual({ total: 2 });
  });
  it("tells its fault to whoever asks, who may ask again", async () => {
    answer = () => Promise.reject(new TypeError("no network"));
    askEarly("#/experiments/7");
    await expect(first("")).rejects.toMatchObject({ status: 0, temporary: true });
    answer = () => Promise.resolve(Response.json({ total: 9 }));
    expect(await first("")).toEqual({ total: 9 });
  });
  it("is the list of experiments on the first page, and nothing elsewhere", () => {
    for (const hash of ["", "#/", "#/experiments"]) askEarly(hash);
    expect(asked).toHaveLength(3);
    for (const hash of ["#/models", "#/experiments/7/models", "#/experiments/7/runs/abc", "#/compare?runs=a,b", "#/experiments/../x", "#/status"]) askEarly(hash);
    expect(asked).toHaveLength(3);
  });
});
