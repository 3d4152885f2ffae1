import { describe, expect, it } from "vitest";

import { Queue } from "../queue";
import { itemAt, readName, seriesIn, stepsOf } from "./names";

const id = "0b9f6b0e-9f5a-4b5e-8a55-b4a2f0a6a111";
const file = (path: string) => ({ path, is_dir: false, file_size: 1 });

describe("names of files logged by step", () => {
  it("are read as the clients write them", () => {
    expect(readName(`dogs~big+step+3+timestamp+1700000000000+${id}.png`)).toEqual({ key: "dogs/big", step: 3, time: 1700000000000, id, small: false });
    expect(readName(`dogs+step+3+timestamp+1700000000000+${id}+compressed.webp`)?.small).toBe(true);
    expect(readName(`old key%step%-4%timestamp%1700000000000%${id}%compressed.webp`)).toEqual({ key: "old key", step: -4, time: 1700000000000, id, small: true });
  });
  it("are read without time and id too", () => {
    expect(readName("voice+step+12.wav")).toEqual({ key: "voice", step: 12, time: 0, id: "", small: false });
    expect(readName("step+step+1.png")?.key).toBe("step");
    expect(readName("a+step+1+step+2.png")).toMatchObject({ key: "a+step+1", step: 2 });
  });
  it.each(["dogs.png", "dogs+step+x.png", "dogs+step+3", "+step+3.png", "dogs+step+99999999999999999.png", ""])("%s is none", (name) => {
    expect(readName(name)).toBeNull();
  });
});

describe("series", () => {
  it("have one item a step, the later one, with its thumbnail", () => {
    const name = (step: number, time: number) => `images/dogs+step+${step}+timestamp+${time}+${id}`;
    const found = seriesIn([file(`${name(10, 5)}.png`), file(`${name(2, 5)}+compressed.webp`), file(`${name(2, 5)}.png`), file(`${name(2, 4)}.png`)]);
    expect([...found.keys()]).toEqual(["images/dogs"]);
    expect(found.get("images/dogs")?.map(({ step, file: whole, small }) => [step, whole.path, small?.path])).toEqual([
      [2, `${name(2, 5)}.png`, `${name(2, 5)}+compressed.webp`],
      [10, `${name(10, 5)}.png`, undefined],
    ]);
  });
  it("show a thumbnail whose whole picture has not come yet", () => {
    const [item] = seriesIn([file(`images/a+step+1+timestamp+5+${id}+compressed.webp`)]).get("images/a") ?? [];
    expect(item?.file).toBe(item?.small);
  });
  it("keep folders and kinds apart, and leave out what cannot be shown", () => {
    const found = seriesIn([file("audio/a+step+1.wav"), file("figures/a+step+1.html"), file("images/a+step+1.zip"), { path: "images/b+step+1.png", is_dir: true }, file("images/loose.png")]);
    expect([...found].map(([key, [item]]) => [key, item?.kind])).toEqual([["audio/a", "audio"], ["figures/a", "html"]]);
  });
  it("give what a run had at a step", () => {
    const series = seriesIn([10, 20, 30].map((step) => file(`images/a+step+${step}.png`))).get("images/a") ?? [];
    expect([5, 10, 19, 20, 99].map((step) => itemAt(series, step)?.step)).toEqual([undefined, 10, 10, 20, 30]);
    expect(stepsOf([series, seriesIn([file("images/a+step+15.png")]).get("images/a") ?? []])).toEqual([10, 15, 20, 30]);
  });
});

describe("the queue", () => {
  it("runs a few at a time, in order, and goes on after faults", async () => {
    const queue = new Queue(2);
    let now = 0;
    let most = 0;
    const begun: number[] = [];
    const task = (number: number) => async () => {
      begun.push(number);
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      if (number === 1) throw new Error("fault");
      return number;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((number) => queue.run(task(number))));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
    expect([most, begun]).toEqual([2, [0, 1, 2, 3, 4]]);
  });
  it("does not begin what nobody waits for any more", async () => {
    const queue = new Queue(1);
    const left = new AbortController();
    let release: () => void = () => undefined;
    const first = queue.run(() => new Promise<void>((done) => (release = done)));
    const second = queue.run(() => Promise.reject(new Error("was begun")), left.signal);
    const refused = expect(second).rejects.toThrow(/abort/i);
    left.abort();
    release();
    await first;
    await refused;
    await expect(queue.run(() => Promise.resolve(7))).resolves.toBe(7);
  });
});
