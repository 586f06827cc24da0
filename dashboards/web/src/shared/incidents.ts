/**
 * The incidents in which something is out now, kept current: asked for once, then by what the
 * stream says is new.
 *
 *   LiveCity.hear ─► snapshot, or `incident` null ─► GET /incidents ──┐
 *                    `incident` ids ─► GET /incidents/{id}, each ─────┴─► open
 *
 * One question at a time; what comes meanwhile is asked for after it, so an answer can never
 * undo a newer one. A storm's news travel together.
 */

import { ApiError, type Ask } from "./api/client";
import type { IncidentView } from "./api/schema";
import type { CityEvent } from "./model";

const PAGE = 500;
/** So many changed at once are cheaper to get as the list. */
const MOST_SINGLE = 8;
const GATHER_MS = 200;
/** And so long it rests after an answer: in a storm every screen of the city asks. */
const REST_MS = 800;
const RETRY_MS = 5_000;

export interface IncidentsPorts {
  readonly ask: Ask;
  /** Call once after so many milliseconds. */
  later(call: () => void, milliseconds: number): void;
}

export interface Incidents {
  /** By id; null before the first answer. */
  readonly open: ReadonlyMap<number, IncidentView> | null;
  /** Why the last question was not answered; null: it was. */
  readonly trouble: ApiError | null;
}

/** Nothing of it is out, or it is told elsewhere. */
function isOver(one: IncidentView): boolean {
  return one.recovered_at !== null || one.resolved_at !== null || one.merged_into !== null;
}

export class OpenIncidents {
  private state: Incidents = { open: null, trouble: null };
  private listeners = new Set<() => void>();
  /** What to ask for next; null: everything. */
  private wanted: Set<number> | null = new Set();
  private scheduled = false;

  constructor(private readonly ports: IncidentsPorts) {}

  get current(): Incidents {
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** To be told every event of the stream. */
  hear(event: CityEvent): void {
    if (event.type === "snapshot") this.want(null);
    if (event.type === "incident") this.want(event.incidents.ids);
  }

  /** Take over what an action answered, at once: its author must not wait to see it. */
  put(one: IncidentView): void {
    if (this.state.open !== null) this.set(new Map(this.state.open).set(one.id, one));
    this.want([one.id]); // an answer to an older question may be on its way
  }

  /** Ask for these anew, or for all (null), soon. */
  want(ids: readonly number[] | null): void {
    if (ids === null) this.wanted = null;
    else for (const id of ids) this.wanted?.add(id);
    this.schedule(GATHER_MS);
  }

  private schedule(milliseconds: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.ports.later(() => void this.work(), milliseconds);
  }

  private async work(): Promise<void> {
    const wanted = this.wanted;
    this.wanted = new Set();
    try {
      if (wanted === null || wanted.size > MOST_SINGLE || this.state.open === null) {
        this.set(await this.all());
      } else {
        this.set(await this.single(wanted, new Map(this.state.open)));
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.state = { ...this.state, trouble: error };
      this.tell();
      this.wanted = null;
      this.scheduled = false;
      this.schedule(RETRY_MS);
      return;
    }
    this.ports.later(() => {
      this.scheduled = false;
      if (this.wanted === null || this.wanted.size > 0) this.schedule(0);
    }, REST_MS);
  }

  private async all(): Promise<Map<number, IncidentView>> {
    const found = new Map<number, IncidentView>();
    let cursor: string | null = null;
    do {
      const page: { items: readonly IncidentView[]; next: string | null } = await this.ports.ask(
        "GET /incidents",
        { query: { phase: "open", limit: PAGE, cursor } },
      );
      for (const one of page.items) found.set(one.id, one);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  private async single(
    ids: ReadonlySet<number>,
    open: Map<number, IncidentView>,
  ): Promise<Map<number, IncidentView>> {
    for (const id of ids) {
      const one = await this.ports.ask("GET /incidents/{incident_id}", { at: [id] });
      if (isOver(one)) open.delete(id);
      else open.set(id, one);
    }
    return open;
  }

  private set(open: ReadonlyMap<number, IncidentView>): void {
    this.state = { open, trouble: null };
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
