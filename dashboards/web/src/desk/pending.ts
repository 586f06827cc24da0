/**
 * What somebody did while the server could not be reached: kept in this browser, marked as unseen by
 * others, and sent when the line is back, each with the time it was done in its words
 * (docs/adr/0051).
 *
 *   take, note ─ no line ─► keep ─► localStorage ─► send, in their order ─► the API
 *                                                     └─ refused, or an hour old ─► said, not lost
 */

import type { ApiError } from "../shared/api/client";

export interface PendingAct {
  readonly key: string;
  readonly kind: "take" | "note";
  readonly incident: number;
  readonly text: string;
  /** When it was done, by the server's clock as far as this page knew it. */
  readonly at: number;
  /** Who did it: only they may send it. */
  readonly who: string;
}

/** What became of one that could not be recorded. */
export interface Refused {
  readonly act: PendingAct;
  /** null: too old. */
  readonly error: ApiError | null;
}

/** Older than this it says nothing about now: a person should look again. */
export const LONGEST_MS = 3_600_000;
const MOST = 50;
const KEY = "pantau.pending";

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export class Pending {
  private acts: readonly PendingAct[];
  private refusals: readonly Refused[] = [];
  private listeners = new Set<() => void>();
  private sending = false;
  private count = 0;
  /** What is not to be sent again, even where it cannot be taken from the shelf. */
  private readonly done = new Set<string>();

  constructor(private readonly shelf: Shelf) {
    this.acts = read(shelf);
  }

  get waiting(): readonly PendingAct[] {
    return this.acts;
  }

  get refused(): readonly Refused[] {
    return this.refusals;
  }

  /** The act about an incident that others do not see yet. */
  of(incident: number): PendingAct | undefined {
    return this.acts.find((one) => one.incident === incident && one.kind === "take");
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Look at the shelf again: other tabs of this browser put there and take from it, too. */
  look(): void {
    const before = this.acts.map(({ key }) => key).join(" ");
    this.acts = read(this.shelf).filter(({ key }) => !this.done.has(key));
    if (this.acts.map(({ key }) => key).join(" ") !== before) this.tell();
  }

  /** Keep one; false: there is no room, or storage is switched off, so it is as good as not done. */
  keep(act: Omit<PendingAct, "key">): boolean {
    this.look();
    if (this.acts.length >= MOST) return false;
    this.count += 1;
    const before = this.acts;
    const tab = Math.random().toString(36).slice(2);
    this.acts = [...before, { ...act, key: `${act.at}-${this.count}-${tab}` }];
    if (this.save()) return true;
    this.acts = before;
    return false;
  }

  /** Its author took note of what could not be recorded. */
  forget(): void {
    this.refusals = [];
    this.tell();
  }

  /**
   * Send what `who` did, in its order, until there is no line again. `send` throws `ApiError`;
   * what is not theirs stays for them.
   */
  async flush(
    who: string,
    now: number,
    send: (act: PendingAct) => Promise<void>,
    isApiError: (error: unknown) => error is ApiError,
  ): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (;;) {
        this.look();
        const act = this.acts.find((one) => one.who === who);
        if (act === undefined) return;
        if (now - act.at > LONGEST_MS) {
          this.drop(act, { act, error: null });
          continue;
        }
        try {
          await send(act);
          this.drop(act);
        } catch (error) {
          if (!isApiError(error)) throw error;
          if (error.status === 0 || error.status === 401 || error.status >= 500) return;
          this.drop(act, { act, error });
        }
      }
    } finally {
      this.sending = false;
    }
  }

  private drop(act: PendingAct, refused?: Refused): void {
    this.done.add(act.key);
    this.acts = read(this.shelf).filter(({ key }) => !this.done.has(key));
    if (refused !== undefined) this.refusals = [...this.refusals, refused];
    this.save();
  }

  private save(): boolean {
    try {
      this.shelf.setItem(KEY, JSON.stringify(this.acts));
      return true;
    } catch {
      return false;
    } finally {
      this.tell();
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** What was kept before; what is not ours to understand is left out. */
function read(shelf: Shelf): PendingAct[] {
  try {
    const found: unknown = JSON.parse(shelf.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isAct).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isAct(value: unknown): value is PendingAct {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Record<string, unknown>;
  return (
    (one["kind"] === "take" || one["kind"] === "note") &&
    Number.isSafeInteger(one["incident"]) &&
    Number.isFinite(one["at"]) &&
    ["key", "text", "who"].every((key) => typeof one[key] === "string")
  );
}
