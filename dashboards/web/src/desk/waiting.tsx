/** The desk's shelf of acts without a line: sent when it is back, shown until then. */

import { createContext, type JSX } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import { ApiError } from "../shared/api/client";
import { clock, zoneName } from "../shared/time";
import { Glyph } from "../shared/view/glyphs";
import { note, take, whyNot } from "./acts";
import { useDesk } from "./context";
import { Pending, type PendingAct } from "./pending";

const AGAIN_MS = 5_000;

const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;

/** One for the page, however often somebody signs in. */
const PendingContext = createContext(new Pending(localStorage));

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
  const { visitor, at } = useDesk();
  return (act) => pending.keep({ ...act, at, who: visitor.name });
}

/** Above every page while something waits or was refused; it also sends. */
export function Waiting(): JSX.Element | null {
  const { words, visitor, zone, at, store } = useDesk();
  const pending = usePending();
  const waiting = pending.waiting.filter((one) => one.who === visitor.name);
  useEffect(() => {
    if (waiting.length === 0) return undefined;
    const flush = (): void =>
      void pending.flush(
        visitor.name,
        at,
        async (act) => {
          const time = `${clock(act.at, zone, words, true)} ${zoneName(zone, act.at)}`;
          const text = words.say("pending.text", { text: act.text, time });
          store.put(await (act.kind === "take" ? take : note)(act.incident, text));
        },
        isApiError,
      );
    addEventListener("online", flush);
    const timer = setInterval(flush, AGAIN_MS);
    return () => {
      removeEventListener("online", flush);
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
