/** The wall's sound as a hook: rings when it is time, and says whether the browser lets it. */

import { useEffect, useRef } from "preact/hooks";
import { ringAt, SILENT, type Rung } from "../sound";
import type { Speaker } from "../../shared/speaker";
import type { Summary } from "../summary";

export type Sound = "off" | "on" | "refused";

/** To be called at every drawing, which is every second. */
export function useSound(
  speaker: Speaker,
  on: boolean,
  summary: Summary,
  mono: () => number,
  startedMono: number,
): Sound {
  const rung = useRef<Rung>(SILENT);
  useEffect(() => {
    if (on) speaker.prepare();
  }, [on, speaker]);
  useEffect(() => {
    if (!on) return;
    const now = mono();
    const { incidents, told } = summary;
    const next = ringAt({ incidents, told, pageMs: now - startedMono }, rung.current, now);
    rung.current = next.rung;
    if (next.ring) speaker.ring();
  });
  if (!on) return "off";
  return speaker.isRefused ? "refused" : "on";
}
