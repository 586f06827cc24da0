/** The last day as 24 quiet bars: the most devices that were out at one moment of each hour. */

import type { JSX } from "preact";
import { clock } from "../../shared/time";
import type { Figures, Hour } from "../figures";
import type { View } from "./view";

const HOUR_MS = 3_600_000;
/** In the units of the drawing: a bar, what lies between, the largest bar, and the smallest. */
const BAR = 10;
const STEP = 13;
const HIGHEST = 40;
const LOWEST = 1.2;
/** One device out of a quiet day must not look like a catastrophe. */
const LEAST_SCALE = 5;

export function Hours({ figures, view }: { figures: Figures; view: View }): JSX.Element | null {
  const { hours, at } = figures;
  const { city, words } = view;
  const now = hours.at(-1);
  if (now === undefined) return null;
  const scale = Math.max(LEAST_SCALE, ...hours.map((hour) => hour.out));
  return (
    <figure class="hours" data-test="hours">
      <svg viewBox={`0 0 ${STEP * hours.length} ${HIGHEST}`} aria-hidden="true">
        <defs>
          <pattern id="not-seen" width="4" height="4" patternUnits="userSpaceOnUse">
            <path d="M-1 1 1-1M0 4 4 0M3 5 5 3" />
          </pattern>
        </defs>
        {hours.map((hour, index) => (
          <g key={index}>
            {hour.unknown > 0 && (
              <rect class="not-seen" {...box(index, unseen(hour, scale))} data-test="hour-unseen" />
            )}
            <rect {...box(index, height(hour.out, scale))} data-test="hour" />
          </g>
        ))}
      </svg>
      <figcaption>
        <span>
          {words.say("hours.from", { time: clock(at - HOUR_MS * hours.length, city.zone, words) })}
        </span>
        <span>{words.say("hours.what")}</span>
        <span>{words.say("hours.now", { n: words.number(now.out) })}</span>
      </figcaption>
    </figure>
  );
}

function height(n: number, scale: number): number {
  return Math.max(LOWEST, (HIGHEST * Math.min(n, scale)) / scale);
}

/** What nothing was known of stands behind what was out, and above it. */
function unseen({ out, unknown }: Hour, scale: number): number {
  return height(out + unknown, scale);
}

function box(index: number, high: number): Readonly<Record<string, number>> {
  return { x: STEP * index, y: HIGHEST - high, width: BAR, height: high, rx: 0.8 };
}
