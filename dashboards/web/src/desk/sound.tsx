/** Sound at a desk that asked for it: a new critical, again each minute until somebody has it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { IncidentView } from "../shared/api/schema";
import { ringFor, SILENT, type Rung } from "../shared/ringing";
import { Speaker } from "../shared/speaker";
import { chooseSound, wantsSound } from "./choices";
import { useDesk } from "./context";
import { stateOf } from "./texts";

/** What it rings for: open incidents that nobody has, by their ids. */
export function criticals(open: Iterable<IncidentView>): Set<string> {
  const found = new Set<string>();
  for (const one of open) {
    if (one.acknowledged_by === null && stateOf(one) !== "up") found.add(String(one.id));
  }
  return found;
}

/** The switch, which also rings: it says whether there is sound, and whether the browser lets it. */
export function SoundSwitch({ mono }: { mono: number }): JSX.Element {
  const { words, incidents, condition } = useDesk();
  const [on, setOn] = useState(wantsSound);
  const [speaker] = useState(() => new Speaker());
  const rung = useRef<Rung>(SILENT);
  useEffect(() => {
    if (!on) return undefined;
    // After a new start of the page the browser waits for a touch.
    const wake = (): void => speaker.prepare();
    wake();
    document.addEventListener("pointerdown", wake);
    document.addEventListener("keydown", wake);
    return () => {
      document.removeEventListener("pointerdown", wake);
      document.removeEventListener("keydown", wake);
    };
  }, [on, speaker]);
  useEffect(() => {
    if (!on || condition !== "live" || incidents.open === null) return;
    const next = ringFor(criticals(incidents.open.values()), rung.current, mono);
    rung.current = next.rung;
    if (next.ring) speaker.ring();
  });
  const word = !on ? "sound.off" : speaker.isRefused ? "sound.refused" : "sound.on";
  return (
    <button
      type="button"
      class="link"
      aria-pressed={on}
      onClick={() => {
        // What was there when it was switched on is heard at once: that is how one tries it.
        rung.current = SILENT;
        chooseSound(!on);
        setOn(!on);
      }}
      data-test="sound"
    >
      {words.say(word)}
    </button>
  );
}
