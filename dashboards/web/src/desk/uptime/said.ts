/** What the table says in words: its window, its hours, the rules of its figures. Pure. */

import type { Uptime, UptimeRule, UptimeRules } from "../../shared/api/schema";
import { causeWord, capital } from "../texts";
import type { Words } from "../words";
import type { Day, Span } from "./view";

/** `November`: the whole name of a month. */
export function longMonth(month: number, words: Words): string {
  return new Intl.DateTimeFormat(words.language === "id" ? "id-ID" : "en-GB", {
    month: "long",
    timeZone: "UTC",
  }).format(Date.UTC(2026, month - 1, 1));
}

/** `November 2026` of `2026-11`. */
export function monthTitle(month: string, words: Words): string {
  return `${longMonth(Number(month.slice(5)), words)} ${month.slice(0, 4)}`;
}

/** `1–22 November 2026`: days as people write them, nothing said twice. `today` ends them. */
export function spanTitle(span: Span, today: Day, words: Words): string {
  if (span.is === "month") {
    if (today.slice(0, 7) !== span.month) return monthTitle(span.month, words);
    return daysTitle(`${span.month}-01`, today, words);
  }
  return daysTitle(span.first, span.last > today ? today : span.last, words);
}

function daysTitle(first: Day, last: Day, words: Words): string {
  const [year, month, day] = parts(last);
  const [year0, month0, day0] = parts(first);
  const end = `${day} ${longMonth(month, words)} ${year}`;
  if (first >= last) return end;
  if (year !== year0) return `${day0} ${longMonth(month0, words)} ${year0} – ${end}`;
  if (month !== month0) return `${day0} ${longMonth(month0, words)} – ${end}`;
  return `${day0}–${end}`;
}

function parts(day: Day): [year: number, month: number, day: number] {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return [year, month, date];
}

/** Device hours as a column carries them, floored: `498 j`, below an hour minutes, `0`. */
export function hours(seconds: number, words: Words): string {
  if (seconds === 0) return "0";
  if (seconds < 60) return words.say("up.under_minute");
  if (seconds < 3600) return words.say("duration.minutes", { m: Math.floor(seconds / 60) });
  return words.say("up.hours", { h: words.number(Math.floor(seconds / 3600)) });
}

/** `Mati setelah 3 gagal, aktif setelah 2 berhasil …`: by which results a state is believed. */
export function ruleSaid(rule: UptimeRule, words: Words): string {
  const checks = rule.deviations.reduce((sum, one) => sum + one.checks, 0);
  const said = words.say("up.rule", {
    confirm: rule.confirm,
    recover: rule.recover,
    retry: words.number(rule.retry_seconds),
    fresh: words.number(rule.fresh_intervals),
  });
  return checks === 0 ? said : `${said} ${words.count("up.rule_others", checks)}`;
}

/** What a set of rules leaves out and promises, as a list in a sentence. */
export function rulesSaid(rules: UptimeRules, words: Words): string {
  const said = [words.say(rules.exclude_maintenance ? "up.no_maintenance" : "up.with_maintenance")];
  if (rules.causes_not_counted.length > 0) {
    const causes = rules.causes_not_counted.map((cause) => causeWord(cause, words)).join(", ");
    said.push(words.say("up.not_counted", { causes }));
  }
  if (rules.minimum_outage_seconds > 0) {
    const seconds = rules.minimum_outage_seconds;
    const length =
      seconds % 60 === 0
        ? words.count("long.minutes", seconds / 60)
        : words.count("long.seconds", seconds);
    said.push(words.say("up.short_outages", { length }));
  }
  if (rules.service_hours.length > 0) {
    const names = words.say("up.weekdays").split(" ");
    const hoursSaid = rules.service_hours
      .map(({ weekdays, from, to }) => {
        const days = weekdays.map((day) => names[WEEKDAYS.indexOf(day)]).join(" ");
        return `${days} ${clockOf(from, words)}–${clockOf(to, words)}`;
      })
      .join(", ");
    said.push(words.say("up.service_hours", { hours: hoursSaid }));
  }
  if (rules.target_percent !== null) {
    said.push(words.say("up.target_is", { target: plain(rules.target_percent, words) }));
  }
  return capital(said.join("; "));
}

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function clockOf(time: string, words: Words): string {
  return time.replace(":", words.say("clock.separator"));
}

/** A percentage that somebody wrote, as they wrote it: `99,5%`. */
export function plain(percent: number, words: Words): string {
  const language = words.language === "id" ? "id-ID" : "en-GB";
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(percent)}%`;
}

/** Whether a contract stands beside the plain rules. */
export function hasContract(table: Pick<Uptime, "rules">): boolean {
  return table.rules.contract.name !== "plain";
}
