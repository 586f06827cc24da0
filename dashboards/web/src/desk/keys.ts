/** Keys of the desk: single letters while nobody types, and `G` followed by a letter. */

import { useEffect, useRef } from "preact/hooks";

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const SEQUENCE_MS = 1_500;

/** What a key press is called: `j`, `Enter`, `?`, or null if it is not for us. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** Whose the key is: of a field that somebody writes in, an open popover, a button for Enter. */
function isTheirs(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches("input, textarea, select")) return true;
  if (name !== "Escape" && target.closest("[role=dialog]") !== null) return true;
  return (name === "Enter" || name === " ") && target.closest("a, button, summary") !== null;
}

/** Call what belongs to a key, while this component is shown. `g m` is G, then M. */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  const begun = useRef<{ key: string; at: number } | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const name = nameOf(event);
      if (name === null || event.defaultPrevented || isTheirs(event.target, name)) return;
      const before = begun.current;
      begun.current = name === "g" ? { key: name, at: event.timeStamp } : null;
      const isSecond = before !== null && event.timeStamp - before.at < SEQUENCE_MS;
      const call = current.current[isSecond ? `${before.key} ${name}` : name];
      if (call === undefined) return;
      begun.current = null;
      event.preventDefault();
      call(event);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
