/** What the components need from the browser, as hooks. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useReducer, useState } from "preact/hooks";
import type { Live, LiveCity } from "../live";

/** A size in CSS pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** The live state; draws anew when it changes. */
export function useLive(wall: LiveCity): Live {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => wall.subscribe(() => redraw()), [wall]);
  return wall.current;
}

/**
 * The monotonic time, renewed each time a second of the server's clock begins, so that the
 * wall's clock never skips one.
 */
export function useSeconds(mono: () => number, phaseOf: (mono: number) => number): number {
  const [now, setNow] = useState(mono);
  useEffect(() => {
    const rest = 1000 - (phaseOf(mono()) % 1000);
    // A few ms late rather than early: the second has then really begun.
    const timer = setTimeout(() => setNow(mono()), Math.min(1000, rest + 5));
    return () => clearTimeout(timer);
  });
  return now;
}

/** The size of an element in CSS pixels, kept current. */
export function useBox(ref: RefObject<Element | null>, key: unknown): Box {
  const [box, setBox] = useState<Box>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setBox((before) =>
        before.width === width && before.height === height ? before : { width, height },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, key]);
  return box;
}
