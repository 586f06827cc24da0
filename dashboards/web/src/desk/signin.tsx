/** *Masuk*: the token that `pantau token create` printed opens the desk in this browser. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../shared/api/client";
import { whyNot } from "./acts";
import type { Door } from "./session";
import type { Words } from "./words";

export interface SignInProps {
  readonly door: Door;
  readonly words: Words;
}

export function SignIn({ door, words }: SignInProps): JSX.Element {
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { entry } = door;
  const why = entry.state === "outside" && entry.why !== "none" ? entry.why : null;

  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const token = String(new FormData(form).get("token") ?? "").trim();
    if (token === "" || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await door.enter(token);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
      form.querySelector("input")?.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="signin">
      <form class="card" onSubmit={(event) => void send(event)} data-test="signin">
        <p class="brand">Pantau</p>
        <h1>{words.say("signin.title")}</h1>
        {why !== null && failure === null && <p class="failure">{words.say(`signin.${why}`)}</p>}
        <label>
          {words.say("signin.token")}
          <input
            name="token"
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            autofocus
            required
            aria-invalid={failure !== null}
          />
        </label>
        {failure !== null && (
          <p class="failure" role="alert" data-test="failure">
            {failure}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {words.say("signin.do")}
        </button>
        <p class="hint">
          {words.say("signin.hint")} <code>pantau token create NAMA --role operator</code>
        </p>
      </form>
    </main>
  );
}
