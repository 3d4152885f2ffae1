import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { call } from "./client";
import { modelFilter } from "./model-words";

const pageSize = 50;

export function useLoggedModels(experiment: string, text: string) {
  const filter = modelFilter(text);
  return useInfiniteQuery({
    queryKey: ["logged-models", experiment, filter],
    queryFn: ({ signal, pageParam }) =>
      call(
        "SearchLoggedModels",
        {
          experiment_ids: [experiment],
          max_results: pageSize,
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
