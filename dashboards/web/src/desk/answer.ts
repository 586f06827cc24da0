/** An answer of the API as a component shows it: kept while it is asked for anew. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../shared/api/client";

const RETRY_MS = 5_000;

export interface Answer<T> {
  /** The newest answer; null before the first. */
  readonly value: T | null;
  /** Why the last question was not answered; null: it was. */
  readonly trouble: ApiError | null;
  /** Ask again. */
  readonly renew: () => void;
  /** Take over an answer that came another way (an action's). */
  readonly put: (value: T) => void;
}

/**
 * Ask when this is first shown and whenever `key` changes; the value of another key is not shown.
 * A question that failed because the server was not there is asked again by itself.
 */
export function useAnswer<T>(key: string, question: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ key: string; value: T | null; trouble: ApiError | null }>({
    key,
    value: null,
    trouble: null,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(question);
  latest.current = question;

  useEffect(() => {
    const controller = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    latest.current(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setState({ key, value, trouble: null });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setState((before) => ({
          key,
          value: before.key === key ? before.value : null,
          trouble: error,
        }));
        const passes = error.status === 0 || error.status === 429 || error.status >= 500;
        if (passes) again = setTimeout(() => setTurn((count) => count + 1), RETRY_MS);
      },
    );
    return () => {
      controller.abort();
      clearTimeout(again);
    };
  }, [key, turn]);

  const renew = useCallback(() => setTurn((count) => count + 1), []);
  const put = useCallback((value: T) => setState({ key, value, trouble: null }), [key]);
  const isOurs = state.key === key;
  return {
    value: isOurs ? state.value : null,
    trouble: isOurs ? state.trouble : null,
    renew,
    put,
  };
}
