/**
 * One live connection, kept alive: an EventSource that is closed and opened anew by our own
 * rules, because a browser's own retry gives up on some errors and never notices a half-open
 * connection (cable pulled, proxy gone): there the stream is silent and no error ever comes.
 *
 * Every opening is a new EventSource, so it starts with a snapshot.
 */

import { STALE_MS } from "./condition";
import type { CityEvent } from "./model";
import { readEvent, WireError } from "./wire";

export const EVENTS_PATH = "/api/v1/events";
export const STATUS_PATH = "/api/v1/status";

const EVENT_TYPES = ["snapshot", "transition", "heartbeat", "incident", "alert"] as const;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 10_000;
/** A screen without a valid link asks now and then whether it has one again. */
const REFUSED_RETRY_MS = 30_000;

/** The browser, as far as the stream needs it: tests hand in their own. */
export interface Ports {
  open(path: string): EventSource;
  /** Milliseconds of a clock that only goes forward. */
  mono(): number;
  /** Call once after so many milliseconds; returns what cancels it. */
  later(call: () => void, milliseconds: number): () => void;
  random(): number;
  /** Whether the server is there and refuses this screen (401, 403). */
  isRefused(): Promise<boolean>;
}

export interface Listener {
  onEvent(event: CityEvent): void;
  onRefused(): void;
}

export class Stream {
  private source: EventSource | null = null;
  private cancelRetry: (() => void) | null = null;
  private retryMs = FIRST_RETRY_MS;
  private heardMono = 0;
  private heardOnThis = false;

  constructor(
    private readonly ports: Ports,
    private readonly listener: Listener,
  ) {}

  /** Open, or close and open anew at once. */
  open(): void {
    this.close();
    this.heardMono = this.ports.mono();
    this.heardOnThis = false;
    const source = this.ports.open(EVENTS_PATH);
    this.source = source;
    for (const type of EVENT_TYPES) {
      source.addEventListener(type, (message) => {
        if (this.source === source) this.hear(type, (message as MessageEvent<string>).data);
      });
    }
    source.addEventListener("error", () => {
      if (this.source === source) this.lose();
    });
  }

  close(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.source?.close();
    this.source = null;
  }

  /** To be called every second: gives up a connection that has been silent for too long. */
  check(): void {
    if (this.source !== null && this.ports.mono() - this.heardMono >= STALE_MS) this.lose();
  }

  /** What was heard does not fit together: start over with a snapshot, after a pause. */
  resync(): void {
    if (this.source !== null) this.retry();
  }

  private hear(type: CityEvent["type"], text: string): void {
    let event: CityEvent;
    try {
      event = readEvent(type, text);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      console.warn(`unreadable ${type} event: ${error.message}`);
      this.retry();
      return;
    }
    this.heardMono = this.ports.mono();
    this.heardOnThis = true;
    // A server that sends a snapshot and hangs up at once is not healthy: only a stream that
    // goes on is a reason to be quick again.
    if (type !== "snapshot") this.retryMs = FIRST_RETRY_MS;
    this.listener.onEvent(event);
  }

  private lose(): void {
    const neverHeard = !this.heardOnThis;
    this.retry();
    if (neverHeard) void this.askWhetherRefused();
  }

  /** EventSource hides the status code, so a second request asks for it. */
  private async askWhetherRefused(): Promise<void> {
    if (!(await this.ports.isRefused())) return;
    if (this.source !== null) return; // meanwhile open again
    this.retry(REFUSED_RETRY_MS);
    this.listener.onRefused();
  }

  private retry(milliseconds = this.nextRetry()): void {
    this.close();
    this.cancelRetry = this.ports.later(() => this.open(), milliseconds);
  }

  /** Doubling, up to 10 s, spread so that forty screens do not return in one instant. */
  private nextRetry(): number {
    const pause = this.retryMs * (0.75 + this.ports.random() / 2);
    this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
    return pause;
  }
}
