/** Live changes, said to a screen reader: a new critical at once, all else once in ten seconds. */

import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../context";
import { isUntaken, type Problem } from "./problems";
import { describe } from "./words";

const QUIET_MS = 10_000;

/** Speak through the two live regions of the frame (`#told`, `#urgent`). */
export function useAnnouncements(all: readonly Problem[], known: boolean): void {
  const { words } = useDesk();
  const before = useRef<ReadonlySet<string> | null>(null);
  const spokeMono = useRef(-QUIET_MS);
  useEffect(() => {
    if (!known) return;
    const keys = before.current;
    before.current = new Set(all.map((one) => one.key));
    if (keys === null) return;
    const fresh = all.filter((one) => !keys.has(one.key));
    const critical = fresh.find((one) => isUntaken(one) && one.state === "down");
    if (critical !== undefined) {
      const { title } = describe(critical, words);
      say("urgent", words.say("told.critical", { what: title }));
    } else if (fresh.length > 0 && performance.now() - spokeMono.current >= QUIET_MS) {
      spokeMono.current = performance.now();
      say("told", words.count("told.new", fresh.length));
    }
  }, [all, known]);
}

function say(region: "told" | "urgent", text: string): void {
  const element = document.getElementById(region);
  if (element !== null) element.textContent = text;
}
