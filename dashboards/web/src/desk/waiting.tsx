/** The desk's shelf of acts without a line: sent when it is back, shown until then. */

import { createContext, type JSX } from "preact";
import { useContext, useEffect, useReducer, useRef } from "preact/hooks";
import { ApiError, ask } from "../shared/api/client";
import { clock, zoneName } from "../shared/time";
import { Glyph } from "../shared/view/glyphs";
import { note, take, whyNot } from "./acts";
import { useDesk } from "./context";
import { Pending, type PendingAct, type Shelf } from "./pending";

const AGAIN_MS = 5_000;

const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;

/** Asked for at each use: where storage is switched off, to name it already throws. */
const SHELF: Shelf = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
};

/** One for the page, however often somebody signs in. */
const PendingContext = createContext(new Pending(SHELF));

/** The shelf; draws anew when something comes or goes. */
export function usePending(): Pending {
  const pending = useContext(PendingContext);
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => pending.subscribe(() => redraw()), [pending]);
  return pending;
}

/** Keep an act that found no line; false: it is not kept, and its author must know. */
export function useKeep(): (act: Pick<PendingAct, "kind" | "incident" | "text">) => boolean {
  const pending = useContext(PendingContext);
  const { visitor, now } = useDesk();
  return (act) => pending.keep({ ...act, at: now, who: visitor.name });
}

/** Of several tabs one sends. Browsers have no locks over plain HTTP: there the shelf has to do. */
async function alone(work: () => Promise<void>): Promise<void> {
  const { locks } = navigator as Partial<Navigator>;
  if (locks === undefined) await work();
  else {
    await locks.request("pantau.pending", { ifAvailable: true }, async (lock) => {
      if (lock !== null) await work();
    });
  }
}

/** Above every page while something waits or was refused; it also sends. */
export function Waiting(): JSX.Element | null {
  const { words, visitor, zone, now, store } = useDesk();
  const pending = usePending();
  const waiting = pending.waiting.filter((one) => one.who === visitor.name);
  const send = async (act: PendingAct): Promise<void> => {
    // In another tab somebody else may have signed in: the browser's session is theirs then.
    const { name } = await ask("GET /session");
    if (name !== act.who) throw new ApiError(401, "session_of_another", "");
    const time = `${clock(act.at, zone, words, true)} ${zoneName(zone, act.at)}`;
    const text = words.say("pending.text", { text: act.text, time });
    store.put(await (act.kind === "take" ? take : note)(act.incident, text));
  };
  const flush = (): void =>
    void alone(() => pending.flush(visitor.name, now, send, isApiError));
  const latest = useRef(flush);
  latest.current = flush;
  useEffect(() => {
    const look = (): void => pending.look();
    addEventListener("storage", look);
    return () => removeEventListener("storage", look);
  }, [pending]);
  useEffect(() => {
    if (waiting.length === 0) return undefined;
    const call = (): void => latest.current();
    addEventListener("online", call);
    const timer = setInterval(call, AGAIN_MS);
    return () => {
      removeEventListener("online", call);
      clearInterval(timer);
    };
  }, [waiting.length, visitor.name]);
  if (waiting.length === 0 && pending.refused.length === 0) return null;
  return (
    <div class="trouble waiting-acts" role="status" data-test="waiting-acts">
      <Glyph name="stale" />
      {waiting.length > 0 && <span>{words.count("pending.waiting", waiting.length)}</span>}
      {pending.refused.map(({ act, error }) => (
        <span key={act.key}>
          {words.say("failure.recorded", {
            why: error === null ? words.say("pending.old") : whyNot(error, words),
          })}{" "}
          ({words.say("device.incident", { id: act.incident })}: {act.text})
        </span>
      ))}
      {pending.refused.length > 0 && (
        <button type="button" class="link" onClick={() => pending.forget()}>
          {words.say("plan.close")}
        </button>
      )}
    </div>
  );
}
