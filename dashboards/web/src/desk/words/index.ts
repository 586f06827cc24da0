/** The words of the desk: the shared ones and its own. */

import { speaking, type WordsOf } from "../../shared/words";
import en from "./en.json";
import id from "./id.json";

export type Words = WordsOf<typeof id>;

/** The desk's words in one language. */
export const wordsOf = speaking<typeof id>({ id, en });
