/** What stands in the place of the list when there is no list: calm, blind, or no link at all. */

import type { ComponentChildren, JSX } from "preact";
import { STATES, type City, type Recovery } from "../../shared/model";
import { clock, duration } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import type { Recent } from "../figures";
import type { Summary } from "../summary";
import type { Words } from "../words";
import { Hours } from "./hours";
import type { View } from "./view";

export function Calm({ view }: { view: View }): JSX.Element {
  const { city, summary, figures, words } = view;
  const recovered = newer(city.lastRecovery, figures?.recovery ?? null);
  const device = recovered === null ? undefined : city.devices.get(recovered.device);
  const recent = figures?.recent;
  return (
    <section class="panel calm-panel" data-test="calm">
      <Glyph name="acknowledged" />
      <h2>{words.say("calm.title")}</h2>
      {recovered !== null && device !== undefined && (
        <p>
          {words.say("calm.recovered", {
            place: summary.tileOfArea.get(device.area)?.name ?? device.area,
            name: device.name,
            time: clock(recovered.at, city.zone, words),
          })}
        </p>
      )}
      {recent !== undefined && (
        <p data-test="recent">{told("recent.incidents", recent, words)}</p>
      )}
      {figures !== null && <Hours figures={figures} view={view} />}
    </section>
  );
}

function newer(a: Recovery | null, b: Recovery | null): Recovery | null {
  if (a === null || b === null) return a ?? b;
  return a.at >= b.at ? a : b;
}

/** `Hari ini 3 insiden, rata-rata pulih 41 mnt`. */
export function dayLine(day: Recent, words: Words): string {
  return told("day.incidents", day, words);
}

function told(key: "day.incidents" | "recent.incidents", of: Recent, words: Words): string {
  const parts = [words.count(key, of.incidents)];
  if (of.meanRecoveryMs !== null) {
    parts.push(words.say("day.recovery", { time: duration(of.meanRecoveryMs, words) }));
  }
  return parts.join(", ");
}

export function Blind({ view }: { view: View }): JSX.Element {
  const { city, summary, words } = view;
  const heard = lastHeartbeat(city);
  return (
    <section class="panel blind-panel" data-test="blind">
      <h2>{words.say("blind.head")}</h2>
      <p class="strong">
        {words.say("blind.not_news")}
        <br />
        {words.say("blind.minutes")}
      </p>
      <p>{words.say("blind.check")}</p>
      {heard !== null && (
        <p class="last" data-test="last-known">
          {words.say("blind.last", { time: clock(heard, city.zone, words) })}{" "}
          <LastKnown summary={summary} words={words} />
        </p>
      )}
    </section>
  );
}

function LastKnown({ summary, words }: { summary: Summary; words: Words }): JSX.Element {
  const abnormal = STATES.filter((state) => state !== "up" && summary.observed[state] > 0);
  if (abnormal.length === 0) return <span>{words.say("blind.last_calm")}</span>;
  return (
    <span class="last-counts">
      {abnormal.map((state) => (
        <span key={state} data-state={state}>
          <Glyph name={state} /> {words.number(summary.observed[state])}
        </span>
      ))}
    </span>
  );
}

/** The newest heartbeat of any collector, or null if none ever came. */
export function lastHeartbeat(city: City): number | null {
  const beats = city.collectors.map((collector) => collector.heartbeatAt);
  return beats.length === 0 ? null : Math.max(...beats);
}

export interface NoticeProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A page without data that says what to do. */
export function Notice({ title, children }: NoticeProps): JSX.Element {
  return (
    <main class="notice" data-test="notice">
      <Glyph name="unknown" />
      <h1 class="verdict">{title}</h1>
      <p>{children}</p>
    </main>
  );
}
