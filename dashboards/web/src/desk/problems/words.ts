/** What a row of the list says. */

import type { Device } from "../../shared/model";
import { capital, causeOf, extent, joined, kindWord, reasonOf, subject } from "../texts";
import type { Words } from "../words";
import type { Problem } from "./problems";

export interface RowText {
  readonly title: string;
  readonly detail: string;
  readonly cause: string;
}

export function describe(one: Problem, words: Words): RowText {
  return one.incident === null ? ofDevices(one, words) : ofIncident(one, one.incident, words);
}

function ofIncident(
  one: Problem,
  incident: NonNullable<Problem["incident"]>,
  words: Words,
): RowText {
  const [root] = one.devices;
  const kind = root === undefined ? "" : capital(kindWord(root.kind, 1, words));
  const site = incident.group === "site" ? "" : (incident.site_name ?? "");
  return {
    title: subject(incident, words),
    detail: joined(extent(incident, words), saysKind(root, words) ? "" : kind, site),
    cause: causeOf(incident, words),
  };
}

function ofDevices({ devices, state }: Problem, words: Words): RowText {
  const [first] = devices;
  if (first === undefined) return { title: "", detail: "", cause: "" };
  const kinds = new Set(devices.map((device) => device.kind));
  const kind = kinds.size === 1 ? first.kind : "device";
  const single = devices.length === 1;
  return {
    title: single
      ? first.name
      : `${words.number(devices.length)} ${kindWord(kind, devices.length, words)} ${words.say(`state.${state}`)}`,
    detail: joined(
      single && !saysKind(first, words) ? capital(kindWord(kind, 1, words)) : "",
      sites(devices, words),
    ),
    cause: reasonOf(single ? first : { ...first, detail: "" }, words),
  };
}

/** Whether a name says what it is: `Switch Losari` does, `Losari 02` does not. */
function saysKind(device: Device | undefined, words: Words): boolean {
  return device?.name.toLowerCase().includes(kindWord(device.kind, 1, words)) ?? false;
}

function sites(devices: readonly Device[], words: Words): string {
  const names = [...new Set(devices.map((device) => device.siteName))];
  const [first = ""] = names;
  return names.length === 1 ? first : words.count("extent.sites", names.length);
}
