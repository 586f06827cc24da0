/** The state history as one bar: unknown is hatched, a span is one of three. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { TransitionView } from "../../shared/api/schema";
import type { State } from "../../shared/model";
import { clock, date, duration, local } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { moment } from "../texts";
import type { Words } from "../words";
import { segments, totals, type Segment } from "./history";

const DAY_MS = 86_400_000;
const SPANS = [1, 7, 30] as const;
type Span = (typeof SPANS)[number];

const PAGE = 500;
/** A device that flaps for a month: the bar has no more columns than this anyway. */
const MOST_PAGES = 6;
const TICKS = [0, 0.25, 0.5, 0.75] as const;

/** A device's states over the last days, and how to ask again. */
export function useStates(
  device: string,
  state: State,
  version: string,
  days: Span,
): readonly Segment[] {
  const { at } = useDesk();
  const { value, renew } = useAnswer(`history ${device} ${days}`, (signal) =>
    load(device, at - days * DAY_MS, signal),
  );
  useEffect(renew, [version]);
  // The log knows nothing of planned windows: within one the state stays what was measured.
  const measured: State = value?.[0]?.new ?? (state === "maintenance" ? "unknown" : state);
  return value === null ? [] : segments(value, measured, at - days * DAY_MS, at);
}

export interface HistoryProps {
  readonly device: string;
  readonly state: State;
  /** Changes with the state. */
  readonly version: string;
}

export function HistoryCard({ device, state, version }: HistoryProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const [days, setDays] = useState<Span>(1);
  const [from, to] = [at - days * DAY_MS, at];
  const list = useStates(device, state, version, days);
  return (
    <section class="card" data-test="history">
      <header class="card-head">
        <h2>{words.say("history.title")}</h2>
        <div role="group" aria-label={words.say("history.span")}>
          {SPANS.map((span) => (
            <button
              key={span}
              type="button"
              class="link"
              aria-pressed={span === days}
              onClick={() => setDays(span)}
            >
              {span === 1 ? words.say("history.day") : words.say("history.days", { n: span })}
            </button>
          ))}
        </div>
      </header>
      <Bar list={list} from={from} to={to} />
      <p class="ticks" aria-hidden="true">
        {TICKS.map((share) => {
          const tick = from + share * (to - from);
          return (
            <span key={share}>
              {tickWord(tick, at, days, zone, words)}
            </span>
          );
        })}
        <span>{words.say("history.now")}</span>
      </p>
      <p class="legend" data-test="legend">
        {totals(list).map((one) => (
          <span key={one.state} data-state={one.state}>
            <Glyph name={one.state} /> {words.say(`state.${one.state}`)}{" "}
            {duration(one.milliseconds, words)}
          </span>
        ))}
      </p>
    </section>
  );
}

/** `03.26`, or `kemarin 09.26` on the day before; on a longer bar the date. */
function tickWord(tick: number, now: number, days: Span, zone: string, words: Words): string {
  if (days > 1) return date(tick, zone, words);
  const time = clock(tick, zone, words);
  return local(tick, zone).day === local(now, zone).day
    ? time
    : words.say("history.yesterday", { time });
}

interface BarProps {
  readonly list: readonly Segment[];
  readonly from: number;
  readonly to: number;
}

const WIDTH = 1000;
const HEIGHT = 32;
/** A short outage must be seen; longer ones keep their length. */
const THINNEST = 2;

function Bar({ list, from, to }: BarProps): JSX.Element {
  const { words, zone } = useDesk();
  const x = (moment: number): number => ((moment - from) / (to - from)) * WIDTH;
  const abnormalLast = [...list].sort(
    (a, b) => Number(a.state !== "up") - Number(b.state !== "up"),
  );
  return (
    <svg
      class="history"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={totals(list)
        .map((one) => `${words.say(`state.${one.state}`)} ${duration(one.milliseconds, words)}`)
        .join(", ")}
    >
      <defs>
        <pattern
          id="hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="6" class="hatch-ground" />
          <rect width="2.4" height="6" class="hatch-line" />
        </pattern>
      </defs>
      {abnormalLast.map((one) => (
        <rect
          key={`${one.from}`}
          x={x(one.from)}
          width={Math.max(THINNEST, x(one.to) - x(one.from))}
          height={HEIGHT}
          data-state={one.state}
          {...(one.state === "unknown" ? { fill: "url(#hatch)" } : {})}
        >
          <title>
            {`${words.say(`state.${one.state}`)} · ${moment(one.from, zone, words)} – ${moment(one.to, zone, words)}`}
          </title>
        </rect>
      ))}
    </svg>
  );
}

/** The transitions since a moment, newest first, and the one before it: it says what was then. */
async function load(
  device: string,
  since: number,
  signal: AbortSignal,
): Promise<TransitionView[]> {
  const found: TransitionView[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: { items: readonly TransitionView[]; next: string | null } = await ask(
      "GET /devices/{device_id}/transitions",
      { at: [device], query: { limit: PAGE, cursor }, signal },
    );
    found.push(...answer.items);
    cursor = answer.next;
    const oldest = found.at(-1);
    if (cursor === null || oldest === undefined || Date.parse(oldest.at) < since) break;
  }
  return found;
}
