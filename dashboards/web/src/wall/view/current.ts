/** Draws anew when something that is asked for elsewhere has news. */

import { useEffect, useReducer } from "preact/hooks";

export interface Source<T> {
  readonly current: T;
  subscribe(listener: () => void): () => void;
}

/** What the source holds now. */
export function useCurrent<T>(source: Source<T>): T {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const drawn = source.current;
  useEffect(() => {
    // News between the drawing and this moment was told to nobody.
    if (source.current !== drawn) redraw();
    return source.subscribe(() => redraw());
  }, [source]);
  return drawn;
}
