/**
 * Which page is shown when: every panel with the same address turns at the same moment, because
 * the turn follows from the server's time alone.
 *
 *   /dinding/?halaman=ringkasan,insiden,peta&tiap=20
 *
 * While somebody should come and nobody has said so, nothing turns: the first of the pages that
 * tells of incidents stays.
 */

import type { Page } from "./pages";

export interface Rotation {
  readonly pages: readonly Page[];
  readonly everyMs: number;
}

export interface Turn {
  readonly index: number;
  /** How much of its time has gone, 0 to 1; null while it is held. */
  readonly share: number | null;
}

/** A page that nobody can read through, and one that hides the others for too long. */
const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 600;
const USUAL_SECONDS = 20;

/** What the address asks for, or null: less than two pages are no rotation. */
export function rotationIn(query: URLSearchParams, all: readonly Page[]): Rotation | null {
  const names = (query.get("halaman") ?? "").split(",");
  const pages = names.flatMap((name) => all.find((page) => page.name === name.trim()) ?? []);
  return rotationOf(pages, Number(query.get("tiap") ?? USUAL_SECONDS));
}

/** Pages in turn, or null: less than two are no rotation. */
export function rotationOf(
  pages: readonly Page[],
  asked: number = USUAL_SECONDS,
): Rotation | null {
  if (pages.length < 2) return null;
  const seconds = Number.isFinite(asked) ? asked : USUAL_SECONDS;
  const everyMs = 1000 * Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, seconds));
  return { pages, everyMs };
}

/** The page to show at this moment of the server's clock. */
export function turnAt({ pages, everyMs }: Rotation, at: number, held: boolean): Turn {
  if (held) return { index: Math.max(0, pages.findIndex((page) => page.tells)), share: null };
  const turns = at / everyMs;
  return { index: Math.floor(turns) % pages.length, share: turns - Math.floor(turns) };
}
