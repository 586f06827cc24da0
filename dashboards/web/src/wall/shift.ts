/** Where the picture stands on the panel: it wanders by 2 px a minute within the margins. */

export const SHIFT_MS = 60_000;
const STEP_PX = 2;
/** Steps to each side of the middle: 8 px, less than the smallest margin. */
const REACH = 4;

/** Pixels from the middle. Every place is visited: the two directions have no common measure. */
export function shiftAt(step: number): { readonly x: number; readonly y: number } {
  return { x: STEP_PX * swing(step, REACH), y: STEP_PX * swing(step, REACH - 1) };
}

/** 0 1 2 … reach … 0 … −reach … 0, again and again. */
function swing(step: number, reach: number): number {
  const at = ((step % (4 * reach)) + 4 * reach) % (4 * reach);
  if (at <= reach) return at;
  return at <= 3 * reach ? 2 * reach - at : at - 4 * reach;
}
