/** Long lists: only the rows in sight are drawn. The page scrolls, not the list. */

import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface Window {
  readonly first: number;
  readonly last: number;
}

/** The rows in sight, and a few beyond: from `first` to before `last`. */
export function windowOf(
  count: number,
  rowHeight: number,
  top: number,
  height: number,
  beyond = 8,
): Window {
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + beyond);
  return { first: Math.min(first, count), last: Math.max(last, 0) };
}

export interface InSight extends Window {
  /** CSS pixels of one row. */
  readonly rowPx: number;
  /** Scroll as little as brings a row into sight, so that it is drawn and can be focused. */
  readonly show: (index: number) => void;
}

/** What the bar at the top, and the keys at the foot, cover of the window. */
const TOP_PX = 70;
const FOOT_PX = 110;

/** Which rows of a list are in sight; `rowPx` says how high one is now. */
export function useInSight(
  list: RefObject<HTMLElement | null>,
  count: number,
  rowPx: (list: HTMLElement) => number,
): InSight {
  const [seen, setSeen] = useState({ top: 0, height: 900, row: 60 });
  useLayoutEffect(() => {
    const measure = (): void => {
      const { current } = list;
      if (current === null) return;
      const top = Math.max(0, -current.getBoundingClientRect().top);
      const row = rowPx(current);
      setSeen((before) =>
        before.top === top && before.height === window.innerHeight && before.row === row
          ? before
          : { top, height: window.innerHeight, row },
      );
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [list, count > 0]);
  const show = (index: number): void => {
    const box = list.current?.getBoundingClientRect();
    if (box === undefined) return;
    const y = box.top + index * seen.row;
    if (y < TOP_PX) window.scrollBy(0, y - TOP_PX);
    if (y > window.innerHeight - FOOT_PX) window.scrollBy(0, y - window.innerHeight + FOOT_PX);
  };
  return { ...windowOf(count, seen.row, seen.top, seen.height), rowPx: seen.row, show };
}
