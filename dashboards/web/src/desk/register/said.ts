/** What fields, witnesses and values are called. */

import type { RegisterFinding } from "../../shared/api/schema";
import { kindWord } from "../texts";
import type { Words } from "../words";

/** `Nomor seri`: a field of a list; one without a word of ours as lists call it. */
export function fieldWord(field: string, words: Words): string {
  return words.find(`register.field.${field}`) ?? field;
}

/** `Ganda`: what kind of finding it is. */
export function kindOf(kind: string, words: Words): string {
  return words.find(`register.kind.${kind}`) ?? kind;
}

/** `Satu perangkat`: what is decided about a finding of a kind. */
export function actionOf(kind: string, action: string, words: Words): string {
  return words.find(`register.action.${kind}.${action}`) ?? action;
}

/** Who says something: a list by its name, the network, the inventory. */
export function whoWord(who: string, sources: ReadonlyMap<string, string>, words: Words): string {
  return words.find(`register.who.${who}`) ?? sources.get(who) ?? who;
}

/** A value as people read it. */
export function valueWord(
  field: string,
  value: string,
  areas: ReadonlyMap<string, string>,
  words: Words,
): string {
  if (field === "kind") return kindWord(value, 1, words);
  if (field === "area") {
    const name = areas.get(value);
    return name === undefined ? value : `${name} (${value})`;
  }
  return value;
}

/** What a finding is about in one line. */
export function headline(finding: RegisterFinding): string {
  const name = finding.evidence.find((one) => one.field === "name")?.said[0]?.value;
  return name ?? finding.heard ?? finding.devices[0] ?? finding.rows[0]?.key ?? "";
}

/** How much speaks for it, in a word. */
export function weightWord(weight: number, words: Words): string {
  const level = weight >= 0.9 ? "sure" : weight >= 0.6 ? "strong" : "hint";
  return words.say(`register.weight.${level}`);
}

/** A share in percent as it came, floored to a tenth: `97,3%`. */
export function tenth(percent: number | null, language: "id" | "en"): string {
  if (percent === null) return "–";
  const format = new Intl.NumberFormat(language === "id" ? "id-ID" : "en-GB", {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return `${format.format(Math.floor(percent * 10 + 1e-6) / 10)}%`;
}
