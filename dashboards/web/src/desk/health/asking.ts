/** Pantau's own health, asked again while it is shown. */

import { ask } from "../../shared/api/client";
import type { HealthView, TroubleView } from "../../shared/api/schema";
import { useAnswer, type Answer } from "../answer";
import { useEvery } from "../every";
import type { Words } from "../words";

export function useOwnHealth(everyMs: number): Answer<HealthView> {
  const answer = useAnswer("own health", (signal) => ask("GET /health", { signal }));
  useEvery(everyMs, answer.renew);
  return answer;
}

/** What is wrong, and what to do about it, in the page's language. */
export function troubleWords(
  one: TroubleView,
  words: Words,
): { readonly what: string; readonly remedy: string } {
  return words.language === "en"
    ? { what: one.en, remedy: one.en_remedy }
    : { what: one.id, remedy: one.id_remedy };
}

const STEP = 1000;
const UNITS = ["kB", "MB", "GB", "TB"] as const;

/** `1,2 GB`: floored to one decimal. */
export function bytes(count: number, words: Words): string {
  let value = count;
  let unit = "B";
  for (const next of UNITS) {
    if (value < STEP) break;
    value /= STEP;
    unit = next;
  }
  return `${words.number(Math.floor(value * 10) / 10)} ${unit}`;
}

/** `0,25`: seconds to two decimals, floored. */
export function seconds(value: number | null, words: Words): string {
  return value === null ? "–" : words.number(Math.floor(value * 100) / 100);
}

/** A count that may not have been said: a dash, never 0. */
export function counted(value: number | null, words: Words): string {
  return value === null ? "–" : words.number(Math.floor(value));
}
