/**
 * How often planned work comes again: what people choose, and the rule of RFC 5545 that says so.
 *
 * Only what can be chosen here is written; a rule made elsewhere is read where it says no more than
 * that, else it is shown as it is.
 */

import type { Words } from "../words";

/** In the order of the week; the numbers of `Date` begin with Sunday. */
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export type Repeat =
  | { readonly is: "once" }
  | { readonly is: "daily"; readonly every: number; readonly until: string | null }
  | {
      readonly is: "weekly";
      readonly every: number;
      readonly days: readonly Weekday[];
      readonly until: string | null;
    }
  | {
      readonly is: "monthly_on";
      readonly every: number;
      /** Of the month, 1 to 31. */
      readonly day: number;
      readonly until: string | null;
    }
  | {
      readonly is: "monthly_nth";
      readonly every: number;
      /** 1 to 4, or -1: the last. */
      readonly nth: number;
      readonly weekday: Weekday;
      readonly until: string | null;
    };

export const KINDS = ["once", "daily", "weekly", "monthly_on", "monthly_nth", "monthly_last"] as const;
export type Kind = (typeof KINDS)[number];

/** A calendar day's weekday, day of the month, and which of these weekdays it is there. */
export function placeOf(day: string): {
  readonly weekday: Weekday;
  readonly date: number;
  /** 1 to 5. */
  readonly nth: number;
  readonly isLast: boolean;
} {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const index = (new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return {
    weekday: WEEKDAYS[index] ?? "MO",
    date,
    nth: Math.ceil(date / 7),
    isLast: date + 7 > days,
  };
}

/** What is chosen, for work that begins on that day: it is always one of the days. */
export function repeatOf(
  kind: Kind,
  day: string,
  chosen: {
    readonly every: number;
    readonly days: readonly Weekday[];
    readonly until: string | null;
  },
): Repeat {
  const { every, until } = chosen;
  const { weekday, date, nth } = placeOf(day);
  switch (kind) {
    case "once":
      return { is: "once" };
    case "daily":
      return { is: "daily", every, until };
    case "weekly": {
      const days = WEEKDAYS.filter((one) => one === weekday || chosen.days.includes(one));
      return { is: "weekly", every, days, until };
    }
    case "monthly_on":
      return { is: "monthly_on", every, day: date, until };
    case "monthly_nth":
      return { is: "monthly_nth", every, nth: nth > 4 ? -1 : nth, weekday, until };
    case "monthly_last":
      return { is: "monthly_nth", every, nth: -1, weekday, until };
  }
}

/** Which choice a repeat is. */
export function kindOf(repeat: Repeat): Kind {
  return repeat.is === "monthly_nth" && repeat.nth === -1 ? "monthly_last" : repeat.is;
}

/** The rule for the API; null: once. */
export function ruleOf(repeat: Repeat): string | null {
  if (repeat.is === "once") return null;
  const parts = [
    `FREQ=${repeat.is === "daily" ? "DAILY" : repeat.is === "weekly" ? "WEEKLY" : "MONTHLY"}`,
  ];
  if (repeat.every > 1) parts.push(`INTERVAL=${repeat.every}`);
  if (repeat.is === "weekly") parts.push(`BYDAY=${repeat.days.join(",")}`);
  if (repeat.is === "monthly_on") parts.push(`BYMONTHDAY=${repeat.day}`);
  if (repeat.is === "monthly_nth") parts.push(`BYDAY=${repeat.nth}${repeat.weekday}`);
  if (repeat.until !== null) parts.push(`UNTIL=${repeat.until.replaceAll("-", "")}`);
  return parts.join(";");
}

/** A rule as a choice, for work that begins on that day; null: it says what cannot be chosen. */
export function readRule(rule: string | null, day: string): Repeat | null {
  if (rule === null) return { is: "once" };
  const parts = new Map(
    rule
      .toUpperCase()
      .split(";")
      .map((part): [string, string] => {
        const [name = "", value = ""] = part.split("=");
        return [name, value];
      }),
  );
  const known = new Set(["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST"]);
  if ([...parts.keys()].some((name) => !known.has(name))) return null;
  const every = Number(parts.get("INTERVAL") ?? 1);
  const until = untilOf(parts.get("UNTIL"));
  if (!Number.isInteger(every) || every < 1 || until === undefined) return null;
  const [byDay, byMonthDay] = [parts.get("BYDAY"), parts.get("BYMONTHDAY")];
  // Where weeks begin matters to every second week of several days.
  if (parts.has("WKST") && parts.get("WKST") !== "MO" && every > 1) return null;
  const { weekday, date } = placeOf(day);
  switch (parts.get("FREQ")) {
    case "DAILY":
      return byDay === undefined && byMonthDay === undefined ? { is: "daily", every, until } : null;
    case "WEEKLY": {
      const asked = (byDay ?? weekday).split(",");
      const days = WEEKDAYS.filter((one) => asked.includes(one));
      return byMonthDay === undefined && days.length === asked.length
        ? { is: "weekly", every, days, until }
        : null;
    }
    case "MONTHLY": {
      if (byDay === undefined) {
        const on = Number(byMonthDay ?? date);
        return Number.isInteger(on) && on > 0 ? { is: "monthly_on", every, day: on, until } : null;
      }
      const read = /^(?<nth>[1-4]|-1)(?<weekday>[A-Z]{2})$/u.exec(byDay)?.groups;
      const which = WEEKDAYS.find((one) => one === read?.["weekday"]);
      if (read === undefined || which === undefined || byMonthDay !== undefined) return null;
      return { is: "monthly_nth", every, nth: Number(read["nth"]), weekday: which, until };
    }
    default:
      return null;
  }
}

/** The day of an UNTIL that is one; null: none; undefined: it is a moment, which is more. */
function untilOf(text: string | undefined): string | null | undefined {
  if (text === undefined) return null;
  const read = /^(\d{4})(\d{2})(\d{2})$/u.exec(text);
  return read === null ? undefined : read.slice(1).join("-");
}

/** `Setiap 2 minggu pada Sen, Rab s.d. 31 Des 2026`. */
export function repeatSaid(repeat: Repeat, words: Words): string {
  if (repeat.is === "once") return words.say("mnt.once");
  const names = words.say("mnt.weekdays").split(" ");
  const nameOf = (day: Weekday): string => names[WEEKDAYS.indexOf(day)] ?? day;
  const { every } = repeat;
  const each = (key: "days" | "weeks" | "months"): string =>
    every === 1 ? words.say(`mnt.each.${key}`) : words.count(`mnt.every.${key}`, every);
  const on = ((): string => {
    switch (repeat.is) {
      case "daily":
        return each("days");
      case "weekly":
        return words.say("mnt.on_weekdays", {
          every: each("weeks"),
          days: repeat.days.map(nameOf).join(", "),
        });
      case "monthly_on":
        return words.say("mnt.on_date", { every: each("months"), day: repeat.day });
      case "monthly_nth":
        return words.say("mnt.on_nth", { every: each("months"), which: whichSaid(repeat, words) });
    }
  })();
  return repeat.until === null ? on : words.say("mnt.until_day", { on, day: daySaid(repeat.until, words) });
}

/** `Selasa ke-2`, `Selasa terakhir`. */
export function whichSaid(
  { nth, weekday }: { readonly nth: number; readonly weekday: Weekday },
  words: Words,
): string {
  const day = words.say("mnt.weekdays_long").split(" ")[WEEKDAYS.indexOf(weekday)] ?? weekday;
  if (nth === -1) return words.say("mnt.last_weekday", { day });
  const ordinals = words.say("mnt.ordinals").split(" ");
  return words.say("mnt.nth_weekday", { day, nth: ordinals[nth - 1] ?? nth });
}

/** `31 Des 2026` */
export function daySaid(day: string, words: Words): string {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${words.month(month ?? 1)} ${year}`;
}
