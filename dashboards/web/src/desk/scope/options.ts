/** What a scope may name, and finding it among ten thousand devices. Pure. */

import type { Device } from "../../shared/model";

/** Parts of a scope, in the order in which they are offered. The last two only narrow a silence. */
export const PARTS = ["areas", "sites", "tags", "owners", "kinds", "devices"] as const;
export type Part = (typeof PARTS)[number];

export type Chosen = Readonly<Record<Part, readonly string[]>>;

export const NOTHING: Chosen = {
  areas: [],
  sites: [],
  tags: [],
  owners: [],
  kinds: [],
  devices: [],
};

export interface Option {
  readonly part: Part;
  readonly id: string;
  readonly name: string;
  /** Where it is, or what: the second line. */
  readonly note: string;
  /** How many devices; null: it is one. */
  readonly devices: number | null;
  /** What is searched, in lower case. */
  readonly text: string;
}

export interface Known {
  readonly areas: readonly { readonly code: string; readonly name: string }[];
  readonly sites: readonly { readonly id: string; readonly name: string; readonly area: string }[];
  readonly tags: readonly { readonly tag: string; readonly devices: number }[];
  readonly devices: Iterable<Device>;
  readonly owners: ReadonlyMap<string, string>;
  /** One of a kind as people call it. */
  readonly kindName: (kind: string) => string;
}

/** Everything that can be chosen, in the order of `PARTS`, then by name. */
export function optionsOf(known: Known, parts: readonly Part[]): Option[] {
  const areas = new Map<string, number>();
  const sites = new Map<string, number>();
  const owners = new Map<string, number>();
  const kinds = new Map<string, number>();
  const devices: Option[] = [];
  for (const one of known.devices) {
    for (const code of [...above(one.area)]) add(areas, code);
    add(sites, one.site);
    add(kinds, one.kind);
    if (one.ownerId !== null) add(owners, one.ownerId);
    const note = `${known.kindName(one.kind)} · ${one.siteName}`;
    devices.push(option("devices", one.id, one.name, note, null));
  }
  const areaNames = new Map(known.areas.map(({ code, name }) => [code, name]));
  const all: Readonly<Record<Part, readonly Option[]>> = {
    areas: known.areas.map((one) =>
      option("areas", one.code, one.name, one.code, areas.get(one.code) ?? 0),
    ),
    sites: known.sites.map((one) =>
      option("sites", one.id, one.name, areaNames.get(one.area) ?? one.area, sites.get(one.id) ?? 0),
    ),
    tags: known.tags.map((one) => option("tags", one.tag, one.tag, "", one.devices)),
    owners: [...owners].map(([id, count]) =>
      option("owners", id, known.owners.get(id) ?? id, "", count),
    ),
    kinds: [...kinds].map(([kind, count]) =>
      option("kinds", kind, known.kindName(kind), "", count),
    ),
    devices,
  };
  return PARTS.filter((part) => parts.includes(part)).flatMap((part) =>
    [...all[part]].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id)),
  );
}

function option(
  part: Part,
  id: string,
  name: string,
  note: string,
  devices: number | null,
): Option {
  return { part, id, name, note, devices, text: `${name} ${id} ${note}`.toLowerCase() };
}

/** A code and all above it: `73.71.08`, `73.71`, `73`. */
function* above(code: string): Generator<string> {
  for (let one = code; one !== ""; one = one.slice(0, Math.max(0, one.lastIndexOf(".")))) yield one;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Found {
  readonly shown: readonly Option[];
  readonly total: number;
}

/**
 * Those that hold every word of the text and are not chosen yet; what begins with it comes first.
 * Places before devices: who types the name of a place means the place.
 */
export function find(
  options: readonly Option[],
  text: string,
  chosen: Chosen,
  most: number,
): Found {
  const parts = text.toLowerCase().split(/\s+/u).filter(Boolean);
  const start = parts.join(" ");
  const found = options.filter(
    (one) =>
      (parts.length > 0 || one.devices !== null) &&
      parts.every((part) => one.text.includes(part)) &&
      !chosen[one.part].includes(one.id),
  );
  const begins = (one: Option): number => (one.text.startsWith(start) ? 0 : 1);
  const order = (one: Option): number => (one.part === "devices" ? 2 : 0) + begins(one);
  const shown = found
    .map((one, index) => ({ one, index }))
    .sort((a, b) => order(a.one) - order(b.one) || a.index - b.index)
    .slice(0, most)
    .map(({ one }) => one);
  return { shown, total: found.length };
}

export function choose(chosen: Chosen, { part, id }: Pick<Option, "part" | "id">): Chosen {
  if (chosen[part].includes(id)) return chosen;
  return { ...chosen, [part]: [...chosen[part], id] };
}

export function leave(chosen: Chosen, { part, id }: Pick<Option, "part" | "id">): Chosen {
  return { ...chosen, [part]: chosen[part].filter((one) => one !== id) };
}

export function isEmpty(chosen: Chosen): boolean {
  return PARTS.every((part) => chosen[part].length === 0);
}

/** What the API takes as a scope. */
export function scopeOf({ areas, sites, tags, devices }: Chosen): {
  readonly areas: readonly string[];
  readonly sites: readonly string[];
  readonly tags: readonly string[];
  readonly devices: readonly string[];
} {
  return { areas, sites, tags, devices };
}
