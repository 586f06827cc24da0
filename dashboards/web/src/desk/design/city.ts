/**
 * A night that never changes, for the page of the design: a city in the API's own terms, and what
 * it has open. Every name and figure in it is invented.
 */

import type { IncidentView } from "../../shared/api/schema";
import type { State } from "../../shared/model";

/** 03.26.41 WITA. */
export const NIGHT = Date.parse("2026-11-21T19:26:41Z");
/** 10.26.41 WITA. */
export const MORNING = Date.parse("2026-11-22T02:26:41Z");

export const SCENES = ["work", "calm", "storm", "stale", "blind", "night"] as const;
export type Scene = (typeof SCENES)[number];

const CITY = "73.71";
const DISTRICTS: readonly (readonly [name: string, latitude: number, longitude: number])[] = [
  ["Mariso", -5.16, 119.406],
  ["Mamajang", -5.157, 119.417],
  ["Makassar", -5.141, 119.424],
  ["Ujung Pandang", -5.139, 119.411],
  ["Wajo", -5.128, 119.416],
  ["Tallo", -5.117, 119.434],
  ["Ujung Tanah", -5.112, 119.422],
  ["Panakkukang", -5.146, 119.446],
  ["Tamalate", -5.183, 119.411],
  ["Biringkanaya", -5.086, 119.513],
  ["Manggala", -5.163, 119.487],
  ["Kepulauan Sangkarrang", -5.052, 119.333],
];

/** What stands at each site: a switch, and what hangs on it. */
const SITE = ["switch", "camera", "camera", "access_point", "camera", "server"] as const;
const NAMES: Readonly<Record<(typeof SITE)[number], string>> = {
  switch: "Switch",
  camera: "Kamera",
  access_point: "AP",
  server: "Server",
};
const SITES = 3;

export interface WireDevice {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly site: string;
  readonly site_name: string;
  readonly area: string;
  readonly owner: string;
  readonly owner_name: string;
  state: State;
  since: string;
  confirmed_at: string;
  reason: string;
  detail: string;
  cause: string | null;
  flapping: boolean;
  maintenance: boolean;
}

export interface SceneCity {
  readonly at: number;
  /** The stream's first event, as the API sends it. */
  readonly snapshot: Readonly<Record<string, unknown>> & { readonly devices: readonly WireDevice[] };
  readonly incidents: readonly IncidentView[];
  /** As `GET /sites` and the uptime table by kind have them, as far as the wall looks. */
  readonly sites: readonly object[];
  readonly uptime: readonly object[];
}

const iso = (at: number): string => new Date(at).toISOString();
const minutes = (n: number): number => n * 60_000;

/** The city of a scene. Stale is the working city that nobody hears of any more. */
export function sceneCity(scene: Scene): SceneCity {
  const at = scene === "night" ? NIGHT : MORNING;
  const devices = allWell(at);
  const incidents = scene === "calm" ? [] : troubles(devices, at, scene === "storm");
  const heard = scene === "blind" ? at - minutes(7) : at;
  if (scene === "blind") {
    for (const one of devices) Object.assign(one, { state: "unknown", reason: "collector_gone", cause: null });
  }
  return {
    at,
    snapshot: {
      cursor: 1,
      at: iso(at),
      zone: "Asia/Makassar",
      language: "id",
      collectors: [{ id: "utama", heartbeat_at: iso(heard), alive: scene !== "blind" }],
      areas: [
        { code: CITY, name: "Kota Makassar" },
        ...DISTRICTS.map(([name], index) => ({ code: codeOf(index), name })),
      ],
      devices,
    },
    incidents,
    sites: DISTRICTS.flatMap(([name, latitude, longitude], district) =>
      Array.from({ length: SITES }, (_, nth) => ({
        id: siteOf(district, nth),
        name: `Titik ${name} ${nth + 1}`,
        area: codeOf(district),
        latitude: latitude + 0.006 * Math.cos(2.4 * (nth + district)),
        longitude: longitude + 0.006 * Math.sin(2.4 * (nth + district)),
      })),
    ),
    uptime: uptimeOf(),
  };
}

function codeOf(district: number): string {
  return `${CITY}.${String(district + 1).padStart(2, "0")}`;
}

function siteOf(district: number, nth: number): string {
  return `titik-${String(district + 1).padStart(2, "0")}-${nth + 1}`;
}

