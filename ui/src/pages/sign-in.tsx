import "../styles/operate.css";

import { useEffect, useState, type SyntheticEvent } from "react";

import { ApiError, failureOf, place } from "../api/client";
import { basic, bearer, sessionHeaders, signIn, tokenFault, type Credential, type Demand } from "../api/session";
import iconUrl from "../icon.svg";
import { setCrumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";

/** Asks something that everybody who is known may read; throws ApiError with the server's words when it does not know them. */
async function tryCredential(credential: Credential): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(place("ajax-api/3.0/mlflow/server-info"), { headers: sessionHeaders(credential) });
  } catch {
    throw new ApiError("The server cannot be reached. It may be stopped or restarting.", 0, "UNREACHABLE", "");
  }
  // What is merely forbidden is for the pages to tell: the user is known.
  if (!answer.ok && answer.status !== 403) throw failureOf(answer.status, answer.statusText, await answer.text(), answer.headers.get("X-Request-ID") ?? "");
}

type Way = "token" | "password";

function waysOf(schemes: readonly string[]): Way[] {
  const ways: Way[] = [];
  if (schemes.includes("bearer")) ways.push("token");
  if (schemes.includes("basic")) ways.push("password");
  return ways;
}

/** Shown in place of every page while the server does not know who asks. */
export function SignInPage({ demand }: { demand: Demand }) {
  const ways = waysOf(demand.schemes);
  const [chosen, setChosen] = useState<Way | undefined>(ways[0]);
  const [trying, setTrying] = useState(false);
  const [fault, setFault] = useState(demand.rejected ? `You have been signed out: ${demand.message}` : "");
  const [token, setToken] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  useEffect(() => setCrumbs([{ text: "Sign in" }]), []);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const wrong = chosen === "token" ? tokenFault(token.trim()) : "";
    setFault(wrong);
    if (wrong) return;
    const credential = chosen === "token" ? bearer(token.trim()) : basic(user, password);
    setTrying(true);
    tryCredential(credential)
      .then(() => signIn(credential))
      .catch((problem: unknown) => {
        setTrying(false);
        const refusal = problem instanceof ApiError && problem.status === 401;
        setFault(`${refusal ? (chosen === "token" ? "The server does not accept this token. " : "The server does not accept this name and password. ") : ""}${problem instanceof Error ? problem.message : String(problem)}`);
      });
  };

  return (
    <div className="sign-in">
      <form className="card column" onSubmit={submit} aria-labelledby="sign-in-title">
        <div className="row">
          <img src={iconUrl} alt="" width={28} height={28} />
          <h1 id="sign-in-title">Sign in to Millrace</h1>
        </div>
        <p className="muted">
          <span className="mono">{location.host}</span> asks who you are.
        </p>
        {ways.length > 1 && (
          <div className="segments" role="group" aria-label="How to sign in">
            {ways.map((way) => (
              <button key={way} type="button" aria-pressed={way === chosen} onClick={() => setChosen(way)}>
                {way === "token" ? "Token" : "Name and password"}
              </button>
            ))}
          </div>
        )}
        {chosen === "token" && (
          <label className="field">
            <span>Token</span>
            <input className="input" type="password" autoFocus autoComplete="current-password" spellCheck={false} value={token} onChange={(event) => setToken(event.target.value)} />
          </label>
        )}
        {chosen === "password" && (
          <>
            <label className="field">
              <span>Name</span>
              <input className="input" autoFocus required autoComplete="username" pattern="[^:]*" title="A name without a colon" value={user} onChange={(event) => setUser(event.target.value)} />
            </label>
            <label className="field">
              <span>Password</span>
              <input className="input" type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
            </label>
          </>
        )}
        {chosen === undefined && (
          <p>
            {demand.message} It asks for neither a token nor a password but in a way of its own{demand.schemes.length > 0 && ` (${demand.schemes.join(", ")})`}: sign in as it says, then come back.
          </p>
        )}
        {fault && (
          <div className="notice bad" role="alert">
            <Icon name="alert" />
            <p className="grow">{fault}</p>
          </div>
        )}
        {chosen === undefined ? (
          <button type="button" className="button primary" onClick={() => location.reload()}>
            Try again
          </button>
        ) : (
          <button type="submit" className="button primary" disabled={trying}>
            {trying ? "Signing in…" : "Sign in"}
          </button>
        )}
        {chosen !== undefined && <p className="muted small">What you enter is kept in this tab until you sign out or close it.</p>}
      </form>
    </div>
  );
}
