/**
 * How large type must be: a size of distance ÷ 150 gives capitals of 16.7 arc-minutes, which
 * satisfies NUREG-0700 (16′) at the back of the room. On the wall 1 rem = A ÷ 6.4.
 */

/** `jarak` and `layar` of the address: metres to the last row, inches of the panel. */
export interface Screen {
  readonly distanceMetres: number;
  readonly diagonalInches: number;
}

/** Millimetres of the long side of a 16:9 panel, per inch of its diagonal. */
const LONG_SIDE_MM_PER_INCH = 22.14;
/** A in rem. */
const A_REM = 6.4;
/** How many rem the frame needs, in the long and in the short direction. */
const FRAME_LONG_REM = 192;
const FRAME_SHORT_REM = 108;

/** What the address says about the screen, or null: then 6 m and 55″ are assumed. */
export function screenIn(query: URLSearchParams): Screen | null {
  return screenOf(Number(query.get("jarak")), Number(query.get("layar")));
}

/** A screen, if both are known. */
export function screenOf(
  distance: number | null | undefined,
  diagonal: number | null | undefined,
): Screen | null {
  const distanceMetres = distance ?? 0;
  const diagonalInches = diagonal ?? 0;
  return distanceMetres > 0 && diagonalInches > 0 ? { distanceMetres, diagonalInches } : null;
}

/** Pixels of one rem, for a window of this size in CSS pixels. */
export function remPixels(screen: Screen | null, width: number, height: number): number {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const fitting = Math.min(long / FRAME_LONG_REM, short / FRAME_SHORT_REM);
  if (screen === null) return fitting;
  const panelMm = screen.diagonalInches * LONG_SIDE_MM_PER_INCH;
  const a = ((screen.distanceMetres * 1000) / 150) * (long / panelMm);
  // Larger than fits would cut the page off; a room that needs it needs a larger panel.
  return Math.min(a / A_REM, fitting);
}
