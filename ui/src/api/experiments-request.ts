/** What the list of experiments asks first, for the first of perhaps several pages. */
export const firstExperiments = { view_type: "ALL", max_results: 10_000 } as const;
