/** What an incident's row says, in words: values in, text out. */

import type { Device } from "../shared/model";
import { shortName } from "../shared/places";
import { causeSaid, joined, reasonSaid } from "../shared/texts";
import { duration } from "../shared/time";
import { affected, isPlace, type Incident } from "./incidents";
import type { Words } from "./words";

export { joined, percent } from "../shared/texts";

export interface RowText {
  /** What happened, to what or to how many. */
  readonly what: string;
  /** Why and whose; may be empty. */
  readonly why: string;
}

/** Names of owners by their ids. */
export type Owners = ReadonlyMap<string, string>;

/** The second and third line of a row. */
export function describe(incident: Incident, owners: Owners, words: Words): RowText {
  return { what: what(incident, words), why: why(incident, owners, words) };
}

/** How many stands early: whatever is cut at the end of a line, that is not. */
function what(incident: Incident, words: Words): string {
  const { group, roots, causes, name } = incident;
  const all = affected(incident);
  const number = words.count("incident.number", all);
  if (isPlace(incident)) return joined(number, split(incident, words));
  if (name === "" || (roots.length === 0 && group === "device")) {
    const many = failure(incident, words);
    return causes > 1 ? joined(many, words.say("incident.causes", { n: words.number(causes) })) : many;
  }
  if (all === 1) return words.say("incident.one", { name, state: stateWord(incident, words) });
  return joined(headline(incident, words), number);
}

/** `12 kamera mati`: how many of what are how, by the worst of them. */
export function failure(incident: Incident, words: Words): string {
  const { roots, behind } = incident;
  const own = roots.length > 0 ? roots : behind;
  return words.say("incident.many", {
    n: words.number(own.length),
    kind: kindWord(own, words),
    state: stateWord(incident, words),
  });
}

function stateWord({ state }: Incident, words: Words): string {
  return words.say(`state.${state}`);
}

/** `202 mati, 12 tidak terjangkau`. */
export function split({ roots, behind }: Incident, words: Words): string {
  const part = (devices: readonly Device[], state: "down" | "unreachable"): string =>
    devices.length === 0 ? "" : `${words.number(devices.length)} ${words.say(`state.${state}`)}`;
  return [part(roots, "down"), part(behind, "unreachable")].filter((one) => one !== "").join(", ");
}

function why(incident: Incident, owners: Owners, words: Words): string {
  const { parent, group, name } = incident;
  if (parent !== null) {
    return joined(words.say("incident.parent", { name: parent }), owner(incident, owners));
  }
  const of = isPlace(incident) || (group === "device" && name !== "" && affected(incident) > 1);
  return joined(causeOf(incident, words), of ? subject(incident, words) : "", owner(incident, owners));
}

/** `listrik padam (diduga)`, or what the devices themselves say; may be empty. */
export function causeOf(incident: Incident, words: Words): string {
  const { cause, suspected } = incident;
  if (cause === null || cause === "unknown") return reason(incident.roots, words);
  return causeSaid(cause, suspected, words);
}

/** What speaks for the cause of a whole place. */
export function evidence({ rule }: Incident, words: Words): string {
  return (rule === null ? null : words.find(`rule.${rule}`)) ?? "";
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
  // Of several devices each has its own figure.
  return reasonSaid(devices.length === 1 ? only : { ...only, detail: "" }, words);
}

/** Who answers for it; as long as nobody says, the owner of what fails. */
export function owner({ responsible, roots, behind }: Incident, owners: Owners): string {
  if (responsible !== null) return owners.get(responsible) ?? responsible;
  const own = roots.length > 0 ? roots : behind;
  const names = new Set(own.map((device) => device.owner ?? ""));
  return names.size === 1 ? ([...names][0] ?? "") : "";
}

/** What happened without how many, which stands beside it: `kamera mati`, `jaringan putus`. */
export function headline(incident: Incident, words: Words): string {
  const { roots, behind, group, cause } = incident;
  if (isPlace(incident) && cause !== null && cause !== "unknown") return causeOf(incident, words);
  const network = ["switch", "router"].includes(roots[0]?.kind ?? "");
  if (group === "device" && network && behind.length > 0) return words.say("incident.cut");
  const own = roots.length > 0 && !isPlace(incident) ? roots : [...roots, ...behind];
  return words.say("incident.these", {
    kind: kindWord(own, words),
    state: stateWord(incident, words),
  });
}

/** What it is about by name: the device, the site; of several the first two. */
export function subject({ group, name, parent, roots, behind }: Incident, words: Words): string {
  if (parent !== null) return parent;
  if (group === "area") return "";
  if (name !== "") return group === "feeder" ? words.say("incident.feeder", { name }) : name;
  const own = roots.length > 0 ? roots : behind;
  const sites = [...new Set(own.map((one) => one.siteName))].filter((site) => site !== "");
  return sites.length > 2 ? `${sites.slice(0, 2).join(", ")} …` : sites.join(", ");
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

/** `4 mnt`, `5 j`: the larger unit alone, for there is room for no more. */
export function lateAge(milliseconds: number, words: Words): string {
  return duration(milliseconds, words).split(" ").slice(0, 2).join(" ");
}
