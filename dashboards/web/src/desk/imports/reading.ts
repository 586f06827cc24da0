/** What a preview of a list is asked with, and how its parts are said. Pure. */

import type { ColumnView, ListPreview, ListRemark, PreviewBody } from "../../shared/api/schema";
import { joined } from "../texts";
import type { Words } from "../words";

/** How a person says that a file is to be read: what differs from what is remembered or proposed. */
export interface Reading {
  readonly sheet: string | null;
  readonly columns: Readonly<Record<string, string | null>>;
  /** null: as remembered. */
  readonly defaults: Readonly<Record<string, string>> | null;
  readonly answers: Readonly<Record<string, string>>;
}

export const AS_PROPOSED: Reading = { sheet: null, columns: {}, defaults: null, answers: {} };

/** What is asked of the API; what nobody changed is left out. */
export function bodyOf(source: string, reading: Reading): PreviewBody {
  const { sheet, columns, defaults, answers } = reading;
  return {
    source,
    sheet,
    columns: Object.keys(columns).length > 0 ? columns : null,
    defaults,
    answers: Object.keys(answers).length > 0 ? answers : null,
  };
}

/** Whether a column must be looked at: nobody knows what it means. */
export function isOpen(columns: readonly ColumnView[]): boolean {
  return columns.some((one) => one.why === "unknown" || one.why === "proposed");
}

/** Where a remark is, as a spreadsheet shows it: `baris 3, kolom E (Lintang)`. */
export function placeSaid(
  { row, column, heading }: Pick<ListRemark, "row" | "column" | "heading">,
  words: Words,
): string {
  if (row !== null && column !== null) {
    return words.say("imp.cell", { row, column, heading: heading ?? "–" });
  }
  if (row !== null) return words.say("imp.row", { row });
  if (column !== null) return words.say("imp.in_column", { column, heading: heading ?? "–" });
  return heading ?? "–";
}

/** `problem` and `remedy` in the page's language. */
export function remarkSaid(
  remark: Pick<ListRemark, "texts" | "code">,
  words: Words,
): { readonly problem: string; readonly remedy: string } {
  return remark.texts[words.language] ?? { problem: remark.code, remedy: "" };
}

/** What is still in the way of importing; empty: nothing. */
export function inTheWay(preview: ListPreview, words: Words): string {
  const doubts = preview.doubts.filter((one) => one.answer === null).length;
  // Of more doubts than are shown nobody can tell from here how many have an answer.
  const open = preview.doubts_total > preview.doubts.length ? preview.doubts_total : doubts;
  return [
    preview.problems_total > 0 ? words.count("imp.problems_n", preview.problems_total) : "",
    open > 0 ? words.count("imp.doubts_n", open) : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** What it would make beside devices, or empty. */
export function madeSaid({ new: made }: Pick<ListPreview, "new">, words: Words): string {
  const areas = Object.keys(made.areas).length;
  const owners = Object.keys(made.owners).length;
  return joined(
    made.sites > 0 ? words.count("imp.new_sites", made.sites) : "",
    areas > 0 ? words.count("imp.new_areas", areas) : "",
    owners > 0 ? words.count("imp.new_owners", owners) : "",
  );
}

export function fieldWord(field: string, words: Words): string {
  return words.find(`imp.field.${field}`) ?? field;
}

/** Every field that a list can say, as the catalogue knows them, by its word. */
export function fieldsOf(words: Words, names: readonly string[]): [name: string, word: string][] {
  return names
    .map((name): [string, string] => [name, fieldWord(name, words)])
    .sort(([, a], [, b]) => a.localeCompare(b));
}

/** As `Field` of the collector names them. */
export const FIELDS = [
  "key",
  "id",
  "name",
  "kind",
  "site",
  "site_name",
  "area",
  "area_name",
  "latitude",
  "longitude",
  "address",
  "mac",
  "serial",
  "vendor",
  "model",
  "profile",
  "credentials",
  "parents",
  "owner",
  "owner_name",
  "link_owner",
  "power_owner",
  "power_feeder",
  "tags",
  "snmp_port",
  "mqtt_topic",
  "installed_on",
  "contract",
  "note",
] as const;

const SOURCE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

export function isSource(text: string): boolean {
  return SOURCE.test(text);
}

/** A short name to begin with, from the name of a file: `Data CCTV Dishub 2026.xlsx`. */
export function sourceOf(file: string): string {
  return file
    .replace(/\.[^.]*$/u, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 64);
}
