import { useSyncExternalStore } from "react";

/**
 * Who the user is to a server that asks: a token, or a name and a password. Kept in the session storage of this tab
 * alone, and sent in a header, never in an address or a cookie.
 */
export interface Credential {
  /** The value of the Authorization header. */
  header: string;
  /** The name that was given with a password. */
  user?: string;
}

/** Why nothing is shown until the user has signed in. */
export interface Demand {
  message: string;
  /** The schemes of the challenges, in lower case: "bearer", "basic". */
  schemes: readonly string[];
  /** Whether the server did not accept what the user had signed in with. */
  rejected: boolean;
}

interface Session {
  credential: Credential | null;
  demand: Demand | null;
}

const key = "millrace.session";

function stored(): Credential | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null") as Partial<Credential> | null;
    return typeof kept?.header === "string" ? { header: kept.header, ...(typeof kept.user === "string" ? { user: kept.user } : {}) } : null;
  } catch {
    return null;
  }
}

function keep(credential: Credential | null): void {
  try {
    if (credential) sessionStorage.setItem(key, JSON.stringify(credential));
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is off: the credential lasts as long as the page.
  }
}

let session: Session = { credential: stored(), demand: null };
const watchers = new Set<() => void>();

function set(next: Session): void {
  session = next;
  for (const watcher of watchers) watcher();
}

export function currentSession(): Session {
  return session;
}

export function watchSession(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useSession(): Session {
  return useSyncExternalStore(watchSession, () => session);
}

/**
 * What every request to the server carries. The second header has the server put its challenges where the browser does
 * not see them: otherwise it would ask for a password itself, before the page knows.
 */
export function sessionHeaders(credential = session.credential): Record<string, string> {
  return { "X-Requested-With": "XMLHttpRequest", ...(credential ? { Authorization: credential.header } : {}) };
}

/** The schemes of challenges (RFC 9110, section 11.6.1), of which a comma may separate several, and their parts too. */
export function schemesOf(challenges: string): string[] {
  const schemes: string[] = [];
  const bare = challenges.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const part of bare.split(",")) {
    const word = /^\s*([!#$%&'*+\-.^_`|~\w]+)(?=\s*$|\s+[^\s=])/.exec(part)?.[1];
    if (word && !schemes.includes(word.toLowerCase())) schemes.push(word.toLowerCase());
  }
  return schemes;
}

/** Takes note of a 401. `sent` is what the refused request carried: what came of an older credential says nothing of today's. */
export function refused(sent: string | null, challenges: string, message: string): void {
  if (sent !== (session.credential?.header ?? null)) return;
  if (session.demand && sent === null) return;
  keep(null);
  set({ credential: null, demand: { message, schemes: schemesOf(challenges), rejected: sent !== null } });
}

export function signIn(credential: Credential): void {
  keep(credential);
  set({ credential, demand: null });
}

export function signOut(): void {
  keep(null);
  // Without it the server asks again, which brings the page for signing in.
  set({ credential: null, demand: null });
}

/** Why a text can be no token; "" when it can. */
export function tokenFault(token: string): string {
  if (token === "") return "Enter a token.";
  return /^[\x21-\x7e]+$/.test(token) ? "" : "A token has no blanks, line breaks or letters beyond ASCII.";
}

export function bearer(token: string): Credential {
  return { header: `Bearer ${token}` };
}

/** By RFC 7617, in UTF-8. */
export function basic(user: string, password: string): Credential {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return { header: `Basic ${btoa(String.fromCharCode(...bytes))}`, user };
}
