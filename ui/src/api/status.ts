import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { call } from "./client";
import type { OperationStatus, PluginClaim, PluginHealth, ServerStatus } from "./contract.gen";
import { real } from "./table";

/** Milliseconds between two looks. A page that cannot be seen does not look. */
const pause = 5000;
const gentle = { refetchInterval: pause, refetchIntervalInBackground: false, refetchOnWindowFocus: true, retry: false } as const;
/** How far back the page remembers, in milliseconds. */
const window = 60_000;

export function useServerStatus() {
  return useQuery({ queryKey: ["server-status"], queryFn: ({ signal }) => call("GetServerStatus", {}, signal), ...gentle });
}

export function usePlugins() {
  return useQuery({ queryKey: ["plugins"], queryFn: ({ signal }) => call("ListPlugins", {}, signal), ...gentle });
}

/** The oldest status of the last minute, of the same start of the server as the newest; undefined until there are two. */
export function baseOf(seen: readonly ServerStatus[]): ServerStatus | undefined {
  const newest = seen.at(-1);
  if (!newest) return undefined;
  const usable = seen.filter((status) => status.start_time === newest.start_time && (newest.time ?? 0) - (status.time ?? 0) <= window);
  return usable.length > 1 ? usable[0] : undefined;
}

/** Remembers what was seen of late, for what happened between then and now. */
export function useRecent(newest: ServerStatus | undefined): ServerStatus | undefined {
  const [seen, setSeen] = useState<readonly ServerStatus[]>([]);
  useEffect(() => {
    if (newest) setSeen((old) => [...old.filter((status) => status !== newest && (newest.time ?? 0) - (status.time ?? 0) <= window), newest]);
  }, [newest]);
  return baseOf(seen);
}

export function requestsOf(operation: OperationStatus): number {
  return (operation.succeeded ?? 0) + (operation.client_errors ?? 0) + (operation.server_errors ?? 0);
}

export function totalOf(status: ServerStatus, count: (operation: OperationStatus) => number = requestsOf): number {
  return (status.operations ?? []).reduce((sum, operation) => sum + count(operation), 0);
}

/** What was counted after `before`; operations that were not asked for since are left out. */
export function operationsSince(now: ServerStatus, before: ServerStatus): OperationStatus[] {
  const earlier = new Map((before.operations ?? []).map((operation) => [operation.operation, operation]));
  return (now.operations ?? [])
    .map((operation) => {
      const old = earlier.get(operation.operation) ?? {};
      return {
        operation: operation.operation ?? "",
        succeeded: (operation.succeeded ?? 0) - (old.succeeded ?? 0),
        client_errors: (operation.client_errors ?? 0) - (old.client_errors ?? 0),
        server_errors: (operation.server_errors ?? 0) - (old.server_errors ?? 0),
        seconds: real(operation.seconds ?? 0) - real(old.seconds ?? 0),
        durations: (operation.durations ?? []).map((count, i) => count - (old.durations?.[i] ?? 0)),
      };
    })
    .filter((operation) => requestsOf(operation) > 0);
}

/**
 * The time in seconds below which `part` of the requests lie, between the ends of its class as if they lay there evenly.
 * Infinity in the last class, which has no upper end; undefined without requests.
 */
export function percentile(bounds: readonly number[], counts: readonly number[], part: number): number | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let left = all * part;
  for (const [i, count] of counts.entries()) {
    if (left > count || count === 0) {
      left -= count;
      continue;
    }
    const high = bounds[i];
    if (high === undefined) return Infinity;
    const low = bounds[i - 1] ?? 0;
    return low + ((high - low) * left) / count;
  }
  return Infinity;
}

/** How a plugin fares, in a word and as a colour. */
export function healthOf(health: PluginHealth | undefined): { state: "good" | "bad" | "warn" | "idle"; word: string } {
  if (!health) return { state: "idle", word: "Not needed yet" };
  if (!health.running) return { state: "bad", word: "Down" };
  if ((health.failures ?? 0) > 0) return { state: "warn", word: "Running, with failures" };
  return { state: "good", word: "Running" };
}

/** All claims to one scheme or name. */
export interface Contest {
  kind: string;
  name: string;
  claims: PluginClaim[];
}

/** Claims by what is claimed, in their order; winners stand first. */
export function contestsOf(claims: readonly PluginClaim[]): Contest[] {
  const contests = new Map<string, Contest>();
  for (const claim of claims) {
    const [kind, name] = [claim.kind ?? "", claim.name ?? ""];
    const key = `${kind}:${name}`;
    const contest = contests.get(key) ?? { kind, name, claims: [] };
    contest.claims.push(claim);
    contests.set(key, contest);
  }
  return [...contests.values()];
}
