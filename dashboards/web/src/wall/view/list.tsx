/** What is wrong now, worst first: as many rows as there is room for, the rest in one line. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { duration, since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useBox } from "../../shared/view/hooks";
import {
  arrange,
  compareIncidents,
  rollUp,
  type Arrangement,
  type Incident,
} from "../incidents";
import { describe, placeName } from "../sentences";
import type { Summary } from "../summary";
import type { Words } from "../words";

/** Height of a row with its gap, and of the line below the rows, in rem (see list.css). */
const ROW_REM = 17.3;
const MORE_REM = 3.8;
const MOST_ROWS = 8;
/** A new critical blinks this long, then only every tenth second. */
const FRESH_MS = 60_000;

export interface ListProps {
  readonly summary: Summary;
  /** The moment durations run to; while the wall is stale, the last one known. */
  readonly at: number;
  readonly zone: string;
  readonly words: Words;
  readonly rem: number;
}

export function IncidentList({ summary, at, zone, words, rem }: ListProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const arrangement = useRef<Arrangement | null>(null);
  const box = useBox(ref, null);
  const room = Math.max(1, Math.min(MOST_ROWS, Math.floor((box.height / rem - MORE_REM) / ROW_REM)));

  const arranged = arrange(rollUp(summary.incidents, room), arrangement.current, at);
  arrangement.current = arranged.arrangement;
  const rows = [...arranged.rows, ...[...summary.unknown].sort(compareIncidents)];
  const shown = rows.slice(0, room);
  const hidden = rows.slice(room);
  return (
    <section class="list" ref={ref} data-test="list">
      {shown.map((incident) => (
        <Row
          key={incident.key}
          incident={incident}
          place={placeName(summary.tileOfArea.get(incident.area)?.name ?? incident.area)}
          at={at}
          zone={zone}
          words={words}
        />
      ))}
      <More hidden={hidden} maintenance={summary.counts.maintenance} words={words} />
    </section>
  );
}

interface RowProps {
  readonly incident: Incident;
  readonly place: string;
  readonly at: number;
  readonly zone: string;
  readonly words: Words;
}

function Row({ incident, place, at, zone, words }: RowProps): JSX.Element {
  const { state, takenBy } = incident;
  const { what, why } = describe(incident, words);
  const open = state !== "unknown" && takenBy === null;
  const flapping = incident.causes === 1 && incident.roots.some((device) => device.flapping);
  return (
    <article class={rowClass(incident, open, at)} data-state={state} data-test="row">
      <div class="row-glyph">
        <Glyph name={state} />
      </div>
      <div class="row-text">
        <div class="place">
          <b>{place}</b>
          <span>{incident.since === null ? "" : duration(at - incident.since, words)}</span>
        </div>
        <div class="what">
          <span>{what}</span>
          {flapping && (
            <span class="tag">
              <Glyph name="flapping" /> {words.say("state.flapping")}
            </span>
          )}
          {takenBy !== null && (
            <span class="hand">
              <Glyph name="acknowledged" /> {takenBy}
            </span>
          )}
          {open && <span class="hand todo">{words.say("incident.untaken")}</span>}
        </div>
        <div class="why">
          <span>{why}</span>
          <span>{incident.since === null ? "" : since(incident.since, at, zone, words)}</span>
        </div>
      </div>
    </article>
  );
}

function rowClass({ state, confirmedAt }: Incident, open: boolean, at: number): string {
  const classes = ["row"];
  if (open) classes.push(state === "degraded" ? "solid-degraded" : "solid-down");
  if (open && state !== "degraded") {
    const fresh = confirmedAt !== null && at - confirmedAt < FRESH_MS;
    classes.push(fresh ? "blink-fresh" : "blink-seldom");
  }
  return classes.join(" ");
}

interface MoreProps {
  readonly hidden: readonly Incident[];
  readonly maintenance: number;
  readonly words: Words;
}

function More({ hidden, maintenance, words }: MoreProps): JSX.Element {
  const sum = (list: readonly Incident[], value: (one: Incident) => number): number =>
    list.reduce((total, one) => total + value(one), 0);
  const incidents = sum(
    hidden.filter((one) => one.state !== "unknown"),
    (one) => one.causes,
  );
  const unknown = sum(
    hidden.filter((one) => one.state === "unknown"),
    (one) => one.roots.length,
  );
  return (
    <p class="more" data-test="more">
      {incidents > 0 && <span>{words.count("incident.more", incidents)}</span>}
      {unknown > 0 && <span>{words.count("incident.more_unknown", unknown)}</span>}
      {/* Where there is no room for all three: maintenance also stands in the counts above. */}
      {maintenance > 0 && (incidents === 0 || unknown === 0) && (
        <span data-state="maintenance">
          <Glyph name="maintenance" />{" "}
          {words.say("incident.maintenance", { n: words.number(maintenance) })}
        </span>
      )}
    </p>
  );
}
