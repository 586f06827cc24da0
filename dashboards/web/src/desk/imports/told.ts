/** What is known of an import, or of its undoing, that was not answered with a record. */

import type { ApiError } from "../../shared/api/client";
import { whyNot } from "../acts";
import type { Words } from "../words";

/** A sentence: that it was not done and why, or that it was or may have been. */
export function toldOf(error: ApiError, words: Words): string {
  if (error.code === "unreachable") return words.say("imp.unheard");
  if (error.code === "not_in_place") return words.say("imp.not_in_place");
  const why = error.code === "undo_refused" ? error.detail : whyNot(error, words);
  return words.say("failure.recorded", { why });
}
