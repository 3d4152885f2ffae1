import { routes, type Operations } from "./contract.gen";
import { EarlyAnswers } from "./early-answers";
import { currentSession, refused, sessionHeaders } from "./session";

/** What the server said when it refused, or that it could not be reached. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly requestId: string,
  ) {
    super(message);
  }

  /** True when the same call may succeed later. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503;
  }
}

/** A place of the server relative to where the page is served, which keeps a static prefix. */
export function place(path: string): string {
  return new URL(path, document.baseURI.split("#")[0]).href;
}

function query(values: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text && `?${text}`;
}

/** What an answer that is not 2xx says. */
export function failureOf(status: number, statusText: string, body: string, id: string): ApiError {
  try {
    const { message, error_code: code } = JSON.parse(body) as { message: string; error_code: string };
    return new ApiError(message, status, code, id);
  } catch {
    return new ApiError(`The server answered ${status} ${statusText}.`, status, "", id);
  }
}

async function failure(answer: Response, sent: string | null): Promise<ApiError> {
  const fault = failureOf(answer.status, answer.statusText, await answer.text().catch(() => ""), answer.headers.get("X-Request-ID") ?? "");
  if (answer.status === 401) refused(sent, answer.headers.get("X-WWW-Authenticate") ?? answer.headers.get("WWW-Authenticate") ?? "", fault.message);
  return fault;
}

/** Fetches from the server as whoever is signed in, and throws ApiError for every answer but 2xx. */
export async function request(url: string, options: RequestInit = {}): Promise<Response> {
  const sent = currentSession().credential?.header ?? null;
  const headers = new Headers(options.headers);
  for (const [name, value] of Object.entries(sessionHeaders())) headers.set(name, value);
  let answer: Response;
  try {
    answer = await fetch(url, { ...options, headers });
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === "AbortError") throw fault;
    throw new ApiError("The server cannot be reached. It may be stopped or restarting.", 0, "UNREACHABLE", "");
  }
  if (!answer.ok) throw await failure(answer, sent);
  return answer;
}

/** "SetExperimentTag" as "set experiment tag". */
function wordsOf(operation: string): string {
  return operation.replace(/[A-Z]/g, (letter, at: number) => (at > 0 ? " " : "") + letter.toLowerCase());
}

/** Says of a refusal what it was that is not allowed. */
function named(fault: unknown, operation: string): unknown {
  if (!(fault instanceof ApiError) || fault.status !== 403) return fault;
  return new ApiError(`Not allowed to ${wordsOf(operation)}. ${fault.message}`, fault.status, fault.code, fault.requestId);
}

/** Calls that were made before anything is drawn, by name and message. */
const early = new EarlyAnswers<unknown>();

/** Makes a call whose answer goes to whoever makes the same call next, within some seconds, and to the caller. */
export function callEarly<Name extends keyof Operations>(name: Name, message: Operations[Name]["request"]): Promise<Operations[Name]["response"]> {
  const answer = send(name, message);
  early.put([name, message], answer);
  return answer;
}

/** The answer to a call that was made early, when it has come already: what is drawn first need not wait. */
export function earlyAnswer<Name extends keyof Operations>(name: Name, message: Operations[Name]["request"]): Operations[Name]["response"] | undefined {
  return early.takeCome([name, message]) as Operations[Name]["response"] | undefined;
}

/** Calls an operation of the contract. */
export function call<Name extends keyof Operations>(name: Name, message: Operations[Name]["request"], signal?: AbortSignal): Promise<Operations[Name]["response"]> {
  return (early.take([name, message]) as Promise<Operations[Name]["response"]> | undefined) ?? send(name, message, signal);
}

async function send<Name extends keyof Operations>(
  name: Name,
  message: Operations[Name]["request"],
  signal?: AbortSignal,
): Promise<Operations[Name]["response"]> {
  const [method, pattern] = routes[name];
  const rest: Record<string, unknown> = { ...message };
  const path = pattern.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(rest[field]);
    Reflect.deleteProperty(rest, field);
    return encodeURIComponent(value);
  });
  const options: RequestInit = { method, signal: signal ?? null };
  let url = place(path);
  if (method === "GET") {
    url += query(rest);
  } else {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(rest);
  }
  const answer = await request(url, options).catch((fault: unknown) => {
    throw named(fault, name);
  });
  return (await answer.json()) as Operations[Name]["response"];
}
