/** The one sentence on top of the wall, while it is live. */

import type { Counts } from "../shared/model";
import type { Incident } from "./incidents";
import type { Words } from "./words";

/** The sentence a person could say aloud, while the wall is live. */
export function verdict(incidents: readonly Incident[], counts: Counts, words: Words): string {
  const open = incidents.filter((one) => one.takenBy === null).length;
  if (open > 0) return words.count("verdict.open", open);
  if (incidents.length > 0) return words.count("verdict.taken", incidents.length);
  if (counts.unknown > 0) return words.count("verdict.unknown", counts.unknown);
  return words.say("verdict.calm");
}
