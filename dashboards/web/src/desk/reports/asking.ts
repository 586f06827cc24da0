/** What is asked for in the form, and how a period is called. Values in, values out. */

import type { ReportBody, ReportView } from "../../shared/api/schema";
import { local } from "../../shared/time";
import type { Words } from "../words";

export const FORMATS = ["pdf", "xlsx", "csv", "csv-id", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface Form {
  /** Whether a month is asked for; else the dates count. */
  readonly monthly: boolean;
  readonly month: string;
  readonly from: string;
  /** The last day, included. */
  readonly until: string;
  readonly area: string;
  readonly owner: string;
  readonly kind: string;
  readonly contract: string;
  readonly language: "id" | "en";
  readonly formats: readonly Format[];
  readonly pack: boolean;
}

/** The month before the one of a moment, such as 2026-10. */
export function monthBefore(at: number, zone: string): string {
  const { year, month } = local(at, zone);
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, "0")}`;
}

export function emptyForm(at: number, zone: string, language: "id" | "en"): Form {
  const month = monthBefore(at, zone);
  return {
    monthly: true,
    month,
    from: `${month}-01`,
    until: `${month}-15`,
    area: "",
    owner: "",
    kind: "",
    contract: "",
    language,
    formats: ["pdf", "xlsx"],
    pack: false,
  };
}

/** The day after an ISO date: the end of a period is not included. */
export function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

export function bodyOf(form: Form): ReportBody {
  const orNull = (text: string): string | null => (text === "" ? null : text);
  return {
    ...(form.monthly ? { month: form.month } : { from: form.from, to: dayAfter(form.until) }),
    formats: form.formats,
    language: form.language,
    contract: orNull(form.contract),
    filters: { area: orNull(form.area), owner: orNull(form.owner), kind: orNull(form.kind) },
    pack: form.pack,
  };
}

/** `Oktober 2026`, or the dates as they were asked for. */
export function periodOf(
  one: Pick<ReportView, "month" | "from" | "to" | "started_at">,
  words: Words,
  zone: string,
): string {
  if (one.from !== null) {
    return `${one.from.slice(0, 10)} – ${one.to === null ? "…" : one.to.slice(0, 10)}`;
  }
  const month = one.month ?? monthBefore(Date.parse(one.started_at), zone);
  const [year, number] = month.split("-");
  return `${words.month(Number(number))} ${year}`;
}

/** How far it is, in words. */
export function progressOf({ progress }: Pick<ReportView, "progress">, words: Words): string {
  const step = words.find(`rep.step.${progress.step}`) ?? words.say("rep.starts");
  return progress.of > 1
    ? words.say("rep.counted", {
        step,
        done: words.number(progress.done),
        of: words.number(progress.of),
      })
    : step;
}
