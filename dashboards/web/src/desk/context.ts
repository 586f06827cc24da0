/** What every component of the desk may use: the city, the time, the words, who is here. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Visitor } from "../shared/api/schema";
import type { Condition, Link } from "../shared/condition";
import type { Incidents, OpenIncidents } from "../shared/incidents";
import type { LiveCity } from "../shared/live";
import type { City } from "../shared/model";
import type { Words } from "./words";

export interface Desk {
  readonly words: Words;
  readonly live: LiveCity;
  /** null before the first snapshot. */
  readonly city: City | null;
  readonly link: Link;
  readonly condition: Condition;
  readonly store: OpenIncidents;
  readonly incidents: Incidents;
  readonly visitor: Visitor;
  readonly zone: string;
  /** Names of owners by id, of areas by code. */
  readonly owners: ReadonlyMap<string, string>;
  readonly areas: ReadonlyMap<string, string>;
  /** Server time now; while the page is stale, the last moment known: durations end there. */
  readonly at: number;
  /** Server time now as far as this page's clock goes on, also while it is stale. */
  readonly now: number;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("outside the desk");
  return desk;
}

/** Whether who is here may act; a viewer may look. */
export function mayAct({ visitor }: Pick<Desk, "visitor">): boolean {
  return visitor.role !== "viewer";
}