function allWell(at: number): WireDevice[] {
  const since = iso(at - minutes(3 * 24 * 60));
  return DISTRICTS.flatMap(([name], district) =>
    Array.from({ length: SITES }, (_, site) =>
      SITE.map((kind, place): WireDevice => {
        const isLink = kind === "access_point";
        return {
          id: `${siteOf(district, site)}-${place}`,
          name: `${NAMES[kind]} ${name} ${String(site * SITE.length + place + 1).padStart(2, "0")}`,
          kind,
          site: siteOf(district, site),
          site_name: `Titik ${name} ${site + 1}`,
          area: codeOf(district),
          owner: isLink ? "penyedia-b" : `kec-${district}`,
          owner_name: isLink ? "Penyedia tautan B" : `Kec. ${name}`,
          state: "up",
          since,
          confirmed_at: since,
          reason: "ok",
          detail: "",
          cause: null,
          flapping: false,
          maintenance: false,
        };
      }),
    ).flat(),
  );
}

const IN = { tallo: 5, tanah: 6, panakkukang: 7, biringkanaya: 9, manggala: 10, islands: 11 } as const;

/** What went wrong, worst first; the devices are changed in their places. */
function troubles(devices: readonly WireDevice[], at: number, storm: boolean): IncidentView[] {
  const at_ = (district: number, site: number): WireDevice[] =>
    devices.filter((one) => one.site === siteOf(district, site));
  const set = (one: WireDevice, state: State, ago: number, more: Partial<WireDevice> = {}): void => {
    const since = iso(at - minutes(ago));
    Object.assign(one, { state, since, confirmed_at: since, reason: "no_answer" }, more);
  };
  const found: IncidentView[] = [];
  const tell = (root: WireDevice, ago: number, more: Partial<IncidentView>): void => {
    found.push({ ...incidentOf(root, found.length + 1, at - minutes(ago)), ...more });
  };

  const [root, ...behind] = at_(IN.panakkukang, 0);
  if (root !== undefined) {
    set(root, "down", 72);
    for (const one of behind) set(one, "unreachable", 72, { reason: "parent_down", cause: root.id });
    const extent = { unreachable: behind.length, devices: 1 + behind.length, outages: 1 + behind.length };
    tell(root, 72, { ...extent, cause: "link", cause_suspected: true, responsible: "kec-7" });
  }
  const [, camera, second] = at_(IN.tanah, 0);
  if (camera !== undefined && second !== undefined) {
    set(camera, "down", 346);
    const hand = { acknowledged_by: "Piket 2", acknowledged_at: iso(at - minutes(300)) };
    tell(camera, 346, { ...hand, cause: "device", cause_rule: "neighbours_up" });
    set(second, "down", 9, { flapping: true });
    tell(second, 9, {});
  }
  for (const one of at_(IN.biringkanaya, 1).filter(({ kind }) => kind === "access_point")) {
    set(one, "degraded", 24, { reason: "threshold", detail: "if_in_utilization_percent = 96 %" });
  }
  for (const one of at_(IN.islands, 0)) set(one, "unknown", 96, { reason: "silent" });
  for (const one of at_(IN.tallo, 1)) set(one, "up", 60, { maintenance: true, reason: "ok" });
  if (storm) {
    const hit = devices.filter(({ area }) => area === codeOf(IN.manggala) || area === codeOf(8));
    for (const one of hit) set(one, "down", 7);
    const [first] = hit;
    if (first !== undefined) {
      tell(first, 7, {
        group: "feeder",
        group_key: "Sungguminasa 3",
        device: null,
        device_name: null,
        site: null,
        site_name: null,
        area: codeOf(IN.manggala),
        area_name: "Manggala",
        down: hit.length,
        devices: hit.length,
        outages: hit.length,
        sites: 2 * SITES,
        areas: 2,
        cause: "power",
        cause_rule: "many_on_feeder",
        cause_suspected: true,
        responsible: "PLN",
      });
    }
  }
  return found;
}

function incidentOf(root: WireDevice, id: number, since: number): IncidentView {
  return {
    id,
    group: "device",
    group_key: root.id,
    device: root.id,
    device_name: root.name,
    site: root.site,
    site_name: root.site_name,
    area: root.area,
    area_name: DISTRICTS[Number(root.area.slice(-2)) - 1]?.[0] ?? "",
    cause: "unknown",
    cause_rule: "no_evidence",
    cause_suspected: false,
    responsible: null,
    started_at: iso(since),
    opened_at: iso(since + minutes(1)),
    recovered_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    resolved_at: null,
    resolved_by: null,
    resolution: null,
    merged_into: null,
    down: 1,
    unreachable: 0,
    devices: 1,
    sites: 1,
    areas: 1,
    outages: 1,
    duration_seconds: (MORNING - since) / 1000,
  };
}

/** Sums of seconds by kind: what a day's figures rest on. */
function uptimeOf(): object[] {
  return [...new Set(SITE)].map((kind, nth) => ({
    key: kind,
    name: kind,
    up_seconds: 99_000 - 160 * nth,
    degraded_seconds: 1_000,
    down_seconds: 160 * nth,
    unreachable_seconds: 300,
    unknown_seconds: kind === "camera" ? 150 : 0,
  }));
}
