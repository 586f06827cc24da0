/** Until when something is silenced or worked on. Pure. */

import { local } from "../shared/time";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** When the morning shift begins. */
const MORNING_MINUTES = 6 * 60;

export type Span = number | "morning";

/** Spans that are offered, in minutes. */
export const SPANS: Readonly<Record<"silence" | "maintenance", readonly Span[]>> = {
  silence: [30, 120, 480, "morning"],
  maintenance: [60, 120, 240, "morning"],
};

/** The moment a span ends that begins at `at`: the morning is the next one in that zone. */
export function endOf(span: Span, at: number, zone: string): number {
  if (span !== "morning") return at + span * MINUTE_MS;
  const { hour, minute } = local(at, zone);
  const now = Number(hour) * 60 + Number(minute);
  const left = (MORNING_MINUTES - now + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return Math.floor(at / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS;
}
