import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Files } from "../api/artifacts";
import { request } from "../api/client";

/**
 * A file as an address of this page alone, with the type that it is to be taken for. The bytes come by fetch, since
 * the server hands artifacts out as attachments only.
 */
export function useBlobUrl(files: Files, path: string, type: string, enabled = true) {
  const [url, setUrl] = useState("");
  const query = useQuery({
    queryKey: ["blob", files.key, path],
    queryFn: async ({ signal }) => (await request(files.url(path), { signal })).blob(),
    enabled,
    // Files are large: they are let go when they are out of sight.
    gcTime: 0,
    staleTime: Infinity,
  });
  const blob = query.data;
  useEffect(() => {
    if (!blob) return undefined;
    const made = URL.createObjectURL(new Blob([blob], { type: type || blob.type }));
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl("");
    };
  }, [blob, type]);
  return { url, blob, fault: query.error, retry: () => void query.refetch() };
}

/** The first bytes of a file as text. */
export async function headText(files: Files, path: string, size: number, most: number, signal: AbortSignal): Promise<string> {
  if (size === 0) return "";
  return (await request(files.url(path), { signal, headers: { Range: `bytes=0-${Math.min(size, most) - 1}` } })).text();
}
