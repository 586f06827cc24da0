/**
 * Moments and durations as people read them. Pure: milliseconds in, text out.
 *
 * `02.14` in Indonesian, `02:14` in English; the zone is printed beside the wall's clock.
 */

import type { Words } from "./words";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Zones of Indonesia have names people know; elsewhere the browser's short name is used. */
const ZONE_NAMES: Readonly<Record<string, string>> = {
  "Asia/Jakarta": "WIB",
  "Asia/Pontianak": "WIB",
  "Asia/Makassar": "WITA",
  "Asia/Ujung_Pandang": "WITA",
  "Asia/Jayapura": "WIT",
};

export interface LocalMoment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar and clock of a zone at a moment. An unknown zone is read as UTC. */
export function local(at: number, zone: string): LocalMoment {
  const parts = new Map<string, string>();
  for (const part of formatOf(zone).formatToParts(at)) parts.set(part.type, part.value);
  const text = (name: string): string => parts.get(name) ?? "";
  return {
    year: Number(text("year")),
    month: Number(text("month")),
    day: Number(text("day")),
    hour: text("hour"),
    minute: text("minute"),
    second: text("second"),
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: isZone(zone) ? zone : "UTC",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `WITA`; outside Indonesia what the browser calls it. */
export function zoneName(zone: string, at: number): string {
  const known = ZONE_NAMES[zone];
  if (known !== undefined) return known;
  if (!isZone(zone)) return "UTC";
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    timeZoneName: "short",
  }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** `22 Nov` */
export function date(at: number, zone: string, words: Words): string {
  const { day, month } = local(at, zone);
  return `${day} ${words.month(month)}`;
}

/** `03.26` or, with seconds, `03.26.41`. */
export function clock(at: number, zone: string, words: Words, seconds = false): string {
  const { hour, minute, second } = local(at, zone);
  return [hour, minute, ...(seconds ? [second] : [])].join(words.say("clock.separator"));
}

/** `sejak 02.14`, `sejak kemarin 21.40`, `sejak 19 Nov 08.05`. */
export function since(at: number, now: number, zone: string, words: Words): string {
  const time = clock(at, zone, words);
  const days = dayNumber(now, zone) - dayNumber(at, zone);
  if (days <= 0) return words.say("since.today", { time });
  if (days === 1) return words.say("since.yesterday", { time });
  return words.say("since.date", { time, date: date(at, zone, words) });
}

/** Days since 1970 of the calendar in that zone. */
function dayNumber(at: number, zone: string): number {
  const { year, month, day } = local(at, zone);
  return Date.UTC(year, month - 1, day) / (DAY * 1000);
}

/** `41 dtk`, `24 mnt`, `5 j 46 m`, `3 hari 4 j`: two parts at most, floored. */
export function duration(milliseconds: number, words: Words): string {
  const total = wholeSeconds(milliseconds);
  if (total < MINUTE) return words.say("duration.seconds", { s: total });
  if (total < HOUR) return words.say("duration.minutes", { m: Math.floor(total / MINUTE) });
  if (total < DAY) {
    return words.say("duration.hours", {
      h: Math.floor(total / HOUR),
      m: Math.floor((total % HOUR) / MINUTE),
    });
  }
  return words.say("duration.days", {
    d: Math.floor(total / DAY),
    h: Math.floor((total % DAY) / HOUR),
  });
}

/** As `duration`, with seconds below an hour: `2 mnt 31 dtk`. For ages that must be seen to grow. */
export function age(milliseconds: number, words: Words): string {
  const total = wholeSeconds(milliseconds);
  if (total < MINUTE || total >= HOUR) return duration(milliseconds, words);
  return words.say("duration.fine", {
    m: Math.floor(total / MINUTE),
    s: String(total % MINUTE).padStart(2, "0"),
  });
}

/** A moment slightly ahead of our estimate of the server's clock is no negative duration. */
function wholeSeconds(milliseconds: number): number {
  return Math.max(0, Math.floor(milliseconds / 1000));
}

/** From when until when it is night, in minutes of the day; both the same: never. */
export interface Night {
  readonly from: number;
  readonly until: number;
}

export const NIGHT: Night = { from: 22 * 60, until: 5 * 60 + 30 };

/** Whether it is night in the zone of the wall. */
export function isNight(at: number, zone: string, { from, until }: Night = NIGHT): boolean {
  const { hour, minute } = local(at, zone);
  const minutes = Number(hour) * 60 + Number(minute);
  if (from <= until) return from <= minutes && minutes < until;
  return minutes >= from || minutes < until;
}
