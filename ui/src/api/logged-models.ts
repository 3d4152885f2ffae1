import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { call } from "./client";
import { modelFilter } from "./model-words";
import { settings } from "../settings";

/** What one answer of the server may have. */
const mostModels = 50;

export function useLoggedModels(experiment: string, text: string) {
  const filter = modelFilter(text);
  return useInfiniteQuery({
    queryKey: ["logged-models", experiment, filter, settings().pageSize],
    queryFn: ({ signal, pageParam }) =>
      call(
        "SearchLoggedModels",
        {
          experiment_ids: [experiment],
          max_results: Math.min(settings().pageSize, mostModels),
          order_by: [{ field_name: "creation_timestamp", ascending: false }],
          ...(filter ? { filter } : {}),
          ...(pageParam ? { page_token: pageParam } : {}),
        },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
}

export function useLoggedModel(id: string) {
  return useQuery({
    queryKey: ["logged-model", id],
    queryFn: async ({ signal }) => (await call("GetLoggedModel", { model_id: id, allow_deleted: true }, signal)).model,
  });
}
