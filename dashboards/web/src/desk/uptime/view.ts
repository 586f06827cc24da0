/** What the table of uptime shows: from the address to a question, and back. Pure. */

import type { GroupBy, UptimeRow } from "../../shared/api/schema";
import { local } from "../../shared/time";
import { pagePath } from "../route";

export const PATH = pagePath("uptime");

/** Names of the parameters in the page's address. */
export const QUERY = {
  month: "bulan",
  from: "dari",
  to: "sampai",
  group: "kelompok",
  area: "wilayah",
  site: "titik",
  device: "perangkat",
  kind: "jenis",
  owner: "pengampu",
  exclude: "kecuali",
  sort: "urut",
} as const;

/** A calendar day, `2026-11-22`. */
export type Day = string;

/** A whole month, or days from the first to the last, both included. */
export type Span =
  | { readonly is: "month"; readonly month: string }
  | { readonly is: "days"; readonly first: Day; readonly last: Day };

const GROUPS: Readonly<Record<string, GroupBy>> = {
  wilayah: "area",
  titik: "site",
  perangkat: "device",
  jenis: "kind",
  pengampu: "owner",
};

/** The word of the address for a grouping. */
export function groupWord(group: GroupBy): string {
  return Object.keys(GROUPS).find((word) => GROUPS[word] === group) ?? group;
}

/** What the plain figure leaves out, by the word of the address. */
export const EXCLUDES = {
  pemeliharaan: "maintenance",
  listrik: "maintenance,power",
  nihil: "none",
} as const;
export type Exclude = keyof typeof EXCLUDES;

export interface View {
  readonly span: Span;
  readonly group: GroupBy;
  /** Whether the address says by what, or it follows from where one is. */
  readonly grouped: boolean;
  readonly area: string | null;
  readonly site: string | null;
  readonly device: string | null;
  readonly kind: string | null;
  readonly owner: string | null;
  readonly exclude: Exclude;
  readonly sort: Sort;
}

/** What an address asks for; what it says wrongly is left to the default. */
export function viewIn(query: URLSearchParams, now: number, zone: string): View {
  const text = (key: keyof typeof QUERY): string | null => query.get(QUERY[key]) || null;
  const asked = GROUPS[text("group") ?? ""];
  const [area, site, device] = [text("area"), text("site"), text("device")];
  const exclude = text("exclude");
  const sort = text("sort");
  return {
    span: spanIn(query, now, zone),
    // One below the narrowest place: an area's sites, a site's devices.
    group: device !== null ? "device" : (asked ?? groupBelow(area, site)),
    grouped: asked !== undefined,
    area,
    site,
    device,
    kind: text("kind"),
    owner: text("owner"),
    exclude: exclude !== null && exclude in EXCLUDES ? (exclude as Exclude) : "pemeliharaan",
    sort: sort !== null && sort in SORTS ? (sort as Sort) : "buruk",
  };
}

function groupBelow(area: string | null, site: string | null): GroupBy {
  if (site !== null) return "device";
  return area === null ? "area" : "site";
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

function spanIn(query: URLSearchParams, now: number, zone: string): Span {
  const month = query.get(QUERY.month);
  if (month !== null && /^\d{4}-(0[1-9]|1[0-2])$/u.test(month)) return { is: "month", month };
  const [first, last] = [query.get(QUERY.from) ?? "", query.get(QUERY.to) ?? ""];
  if (isDay(first) && isDay(last) && first <= last) return { is: "days", first, last };
  return { is: "month", month: monthOf(now, zone) };
}

export function isDay(text: string): boolean {
  return DAY.test(text) && dayAfter(text, 0) === text;
}

/** The month of a moment in a zone: `2026-11`. */
export function monthOf(at: number, zone: string): string {
  const { year, month } = local(at, zone);
  return `${year}-${two(month)}`;
}

export function dayOf(at: number, zone: string): Day {
  return `${monthOf(at, zone)}-${two(local(at, zone).day)}`;
}

/** The month so many months before, `2026-01` one before is `2025-12`. */
export function monthBefore(month: string, by: number): string {
  const total = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 - by;
  return `${Math.floor(total / 12)}-${two((total % 12) + 1)}`;
}

/** So many days later, on the calendar. */
export function dayAfter(day: Day, by: number): Day {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + by)).toISOString().slice(0, 10);
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** What is asked of `GET /uptime`; its `to` is not included. */
export function questionOf(view: View): {
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  readonly group_by: GroupBy;
  readonly area: string | null;
  readonly site: string | null;
  readonly device: string | null;
  readonly kind: string | null;
  readonly owner: string | null;
  readonly exclude: string;
} {
  const { span, device, site, area } = view;
  return {
    ...(span.is === "month"
      ? { month: span.month }
      : { from: span.first, to: dayAfter(span.last, 1) }),
    group_by: view.group,
    // The narrowest place says it all; the wider ones only lead back.
    area: site === null && device === null ? area : null,
    site: device === null ? site : null,
    device,
    kind: view.kind,
    owner: view.owner,
    exclude: EXCLUDES[view.exclude],
  };
}

/** What a click on a row changes in the address; null: there is nothing below it. */
export function below(view: View, row: Pick<UptimeRow, "key">): Record<string, string | null> | null {
  if (row.key === "" || view.device !== null) return null;
  return { [QUERY[view.group]]: row.key, [QUERY.group]: null };
}

/** A figure on less of the window than this would say more than is known. */
export const LEAST_COVERAGE_PERCENT = 90;
/** Below this, coverage is marked. */
export const GOOD_COVERAGE_PERCENT = 99;

export function isKnown(coverage: number): boolean {
  return coverage >= LEAST_COVERAGE_PERCENT;
}

/** Whether a figure stays below what is promised. Too little known: nobody can say so. */
export function isBelow(
  figure: { readonly uptime_percent: number | null; readonly coverage_percent: number },
  target: number | null,
): boolean {
  const { uptime_percent: uptime, coverage_percent: coverage } = figure;
  return target !== null && uptime !== null && isKnown(coverage) && uptime < target;
}

type Order = (row: UptimeRow) => number | string;

/** What a table may be sorted by: each by its own way round. */
export const SORTS = {
  // What could be worst: time that nobody saw counts as down here.
  buruk: (row) => row.uptime_bounds_percent?.[0] ?? -1,
  nama: (row) => row.name || row.key,
  jumlah: (row) => -row.devices,
  layanan: (row) => row.uptime_percent ?? -1,
  perangkat: (row) => row.device_uptime_percent ?? -1,
  cakupan: (row) => row.coverage_percent,
  mati: (row) => -row.down_seconds,
  terputus: (row) => -row.unreachable_seconds,
  gelap: (row) => -row.unknown_seconds,
  gangguan: (row) => -row.outages,
  pulih: (row) => -(row.mttr_seconds ?? 0),
} as const satisfies Record<string, Order>;
export type Sort = keyof typeof SORTS;

/** Sorted; what is equal keeps the order of its names. */
export function sorted(rows: readonly UptimeRow[], by: Sort): UptimeRow[] {
  const order: Order = SORTS[by];
  const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...rows].sort(
    (a, b) =>
      compare(order(a), order(b)) || compare(a.name, b.name) || compare(a.key, b.key),
  );
}

/** Where a percentage lies on a strip of 95 to 100, from 0 to 1; what is lower lies at its edge. */
export function onStrip(percent: number): number {
  return Math.min(1, Math.max(0, (percent - 95) / 5));
}
