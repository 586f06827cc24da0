/** Draws anew when something that is asked for elsewhere has news. */

import { useEffect, useReducer } from "preact/hooks";

export interface Source<T> {
  readonly current: T;
  subscribe(listener: () => void): () => void;
}

/** What the source holds now. */
export function useCurrent<T>(source: Source<T>): T {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => source.subscribe(() => redraw()), [source]);
  return source.current;
}
