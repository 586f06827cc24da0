/** `/dinding/insiden`: what is wrong across the full width, to be read from the back. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useBox } from "../../shared/view/hooks";
import { affected, isOpen, isPlace, type Incident } from "../incidents";
import { causeOf, headline, joined, owner, split, subject } from "../sentences";
import { Hand, lasted, More, placeOf, rowClass, useRows, type RowProps } from "../view/list";
import { Blind, Calm, dayLine } from "../view/panels";
import { isCalm, untilAt, type View } from "../view/view";

/** Height of a row with its gap, across and upright, in rem (see wide.css). */
const ROW_REM = 13.6;
const UPRIGHT_REM = 18.1;
const GAP_REM = 0.5;
/** More than fit: the page turns among them. */
const TURN_MS = 15_000;
/** Screens full of rows before small incidents are rolled up. */
const MOST_TURNS = 3;

export function Incidents(view: View): JSX.Element {
  const { summary, condition, words, rem, figures, uptime } = view;
  const at = untilAt(view);
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref, null);
  const row = box.height > box.width ? UPRIGHT_REM : ROW_REM;
  const room = Math.max(1, Math.floor((box.height / rem + GAP_REM) / row));
  const rows = useRows(summary, room * MOST_TURNS, at);
  const { shown, from, of } = turned(rows, room, at);
  const others = rows.filter((row) => !shown.includes(row) && (of === 0 || !isOpen(row)));
  return (
    <>
      <div class="wide" ref={ref} data-test="list">
        {condition === "blind" ? (
          <Blind view={view} />
        ) : isCalm(summary) ? (
          <Calm view={view} />
        ) : (
          shown.map((row) => <WideRow key={row.key} incident={row} view={view} at={at} />)
        )}
      </div>
      <div class="wide-foot">
        <More hidden={others} maintenance={0} words={words} />
        {of > 0 && (
          <p data-test="part">
            {words.say("list.part", { from: from + 1, to: from + shown.length, of })}
          </p>
        )}
        {figures !== null && uptime.lateMs === null && (
          <p data-test="day">{dayLine(figures.day, words)}</p>
        )}
      </div>
    </>
  );
}

export interface Turned {
  readonly shown: readonly Incident[];
  readonly from: number;
  /** How many the page turns among; 0: it does not turn. */
  readonly of: number;
}

/** The rows to show; when more are not taken than fit, those of them whose turn it is. */
export function turned(rows: readonly Incident[], room: number, at: number): Turned {
  const open = rows.filter(isOpen);
  if (open.length <= room) return { shown: rows.slice(0, room), from: 0, of: 0 };
  const turns = Math.ceil(open.length / room);
  const from = (Math.floor(at / TURN_MS) % turns) * room;
  return { shown: open.slice(from, from + room), from, of: open.length };
}

function WideRow({ incident, view, at }: RowProps): JSX.Element {
  const { summary, city, words } = view;
  const detail = joined(
    isPlace(incident) ? split(incident, words) : causeOf(incident, words),
    subject(incident, words),
    owner(incident, summary.owners),
  );
  return (
    <article class={rowClass(incident, at)} data-state={incident.state} data-test="row">
      <div class="row-glyph">
        <Glyph name={incident.state} />
      </div>
      <p class="wide-what">
        <b>{placeOf(incident, summary, words)}</b> <span>{headline(incident, words)}</span>
      </p>
      <p class="wide-short">
        {joined(headline(incident, words), words.number(affected(incident)))}
      </p>
      <p class="wide-number">{words.number(affected(incident))}</p>
      <p class="wide-time">{lasted(incident, at, words)}</p>
      <p class="wide-detail">{detail}</p>
      <p class="wide-hand">
        <Hand incident={incident} words={words} />
      </p>
      <p class="wide-since">
        {incident.since === null ? "" : since(incident.since, at, city.zone, words)}
      </p>
    </article>
  );
}
