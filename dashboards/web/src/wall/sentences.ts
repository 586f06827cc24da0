/** What an incident's row says, in words: values in, text out. */

import type { Device } from "../shared/model";
import { shortName } from "../shared/places";
import type { Incident } from "./incidents";
import type { Words } from "./words";

export interface RowText {
  /** What happened, to what or to how many. */
  readonly what: string;
  /** Why and whose; may be empty. */
  readonly why: string;
}

/** The second and third line of a row. */
export function describe(incident: Incident, words: Words): RowText {
  return { what: what(incident, words), why: why(incident, words) };
}

function what(incident: Incident, words: Words): string {
  const { roots, behind, causes, state } = incident;
  const stateWord = words.say(`state.${state}`);
  const [only] = roots;
  if (only === undefined) {
    return words.count("incident.devices", behind.length, { state: stateWord });
  }
  if (roots.length === 1) {
    return words.say("incident.one", { name: only.name, state: stateWord });
  }
  const many = words.say("incident.many", {
    n: words.number(roots.length),
    kind: kindWord(roots, words),
    state: stateWord,
  });
  return causes > 1
    ? `${many} · ${words.say("incident.causes", { n: words.number(causes) })}`
    : many;
}

function why(incident: Incident, words: Words): string {
  const { roots, behind, parent } = incident;
  if (parent !== null) return words.say("incident.parent", { name: parent });
  const parts =
    behind.length > 0
      ? [words.count("incident.behind", behind.length)]
      : [reason(roots, words), owner(roots)];
  return parts.filter((part) => part !== "").join(" · ");
}

/** One kind's word if all are of it, else "devices". */
function kindWord(devices: readonly Device[], words: Words): string {
  const kinds = new Set(devices.map((device) => device.kind));
  const key = kinds.size === 1 ? `kind.${[...kinds].join("")}` : "kind.device";
  return (
    words.findCount(key, devices.length) ?? words.findCount("kind.device", devices.length) ?? ""
  );
}

/** The reason in words; what the device itself said stays as it is, untranslated. */
function reason(devices: readonly Device[], words: Words): string {
  const reasons = new Set(devices.map((device) => device.reason));
  if (reasons.size > 1) return words.say("reason.several");
  const [only] = devices;
  if (only === undefined) return "";
  const word = words.find(`reason.${only.reason}`) ?? "";
  const tells = only.reason === "threshold" || only.reason === "agent_error";
  if (devices.length === 1 && tells && only.detail !== "") {
    return word === "" ? only.detail : `${word}: ${only.detail}`;
  }
  return word;
}

function owner(devices: readonly Device[]): string {
  const owners = new Set(devices.map((device) => device.owner ?? ""));
  return owners.size === 1 ? ([...owners][0] ?? "") : "";
}

/** Beyond this many letters a name at size A would be cut beside its duration. */
const LONGEST_PLACE = 16;

/** The name of an area as a row carries it: in full if there is room. */
export function placeName(name: string): string {
  return name.length > LONGEST_PLACE ? shortName(name) : name;
}

/** A number as a tile carries it: in full to 9.999, then `12 rb`. Floored. */
export function tileNumber(n: number, words: Words): string {
  if (n < 10_000) return words.number(n);
  return words.say("number.thousands", { n: words.number(Math.floor(n / 1000)) });
}

