/** Everything the page shows of a city that does not depend on the time: one pass, when it changes. */

import type { IncidentView } from "../shared/api/schema";
import { count, countObserved } from "../shared/city";
import type { Area, Counts, Device } from "../shared/model";
import { serviceOf, type Service } from "../shared/services";
import { ownersOf } from "../shared/texts";
import { findIncidents, findUnknown, isOpen, onlyOf, type Incident } from "./incidents";
import type { Owners } from "./sentences";
import { placeTiles, type Positions } from "./placing";
import { countServices, fold, makeTile, makeTiles, type Folded, type ServiceCount, type Tile } from "../shared/tiles";

export interface Summary {
  readonly counts: Counts;
  /** Counts when the devices were last really observed: what a blind wall may still say. */
  readonly observed: Counts;
  /** What is wrong: incidents and, apart from them, what is degraded. */
  readonly incidents: readonly Incident[];
  readonly unknown: readonly Incident[];
  /** The API has said what is open and who has it. */
  readonly told: boolean;
  readonly tiles: readonly Tile[];
  readonly map: Folded;
  /** The tile that shows an area (by the code a device carries). */
  readonly tileOfArea: ReadonlyMap<string, Tile>;
  readonly services: readonly ServiceCount[];
  /** Codes of the tiles with something that nobody has in hand. */
  readonly untaken: ReadonlySet<string>;
  readonly owners: Owners;
  readonly devices: readonly Device[];
}

/**
 * `told`: the API's open incidents, null: it has not said; `positions`: where sites are; `names`:
 * of owners by their ids, also of those who own no device, but links or power.
 */
export function summarize(
  areas: readonly Area[],
  table: ReadonlyMap<string, Device>,
  told: ReadonlyMap<number, IncidentView> | null,
  positions: Positions,
  names: Owners = new Map(),
): Summary {
  const devices = [...table.values()];
  const incidents = findIncidents(table, told?.values() ?? null);
  const tiles = placeTiles(makeTiles(areas, devices), positions);
  return complete(devices, incidents, tiles, { told: told !== null, owners: new Map([...names, ...ownersOf(devices)]) });
}

/** What the summary says of some services alone; the tiles keep their places. */
export function narrow(summary: Summary, services: readonly Service[]): Summary {
  const serves = ({ kind }: Device): boolean => services.includes(serviceOf(kind));
  return complete(
    summary.devices.filter(serves),
    onlyOf(serves, summary.incidents),
    summary.tiles.map((tile) => makeTile(tile.code, tile.name, tile.devices.filter(serves))),
    summary,
  );
}

function complete(
  devices: readonly Device[],
  incidents: readonly Incident[],
  tiles: readonly Tile[],
  { told, owners }: Pick<Summary, "told" | "owners">,
): Summary {
  const tileOfArea = new Map(
    tiles.flatMap((tile) => tile.devices.map((device) => [device.area, tile] as const)),
  );
  return {
    counts: count(devices),
    observed: countObserved(devices),
    incidents,
    unknown: findUnknown(devices),
    told,
    tiles,
    map: fold(tiles),
    tileOfArea,
    services: countServices(devices),
    untaken: untakenTiles(incidents, tileOfArea),
    owners,
    devices,
  };
}

function untakenTiles(
  incidents: readonly Incident[],
  tileOfArea: ReadonlyMap<string, Tile>,
): Set<string> {
  const codes = new Set<string>();
  for (const { roots, behind } of incidents.filter(isOpen)) {
    for (const { area } of [...roots, ...behind]) {
      const code = tileOfArea.get(area)?.code;
      if (code !== undefined) codes.add(code);
    }
  }
  return codes;
}
