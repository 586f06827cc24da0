/** What incidents are called, and why they are: values in, words out. */

import type { IncidentView } from "../shared/api/schema";
import type { Device, State } from "../shared/model";
import { shortName } from "../shared/places";
import { causeSaid, joined, reasonSaid } from "../shared/texts";
import { clock, local, since, zoneName } from "../shared/time";
import type { Words } from "./words";

export { capital, causeWord, joined, kindWord, ownersOf } from "../shared/texts";

/** What it is about: a device, a site, an area or a feeder, by the name people know. */
export function subject(one: IncidentView, words: Words): string {
  switch (one.group) {
    case "device":
      return one.device_name ?? one.device ?? one.group_key;
    case "site":
      return one.site_name ?? one.group_key;
    case "area":
      return one.area_name ?? one.group_key;
    case "feeder":
      return words.say("subject.feeder", { name: one.group_key });
  }
}

/** The state an incident is in now: that of the worst device in it. */
export function stateOf(one: IncidentView): State {
  if (one.recovered_at !== null) return "up";
  if (one.down > 0) return "down";
  return one.unreachable > 0 ? "unreachable" : "down";
}

/** How much is out: `+ 38 di belakangnya`, or `12 mati, 3 tidak terjangkau`. */
export function extent(one: IncidentView, words: Words): string {
  if (one.group === "device") {
    const behind = one.down > 0 ? one.unreachable : Math.max(0, one.unreachable - 1);
    return behind > 0 ? words.say("extent.behind", { n: words.number(behind) }) : "";
  }
  const parts = (["down", "unreachable"] as const)
    .filter((state) => one[state] > 0)
    .map((state) => `${words.number(one[state])} ${words.say(`state.${state}`)}`);
  return parts.join(", ");
}

/** `listrik padam (diduga)`: what an incident's cause is called. */
export function causeOf(
  one: Pick<IncidentView, "cause" | "cause_suspected">,
  words: Words,
): string {
  return causeSaid(one.cause, one.cause_suspected, words);
}

/** Why a device is as it is; what the device itself said stays as it is, untranslated. */
export function reasonOf(device: Pick<Device, "reason" | "detail">, words: Words): string {
  const known = detailWord(device.detail, words);
  if (known === null) return reasonSaid(device, words);
  return joined(words.find(`reason.${device.reason}`), known);
}

/** What the collector says of a result, where the catalogue can say it; else null. */
export function detailWord(detail: string, words: Words): string | null {
  for (const { form, key } of DETAILS) {
    const found = form.exec(detail)?.groups;
    if (found !== undefined) return words.say(key, found);
  }
  return null;
}

const DETAILS = [
  { form: /^(?<n>\d+) of (?<all>\d+) echoes answered$/u, key: "detail.echoes" },
  { form: /^no answer to (?<n>\d+) tries$/u, key: "detail.tries" },
] as const;

/** `sejak 02.14 WITA`: for sentences, where the zone is said. */
export function sinceInZone(at: number, now: number, zone: string, words: Words): string {
  return `${since(at, now, zone, words)} ${zoneName(zone, at)}`;
}

/** `22 Nov 2026 03.26.41 WITA`: a moment that no doubt is left about. */
export function moment(at: number, zone: string, words: Words): string {
  return `${fullDate(at, zone, words)} ${clock(at, zone, words, true)} ${zoneName(zone, at)}`;
}

function fullDate(at: number, zone: string, words: Words): string {
  const { day, month, year } = local(at, zone);
  return `${day} ${words.month(month)} ${year}`;
}

/** `22 Nov 2026 02.30–04.30 WITA`, or with both days: planned times, to the minute. */
export function between(start: number, end: number, zone: string, words: Words): string {
  const [from, to] = [fullDate(start, zone, words), fullDate(end, zone, words)];
  const [begins, ends] = [clock(start, zone, words), clock(end, zone, words)];
  const said = from === to ? `${from} ${begins}–${ends}` : `${from} ${begins} – ${to} ${ends}`;
  return `${said} ${zoneName(zone, start)}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `1 jam 12 menit`: a duration in a sentence, floored. */
export function longDuration(milliseconds: number, words: Words): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  if (total < MINUTE) return words.count("long.seconds", total);
  if (total < HOUR) return words.count("long.minutes", Math.floor(total / MINUTE));
  const [large, small, key, below] =
    total < DAY
      ? ([HOUR, MINUTE, "long.hours", "long.minutes"] as const)
      : ([DAY, HOUR, "long.days", "long.hours"] as const);
  const rest = Math.floor((total % large) / small);
  const head = words.count(key, Math.floor(total / large));
  return rest === 0 ? head : `${head} ${words.count(below, rest)}`;
}

/** An area as a column carries it. */
export function areaName(code: string | null, names: ReadonlyMap<string, string>): string {
  return code === null ? "" : shortName(names.get(code) ?? code);
}
