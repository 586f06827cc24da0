/**
 * The page's one mutable place: what was heard, gathered until the next frame, then applied.
 *
 *   Stream ─ event ─► queue ─ once a frame ─► apply (pure) ─► city, link ─► whoever draws
 */

import { apply } from "./city";
import type { Link } from "./condition";
import type { City, CityEvent } from "./model";
import { Stream, type Ports } from "./stream";

/** A hidden page gets no frames; its queue must not grow for days. */
const MOST_QUEUED = 2_000;

export interface LivePorts extends Ports {
  /** Call before the next picture is drawn. */
  frame(call: () => void): void;
}

export interface Live {
  readonly city: City | null;
  readonly link: Link;
}

export class LiveCity {
  private readonly stream: Stream;
  private queue: CityEvent[] = [];
  private scheduled = false;
  private listeners = new Set<() => void>();
  private hearers = new Set<(event: CityEvent) => void>();
  private state: Live;

  constructor(private readonly ports: LivePorts) {
    this.state = {
      city: null,
      link: {
        startedMono: ports.mono(),
        heardMono: null,
        server: null,
        beats: 0,
        refused: "none",
      },
    };
    this.stream = new Stream(ports, {
      onEvent: (event) => this.gather(event),
      onRefused: () => this.refuse(this.state.link.heardMono === null ? "no_link" : "revoked"),
    });
  }

  get current(): Live {
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Be told every event as it comes, before it is applied. */
  hear(hearer: (event: CityEvent) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  start(): void {
    this.stream.open();
  }

  stop(): void {
    this.stream.close();
  }

  /** To be called every second. */
  check(): void {
    this.stream.check();
  }

  /** The server does not know this screen: nothing may be shown. "Revoked" is not taken back. */
  refuse(how: "no_link" | "revoked"): void {
    const { link } = this.state;
    const refused = link.refused === "revoked" ? "revoked" : how;
    this.set({ city: null, link: { ...link, refused } });
  }

  private gather(event: CityEvent): void {
    this.note(event);
    for (const hearer of this.hearers) hearer(event);
    this.queue.push(event);
    if (this.queue.length >= MOST_QUEUED) {
      this.flush();
    } else if (!this.scheduled) {
      this.scheduled = true;
      this.ports.frame(() => this.flush());
    }
  }

  /** Only snapshots and heartbeats say what time it is; a transition tells of the past. */
  private note(event: CityEvent): void {
    const mono = this.ports.mono();
    const at =
      event.type === "snapshot"
        ? event.snapshot.at
        : event.type === "heartbeat"
          ? event.heartbeat.at
          : null;
    const { link } = this.state;
    this.state = {
      ...this.state,
      link: {
        ...link,
        heardMono: mono,
        server: at === null ? link.server : { at, mono },
        beats: link.beats + (event.type === "heartbeat" ? 1 : 0),
        refused: "none",
      },
    };
  }

  private flush(): void {
    this.scheduled = false;
    const events = this.queue;
    this.queue = [];
    if (events.length === 0) return;
    const { city, gap } = apply(this.state.city, events);
    if (gap) this.stream.resync();
    this.set({ ...this.state, city });
  }

  private set(state: Live): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
