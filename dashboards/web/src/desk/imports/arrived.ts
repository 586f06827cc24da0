/** The preview that came with sending a file, for the page that shows it: it need not be made twice. */

import type { ListPreview } from "../../shared/api/schema";

let arrived: ListPreview | null = null;

export function arrive(preview: ListPreview): void {
  arrived = preview;
}

/** The preview of that file as proposed, once; null: it has to be asked for. */
export function takeArrived(upload: string, source: string): ListPreview | null {
  const found = arrived;
  if (found === null || found.upload !== upload || found.source !== source) return null;
  arrived = null;
  return found;
}
