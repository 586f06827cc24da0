/** What both pages say in the same words: causes, owners, kinds, figures. Values in, text out. */

import type { CauseClass } from "./api/schema";
import type { Device } from "./model";
import { limitWord } from "./values";
import type { Words } from "./words";

/** Parts with a dot between them; empty ones are left out. */
export function joined(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== "").join(" · ");
}

/** `Mati`: a word at the beginning of a sentence or alone in a cell. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `listrik padam`; "no cause yet" is said, not left empty. */
export function causeWord(cause: CauseClass, words: Words): string {
  return words.say(`cause.${cause}`);
}

/** `listrik padam (diduga)`: only coincidence speaks for it. */
export function causeSaid(cause: CauseClass, suspected: boolean, words: Words): string {
  const word = causeWord(cause, words);
  return suspected && cause !== "unknown" ? words.say("cause.suspected", { cause: word }) : word;
}

/** Names of owners by their ids, from the devices they own. */
export function ownersOf(devices: Iterable<Device>): Map<string, string> {
  const names = new Map<string, string>();
  for (const { ownerId, owner } of devices) if (ownerId !== null) names.set(ownerId, owner ?? ownerId);
  return names;
}

/** One of a kind: `kamera`; a kind this page does not know keeps its own name. */
export function kindWord(kind: string, n: number, words: Words): string {
  return words.findCount(`kind.${kind}`, n) ?? kind;
}

/** A reason with the limit that was crossed, or with the device's own words, untranslated. */
export function reasonSaid(device: Pick<Device, "reason" | "detail">, words: Words): string {
  const word = words.find(`reason.${device.reason}`) ?? "";
  if (!tellsDetail(device)) return word;
  const limit = device.reason === "threshold" ? limitWord(device.detail, words) : null;
  const told = limit ?? device.detail;
  return word === "" ? told : `${word}: ${told}`;
}

/** Whether the device's own words belong to a reason: a limit it crossed, what its agent says. */
export function tellsDetail({ reason, detail }: Pick<Device, "reason" | "detail">): boolean {
  return detail !== "" && (reason === "threshold" || reason === "agent_error");
}

/** `99,27%`: floored, never rounded up. */
export function percent(value: number, words: Words, digits = 2): string {
  const scale = 10 ** digits;
  // A figure such as 99.99 is a hair below itself in binary; that must not cost a digit.
  const floored = Math.floor(value * scale + 1e-6) / scale;
  const text = new Intl.NumberFormat(words.language === "id" ? "id-ID" : "en-GB", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(floored);
  return `${text}%`;
}
