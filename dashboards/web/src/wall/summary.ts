/** Everything the page shows of a city that does not depend on the time: one pass, when it changes. */

import { count, countObserved } from "../shared/city";
import type { Area, Counts, Device } from "../shared/model";
import { findIncidents, findUnknown, type Incident } from "./incidents";
import { countServices, fold, makeTiles, type Folded, type ServiceCount, type Tile } from "./tiles";

export interface Summary {
  readonly counts: Counts;
  /** Counts when the devices were last really observed: what a blind wall may still say. */
  readonly observed: Counts;
  readonly incidents: readonly Incident[];
  readonly unknown: readonly Incident[];
  readonly map: Folded;
  /** The tile that shows an area (by the code a device carries). */
  readonly tileOfArea: ReadonlyMap<string, Tile>;
  readonly services: readonly ServiceCount[];
  /** The worst incident nobody has in hand, by code of the tile it belongs to. */
  readonly untaken: ReadonlyMap<string, "down" | "degraded">;
}

export function summarize(
  areas: readonly Area[],
  table: ReadonlyMap<string, Device>,
): Summary {
  const devices = [...table.values()];
  const incidents = findIncidents(table);
  const tiles = makeTiles(areas, devices);
  const tileOfArea = new Map(
    tiles.flatMap((tile) => tile.devices.map((device) => [device.area, tile] as const)),
  );
  return {
    counts: count(devices),
    observed: countObserved(devices),
    incidents,
    unknown: findUnknown(devices),
    map: fold(tiles),
    tileOfArea,
    services: countServices(devices),
    untaken: untakenTiles(incidents, tileOfArea),
  };
}

function untakenTiles(
  incidents: readonly Incident[],
  tileOfArea: ReadonlyMap<string, Tile>,
): Map<string, "down" | "degraded"> {
  const fills = new Map<string, "down" | "degraded">();
  for (const incident of incidents) {
    const code = tileOfArea.get(incident.area)?.code;
    if (code === undefined || incident.takenBy !== null) continue;
    if (incident.state !== "degraded") fills.set(code, "down");
    else if (!fills.has(code)) fills.set(code, "degraded");
  }
  return fills;
}
