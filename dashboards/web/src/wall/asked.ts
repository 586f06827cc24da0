/** An answer of the API that is asked for again and again, with its age. */

import { ApiError } from "../shared/api/client";

export interface AskedPorts {
  /** Milliseconds of a clock that only goes forward. */
  mono(): number;
  later(call: () => void, milliseconds: number): void;
}

export interface Answer<T> {
  /** The last good answer; null before the first. */
  readonly value: T | null;
  readonly mono: number | null;
}

const RETRY_MS = 15_000;

export class Asked<T> {
  private state: Answer<T> = { value: null, mono: null };
  private listeners = new Set<() => void>();
  private started = false;

  constructor(
    private readonly ports: AskedPorts,
    private readonly periodMs: number,
    private readonly question: () => Promise<T>,
  ) {}

  get current(): Answer<T> {
    return this.state;
  }

  /** Ask from now on; again does nothing. */
  start(): void {
    if (this.started) return;
    this.started = true;
    void this.work();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Milliseconds since the last good answer, if it is older than two periods; else null. */
  lateMs(mono: number): number | null {
    const { mono: at } = this.state;
    return at !== null && mono - at > 2 * this.periodMs ? mono - at : null;
  }

  private async work(): Promise<void> {
    let pause = this.periodMs;
    try {
      const value = await this.question();
      this.state = { value, mono: this.ports.mono() };
      for (const listener of this.listeners) listener();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      pause = Math.min(pause, RETRY_MS);
    }
    this.ports.later(() => void this.work(), pause);
  }
}
