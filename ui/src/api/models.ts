import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";

import { call } from "./client";
import { useChanges } from "./live";
import { modelFilter, quoted } from "./model-words";
import { usePaced } from "./pace";
import { settings } from "../settings";

const mostVersions = 1000;

export function useModels(text: string) {
  const filter = modelFilter(text);
  return useInfiniteQuery({
    queryKey: ["models", filter, settings().pageSize],
    queryFn: ({ signal, pageParam }) =>
      call(
        "SearchRegisteredModels",
        { max_results: settings().pageSize, order_by: ["last_updated_timestamp DESC", "name ASC"], ...(filter ? { filter } : {}), ...(pageParam ? { page_token: pageParam } : {}) },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
}

export function useModel(name: string) {
  return useQuery({
    queryKey: ["model", name],
    queryFn: async ({ signal }) => (await call("GetRegisteredModel", { name }, signal)).registered_model,
  });
}

/** The versions of a model, newest first, at most a thousand of them. */
export function useVersions(name: string) {
  return useQuery({
    queryKey: ["model-versions", name],
    queryFn: ({ signal }) => call("SearchModelVersions", { filter: `name = ${quoted(name)}`, order_by: ["version_number DESC"], max_results: mostVersions }, signal),
  });
}

export function useVersion(name: string, version: string) {
  return useQuery({
    queryKey: ["model-version", name, version],
    queryFn: async ({ signal }) => (await call("GetModelVersion", { name, version }, signal)).model_version,
  });
}

/** Reads models anew when one of them changed; `name` limits that to one. */
export function useLiveModels(name?: string): () => Promise<void> {
  const client = useQueryClient();
  const refresh = async () => {
    await Promise.all(["models", "model", "model-versions", "model-version"].map((kind) => client.invalidateQueries({ queryKey: [kind] })));
  };
  const paced = usePaced(() => void refresh(), 500);
  useChanges((change) => {
    if (change.all || (name === undefined ? change.models.length > 0 : change.models.includes(name))) paced();
  });
  return refresh;
}
