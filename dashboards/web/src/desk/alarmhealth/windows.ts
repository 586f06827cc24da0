/** Which spans of time are compared: the one looked at, and those before it. Pure. */

const DAY_MS = 86_400_000;

/** Days of a span that can be chosen, and how many of the same length before it are shown. */
export const SPANS = [1, 7, 30] as const;
export type Span = (typeof SPANS)[number];
const BEFORE = 6;

export interface Window {
  readonly from: number;
  readonly to: number;
}

export function spanIn(query: URLSearchParams): Span {
  return SPANS.find((days) => String(days) === query.get("hari")) ?? 7;
}

/** The span that ends now, and those before it, the newest first. */
export function windowsOf(days: Span, now: number): readonly Window[] {
  const length = days * DAY_MS;
  return Array.from({ length: BEFORE + 1 }, (_, index) => ({
    from: now - (index + 1) * length,
    to: now - index * length,
  }));
}
