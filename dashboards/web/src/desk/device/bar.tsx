/** The state history as one bar: unknown is hatched, planned work blue; a piece tells what it was. */

import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { TransitionView } from "../../shared/api/schema";
import type { State } from "../../shared/model";
import { clock, date, duration, local } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { capital, joined, moment, reasonOf } from "../texts";
import type { Words } from "../words";
import { begunBy, overlaid, segments, totals, type Segment } from "./history";

const DAY_MS = 86_400_000;
const SPANS = [1, 7, 30] as const;
export type Span = (typeof SPANS)[number];

const PAGE = 500;
/** A device that flaps for a month: the bar has no more columns than this anyway. */
const MOST_PAGES = 6;
const TICKS = [0, 0.25, 0.5, 0.75] as const;

export interface Past {
  readonly days: Span;
  readonly from: number;
  readonly to: number;
  readonly list: readonly Segment[];
  readonly transitions: readonly TransitionView[];
}

/** A device's states over the last days, with planned work over them. */
export function usePast(device: string, state: State, version: string, days: Span): Past {
  const { at } = useDesk();
  const [from, to] = [at - days * DAY_MS, at];
  const history = useAnswer(`history ${device} ${days}`, (signal) => load(device, from, signal));
  const planned = useAnswer(`planned ${device} ${days}`, (signal) =>
    ask("GET /maintenance-windows", {
      query: { device, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      signal,
    }),
  );
  useEffect(() => {
    history.renew();
    planned.renew();
  }, [version]);
  const transitions = history.value ?? [];
  // The log knows nothing of planned windows: within one the state stays what was measured.
  const measured: State = transitions[0]?.new ?? (state === "maintenance" ? "unknown" : state);
  const windows = (planned.value?.items ?? []).flatMap(({ title, within }) =>
    within.map((one) => ({ title, from: Date.parse(one.starts_at), to: Date.parse(one.ends_at) })),
  );
  const list =
    history.value === null ? [] : overlaid(segments(transitions, measured, from, to), windows);
  return { days, from, to, list, transitions };
}

export interface HistoryProps {
  readonly past: Past;
  readonly onSpan: (days: Span) => void;
}

export function HistoryCard({ past, onSpan }: HistoryProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const { days, from, to, list, transitions } = past;
  const [chosen, setChosen] = useState<number | null>(null);
  // A piece is known by what it began with: the bar moves on while somebody reads.
  const index = list.findIndex((one) => chosen !== null && one.from <= chosen && chosen < one.to);
  const segment = list[index];
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
              onClick={() => onSpan(span)}
              data-test={`span-${span}`}
            >
              {span === 1 ? words.say("history.day") : words.say("history.days", { n: span })}
            </button>
          ))}
        </div>
      </header>
      <Bar
        list={list}
        from={from}
        to={to}
        chosen={index < 0 ? null : index}
        onChoose={(next) => {
          const one = next === null ? undefined : list[next];
          setChosen(one === undefined ? null : (one.from + one.to) / 2);
        }}
      />
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
      {segment !== undefined && <Piece segment={segment} past={past} transitions={transitions} />}
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

/** What one piece of the bar was: from when to when, why, and when we were sure. */
function Piece({
  segment,
  past,
  transitions,
}: {
  segment: Segment;
  past: Past;
  transitions: readonly TransitionView[];
}): JSX.Element {
  const { words, zone, city } = useDesk();
  const { state, from, to, title } = segment;
  const begun = state === "maintenance" ? null : begunBy(segment, transitions);
  const root = begun?.cause == null ? undefined : city?.devices.get(begun.cause);
  return (
    <p class="piece" data-state={state} aria-live="polite" data-test="piece">
      <Glyph name={state} />
      <span>
        <b>{capital(words.say(`state.${state}`))}</b>{" "}
        {joined(
          `${moment(begun === null ? from : Date.parse(begun.at), zone, words)} – ${to >= past.to ? words.say("history.now") : moment(to, zone, words)}`,
          duration(to - from, words),
          title ?? (begun === null ? "" : reasonOf(begun, words)),
          root?.name,
          begun === null || begun.confirmed_at === begun.at
            ? ""
            : words.say("history.sure", {
                time: clock(Date.parse(begun.confirmed_at), zone, words, true),
              }),
        )}
      </span>
    </p>
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

export interface BarProps {
  readonly list: readonly Segment[];
  readonly from: number;
  readonly to: number;
  /** Index of the piece that is told about. */
  readonly chosen: number | null;
  readonly onChoose: (index: number | null) => void;
}

const WIDTH = 1000;
const HEIGHT = 32;
/** A short outage must be seen; longer ones keep their length. */
const THINNEST = 2;

/** The bar; a click, or the arrow keys, choose a piece of it. */
export function Bar({ list, from, to, chosen, onChoose }: BarProps): JSX.Element {
  const { words, zone } = useDesk();
  const hatch = useId();
  const x = (moment: number): number => ((moment - from) / (to - from)) * WIDTH;
  const said = (one: Segment): string =>
    `${words.say(`state.${one.state}`)} · ${moment(one.from, zone, words)} – ${moment(one.to, zone, words)}`;
  const abnormalLast = list
    .map((one, index) => ({ one, index }))
    .sort((a, b) => Number(a.one.state !== "up") - Number(b.one.state !== "up"));
  const current = chosen === null ? undefined : list[chosen];
  const sum = totals(list)
    .map((one) => `${words.say(`state.${one.state}`)} ${duration(one.milliseconds, words)}`)
    .join(", ");
  const press = (event: KeyboardEvent): void => {
    const last = list.length - 1;
    const place = chosen ?? last + 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: Math.max(0, place - 1),
      ArrowRight: Math.min(last, place + 1),
      Home: 0,
      End: last,
    };
    const next = event.key === "Escape" ? null : steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next);
  };
  return (
    <div
      class="history-bar"
      role="slider"
      tabIndex={0}
      aria-label={words.say("history.title")}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, list.length - 1)}
      aria-valuenow={chosen ?? Math.max(0, list.length - 1)}
      aria-valuetext={current === undefined ? sum : said(current)}
      onKeyDown={press}
      data-test="history-bar"
    >
      <svg
        class="history"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <defs>
          <pattern
            id={hatch}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="6" height="6" class="hatch-ground" />
            <rect width="2.4" height="6" class="hatch-line" />
          </pattern>
        </defs>
        {abnormalLast.map(({ one, index }) => (
          <rect
            key={`${one.from}`}
            x={x(one.from)}
            width={Math.max(THINNEST, x(one.to) - x(one.from))}
            height={HEIGHT}
            class={index === chosen ? "chosen" : undefined}
            data-state={one.state}
            onClick={() => onChoose(index === chosen ? null : index)}
            {...(one.state === "unknown" ? { style: { fill: `url(#${hatch})` } } : {})}
          >
            <title>{said(one)}</title>
          </rect>
        ))}
      </svg>
    </div>
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
