/** Planned work that is being written down, and what is not right with it yet. Pure. */

import type { WindowBody, WindowDetail } from "../../shared/api/schema";
import { isEmpty, NOTHING, scopeOf, type Chosen } from "../scope/options";
import { momentOf, writtenAt, type Written } from "../zoned";
import { readRule, repeatOf, ruleOf, kindOf, type Kind, type Weekday } from "./recurrence";

export interface Draft {
  readonly title: string;
  readonly reason: string;
  readonly starts: Written;
  readonly ends: Written;
  readonly zone: string;
  /** null: a rule from elsewhere that cannot be chosen here; it stays as it is. */
  readonly kind: Kind | null;
  readonly every: number;
  readonly days: readonly Weekday[];
  /** A day, or empty: it goes on. */
  readonly until: string;
  /** The rule of `kind` null. */
  readonly rule: string | null;
  readonly chosen: Chosen;
}

const HOUR_MS = 3_600_000;
const LONGEST_MS = 366 * 24 * HOUR_MS;

/** Work that begins with the next full hour and lasts two. */
export function newDraft(now: number, zone: string, chosen: Chosen = NOTHING): Draft {
  const starts = Math.ceil(now / HOUR_MS) * HOUR_MS;
  return {
    title: "",
    reason: "",
    starts: writtenAt(starts, zone),
    ends: writtenAt(starts + 2 * HOUR_MS, zone),
    zone,
    kind: "once",
    every: 1,
    days: [],
    until: "",
    rule: null,
    chosen,
  };
}

/** A window as a draft of what is to take its place. */
export function draftOf(window: WindowDetail): Draft {
  const { zone } = window;
  const starts = writtenAt(Date.parse(window.starts_at), zone);
  const repeat = readRule(window.recurrence, starts.slice(0, 10));
  return {
    title: window.title,
    reason: "",
    starts,
    ends: writtenAt(Date.parse(window.ends_at), zone),
    zone,
    kind: repeat === null ? null : kindOf(repeat),
    every: repeat === null || repeat.is === "once" ? 1 : repeat.every,
    days: repeat?.is === "weekly" ? repeat.days : [],
    until: repeat === null || repeat.is === "once" ? "" : (repeat.until ?? ""),
    rule: repeat === null ? window.recurrence : null,
    chosen: { ...NOTHING, ...window.scope },
  };
}

/** The rule for the API; null: once. */
export function recurrenceOf(draft: Draft): string | null {
  if (draft.kind === null) return draft.rule;
  const { every, days } = draft;
  const until = draft.until === "" ? null : draft.until;
  return ruleOf(repeatOf(draft.kind, draft.starts.slice(0, 10), { every, days, until }));
}

export type DraftField = "title" | "reason" | "starts_at" | "ends_at" | "recurrence" | "scope";

/** What is missing or cannot be, as keys of words. */
export function lacking(draft: Draft): Partial<Record<DraftField, LackKey>> {
  const lacks: Partial<Record<DraftField, LackKey>> = {};
  if (draft.title.trim() === "") lacks.title = "mnt.lack.title";
  if (draft.reason.trim() === "") lacks.reason = "mnt.lack.reason";
  if (isEmpty(draft.chosen)) lacks.scope = "mnt.lack.scope";
  return { ...lacks, ...timeLacking(draft) };
}

export type LackKey =
  | "mnt.lack.title"
  | "mnt.lack.reason"
  | "mnt.lack.scope"
  | "mnt.lack.time"
  | "mnt.lack.order"
  | "mnt.lack.long"
  | "mnt.lack.until";

/** The same of its times alone. */
export function timeLacking(draft: Draft): Partial<Record<DraftField, LackKey>> {
  const starts = momentOf(draft.starts, draft.zone);
  const ends = momentOf(draft.ends, draft.zone);
  if (starts === null) return { starts_at: "mnt.lack.time" };
  if (ends === null) return { ends_at: "mnt.lack.time" };
  if (ends <= starts) return { ends_at: "mnt.lack.order" };
  if (ends - starts > LONGEST_MS) return { ends_at: "mnt.lack.long" };
  const repeats = draft.kind !== "once" && draft.kind !== null;
  if (repeats && draft.until !== "" && draft.until < draft.starts.slice(0, 10)) {
    return { recurrence: "mnt.lack.until" };
  }
  return {};
}

/** What is sent. Call it when the times can be read. */
export function bodyOf(draft: Draft): WindowBody {
  const iso = (written: Written): string =>
    new Date(momentOf(written, draft.zone) ?? 0).toISOString();
  return {
    title: draft.title.trim(),
    reason: draft.reason.trim(),
    starts_at: iso(draft.starts),
    ends_at: iso(draft.ends),
    zone: draft.zone,
    recurrence: recurrenceOf(draft),
    scope: scopeOf(draft.chosen),
  };
}

/** Moved to another beginning: it lasts as long as before. */
export function beginningAt(draft: Draft, starts: Written): Draft {
  const [before, after] = [momentOf(draft.starts, draft.zone), momentOf(starts, draft.zone)];
  const ends = momentOf(draft.ends, draft.zone);
  if (before === null || after === null || ends === null || ends <= before) {
    return { ...draft, starts };
  }
  return { ...draft, starts, ends: writtenAt(ends + after - before, draft.zone) };
}
