/** What is wrong now, worst first: as many rows as there is room for, the rest in one line. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { duration, since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useBox } from "../../shared/view/hooks";
import {
  affected,
  arrange,
  compareIncidents,
  isCritical,
  isIncident,
  isOpen,
  rollUp,
  type Arrangement,
  type Incident,
} from "../incidents";
import { describe, evidence, joined, owner, placeName, split } from "../sentences";
import type { Summary } from "../summary";
import { stormOf } from "../verdict";
import type { Words } from "../words";
import { untilAt, type View } from "./view";

/** Height of a row with its gap, and of the line below the rows, in rem (see list.css). */
const ROW_REM = 17.3;
const STORM_REM = 28.6;
const MORE_REM = 3.8;
const MOST_ROWS = 8;
/** A new critical blinks this long, then only every tenth second. */
const FRESH_MS = 60_000;

export function IncidentList({ view }: { view: View }): JSX.Element {
  const { summary, words, rem } = view;
  const at = untilAt(view);
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref, null);
  const storm = stormOf(summary.incidents);
  const height = box.height / rem - MORE_REM - (storm === null ? 0 : STORM_REM);
  const least = storm === null ? 1 : 0;
  const room = Math.max(least, Math.min(MOST_ROWS, Math.floor(height / ROW_REM)));

  const rows = useRows(summary, room, at).filter((row) => row.key !== storm?.key);
  return (
    <section class="list" ref={ref} data-test="list">
      {storm !== null && <Storm incident={storm} view={view} at={at} />}
      {rows.slice(0, room).map((incident) => (
        <Row key={incident.key} incident={incident} view={view} at={at} />
      ))}
      <More hidden={rows.slice(room)} maintenance={summary.counts.maintenance} words={words} />
    </section>
  );
}

/** The rows in their order, those of unknown devices last; rolled up if they do not fit. */
export function useRows(summary: Summary, room: number, at: number): Incident[] {
  const kept = useRef<{ told: boolean; arrangement: Arrangement } | null>(null);
  // Once it is known who has what, nothing needs to hold its place.
  const before = kept.current?.told === summary.told ? kept.current.arrangement : null;
  const arranged = arrange(rollUp(summary.incidents, room), before, at);
  kept.current = { told: summary.told, arrangement: arranged.arrangement };
  return [...arranged.rows, ...[...summary.unknown].sort(compareIncidents)];
}

export interface RowProps {
  readonly incident: Incident;
  readonly view: View;
  readonly at: number;
}

function Row({ incident, view, at }: RowProps): JSX.Element {
  const { summary, city, words } = view;
  const { what, why } = describe(incident, summary.owners, words);
  return (
    <article class={rowClass(incident, at)} data-state={incident.state} data-test="row">
      <div class="row-glyph">
        <Glyph name={incident.state} />
      </div>
      <div class="row-text">
        <div class="place">
          <b>{placeOf(incident, summary, words)}</b>
          <span>{lasted(incident, at, words)}</span>
        </div>
        <div class="what">
          <span>{what}</span>
          {isFlapping(incident) && (
            <span class="tag">
              <Glyph name="flapping" /> {words.say("state.flapping")}
            </span>
          )}
          <Hand incident={incident} words={words} />
        </div>
        <div class="why">
          <span>{why}</span>
          <span>{incident.since === null ? "" : since(incident.since, at, city.zone, words)}</span>
        </div>
      </div>
    </article>
  );
}

/** One cause that took a whole place: one large block, never one row a device. */
function Storm({ incident, view, at }: RowProps): JSX.Element {
  const { summary, city, words } = view;
  return (
    <article class={`${rowClass(incident, at)} storm`} data-state={incident.state} data-test="storm">
      <div class="row-glyph">
        <Glyph name={incident.state} />
      </div>
      <div class="row-text">
        <div class="place">
          <b>{words.count("incident.number", affected(incident))}</b>
          <span>{lasted(incident, at, words)}</span>
        </div>
        <div class="what">
          <span>{placesOf(incident, summary, words)}</span>
          <Hand incident={incident} words={words} />
        </div>
        <p class="why">{split(incident, words)}</p>
        <p class="why">
          {joined(
            evidence(incident, words),
            owner(incident, summary.owners),
            incident.since === null ? "" : since(incident.since, at, city.zone, words),
          )}
        </p>
      </div>
    </article>
  );
}

/** Who has it; that nobody has is only said of what somebody could take. */
export function Hand({ incident, words }: { incident: Incident; words: Words }): JSX.Element | null {
  if (isOpen(incident)) return <span class="hand todo">{words.say("incident.untaken")}</span>;
  if (incident.takenBy === null) return null;
  return (
    <span class="hand">
      <Glyph name="acknowledged" /> {incident.takenBy}
    </span>
  );
}

/** Where it is, as people call it. */
export function placeOf(incident: Incident, summary: Summary, words: Words): string {
  const name = placeName(summary.tileOfArea.get(incident.area)?.name ?? incident.area);
  return name === "" ? words.say("place.none") : name;
}

/** `Panakkukang + 2 lainnya`. */
function placesOf(incident: Incident, summary: Summary, words: Words): string {
  const codes = new Set(
    [...incident.roots, ...incident.behind].map(({ area }) => summary.tileOfArea.get(area)?.code),
  );
  const place = placeOf(incident, summary, words);
  return codes.size < 2 ? place : words.count("place.more", codes.size - 1, { place });
}

export function lasted({ since: from }: Incident, at: number, words: Words): string {
  return from === null ? "" : duration(at - from, words);
}

export function isFlapping({ causes, roots }: Incident): boolean {
  return causes === 1 && roots.some((device) => device.flapping);
}

export function rowClass(incident: Incident, at: number): string {
  if (!isOpen(incident)) return "row";
  if (!isCritical(incident)) return "row solid-degraded";
  const { confirmedAt } = incident;
  const fresh = confirmedAt !== null && at - confirmedAt < FRESH_MS;
  return `row solid-down ${fresh ? "blink-fresh" : "blink-seldom"}`;
}

export interface MoreProps {
  readonly hidden: readonly Incident[];
  readonly maintenance: number;
  readonly words: Words;
  /** How many things there is room for. */
  readonly room?: number;
}

export function More({ hidden, maintenance, words, room = 2 }: MoreProps): JSX.Element {
  const devices = (group: "degraded" | "unknown"): number =>
    hidden.reduce((sum, one) => sum + (one.group === group ? affected(one) : 0), 0);
  const incidents = hidden.filter(isIncident);
  const causes = incidents.reduce((sum, one) => sum + one.causes, 0);
  const taken = !incidents.some(isOpen);
  const degraded = devices("degraded");
  const unknown = devices("unknown");
  const parts = [
    causes > 0 && words.count(taken ? "incident.more_taken" : "incident.more", causes),
    degraded > 0 && words.count("incident.more_degraded", degraded),
    unknown > 0 && words.count("incident.more_unknown", unknown),
  ].filter((part) => part !== false);
  return (
    <p class="more" data-test="more">
      {parts.slice(0, room).map((part) => (
        <span key={part}>{part}</span>
      ))}
      {/* Where there is no room for all: these also stand in the counts above. */}
      {maintenance > 0 && parts.length < room && (
        <span data-state="maintenance">
          <Glyph name="maintenance" />{" "}
          {words.say("incident.maintenance", { n: words.number(maintenance) })}
        </span>
      )}
    </p>
  );
}
