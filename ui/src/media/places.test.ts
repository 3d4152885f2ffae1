import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement as make } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { runFiles } from "../api/artifacts";
import { setSearch } from "../router";
import { MediaCard } from "./media-card";
import { seriesIn } from "./names";
import { readLarge, readSteps, withLarge, withStep } from "./places";

describe("step and size of media cards in the address", () => {
  it("come back as they were, each card for itself", () => {
    const two = withStep(withStep(null, "images/a,b:c%", 20), "figures/x", -3);
    expect([...readSteps(two)]).toEqual([["images/a,b:c%", 20], ["figures/x", -3]]);
    expect([...readSteps(withStep(two, "images/a,b:c%", 30))]).toEqual([["images/a,b:c%", 30], ["figures/x", -3]]);
    expect(withStep(withStep(two, "images/a,b:c%", null), "figures/x", null)).toBe("");
    expect([...readLarge(withLarge(withLarge("a", "b,c", true), "a", false))]).toEqual(["b,c"]);
  });
  it("are not read from what is none", () => {
    expect([...readSteps("x:a,1.5:b,:c,7,99999999999999999:d,1:%E0%A4%A,2:e")]).toEqual([["e", 2]]);
    expect([...readLarge(",%E0%A4%A,")]).toEqual([]);
  });

  const series = seriesIn([0, 10, 20].map((step) => ({ path: `images/dogs+step+${step}.png`, is_dir: false }))).get("images/dogs") ?? [];
  const drawn = () => {
    const card = make(MediaCard, { media: { key: "images/dogs", runs: [{ run: { id: "a", name: "a", number: 0 }, files: runFiles("a"), series }] }, named: false });
    return renderToStaticMarkup(make(QueryClientProvider, { client: new QueryClient() }, card));
  };
  it("decide how a card is drawn", () => {
    expect(drawn()).toContain('aria-valuetext="step 20, 3 of 3"');
    expect(drawn()).not.toContain("data-large");
    setSearch({ media: withStep(null, "images/dogs", 10), large: withLarge(null, "images/dogs", true) });
    expect(drawn()).toContain('aria-valuetext="step 10, 2 of 3"');
    expect(drawn()).toContain('data-large="true"');
  });
  it("show the step before when that step is gone", () => {
    setSearch({ media: withStep(null, "images/dogs", 19) });
    expect(drawn()).toContain('aria-valuetext="step 10, 2 of 3"');
    setSearch({ media: undefined, large: undefined });
    expect(drawn()).toContain('aria-valuetext="step 20, 3 of 3"');
  });
});
