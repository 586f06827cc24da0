/** A device's states over a span, from its transitions: values in, segments of a bar out. Pure. */

import type { TransitionView } from "../../shared/api/schema";
import { STATES, type State } from "../../shared/model";

export interface Segment {
  readonly state: State;
  /** Milliseconds since 1970, within the span. */
  readonly from: number;
  readonly to: number;
  /** What was planned, where that is why. */
  readonly title?: string;
}

/** A time of planned work. */
export interface Planned {
  readonly from: number;
  readonly to: number;
  readonly title: string;
}

/**
 * The states from `from` to `to`, one after the other without a gap. Transitions come newest first;
 * what was before the oldest of them is what that one says it replaced. Two of the same state are
 * one segment. Where a state was noticed late (`at` lies before its predecessor's end) the later
 * word is the true one.
 */
export function segments(
  transitions: readonly Pick<TransitionView, "old" | "new" | "at">[],
  now: State,
  from: number,
  to: number,
): Segment[] {
  const found: Segment[] = []; // from the newest to the oldest
  let end = to;
  let state: State = now;
  for (const one of transitions) {
    const at = Date.parse(one.at);
    state = one.new;
    if (at < end) {
      found.push({ state, from: Math.max(from, at), to: end });
      end = Math.max(from, at);
    }
    state = one.old;
    if (end <= from) break;
  }
  if (end > from) found.push({ state, from, to: end });
  return merge(found.reverse());
}

function merge(list: readonly Segment[]): Segment[] {
  const found: Segment[] = [];
  for (const one of list) {
    const last = found.at(-1);
    if (last !== undefined && last.state === one.state) found[found.length - 1] = { ...last, to: one.to };
    else found.push(one);
  }
  return found;
}

/** The same with planned work over it: what was measured meanwhile counts for nothing. */
export function overlaid(list: readonly Segment[], planned: readonly Planned[]): Segment[] {
  let found = [...list];
  for (const { from, to, title } of planned) {
    found = found.flatMap((one): Segment[] => {
      const [begins, ends] = [Math.max(one.from, from), Math.min(one.to, to)];
      if (ends <= begins || one.state === "maintenance") return [one];
      return [
        { ...one, to: begins },
        { state: "maintenance" as const, from: begins, to: ends, title },
        { ...one, from: ends },
      ].filter((part) => part.to > part.from);
    });
  }
  return found.reduce<Segment[]>((joined, one) => {
    const last = joined.at(-1);
    const same = last !== undefined && last.state === one.state && last.title === one.title;
    return same ? [...joined.slice(0, -1), { ...last, to: one.to }] : [...joined, one];
  }, []);
}

/** The transition that began a segment: the newest to its state that is not after its beginning. */
export function begunBy<T extends Pick<TransitionView, "new" | "at">>(
  segment: Segment,
  transitions: readonly T[],
): T | null {
  return (
    transitions.find((one) => one.new === segment.state && Date.parse(one.at) <= segment.from) ?? null
  );
}

/** How long each state lasted in all, worst first; states that did not occur are absent. */
export function totals(list: readonly Segment[]): { state: State; milliseconds: number }[] {
  return STATES.flatMap((state) => {
    const milliseconds = list
      .filter((one) => one.state === state)
      .reduce((sum, one) => sum + one.to - one.from, 0);
    return milliseconds > 0 ? [{ state, milliseconds }] : [];
  });
}
