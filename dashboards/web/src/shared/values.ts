/** Readings as people say them. */

import type { Words } from "./words";

const SCALES: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  s: [1000, "unit.ms"],
};

/** A value with its unit as people say it: `12,3 md`, `96%`, `41,5 °C`. */
export function valueWord(value: number | null, unit: string, words: Words): string {
  if (value === null) return "–";
  const [factor, key] = SCALES[unit] ?? [1, null];
  const scaled = value * factor;
  const digits = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2;
  const text = new Intl.NumberFormat(words.language === "id" ? "id-ID" : "en-GB", {
    maximumFractionDigits: digits,
  }).format(scaled);
  if (key !== null) return `${text} ${words.find(key) ?? unit}`;
  if (unit === "%") return `${text}%`;
  return unit === "1" || unit === "" ? text : `${text} ${unit === "celsius" ? "°C" : unit}`;
}

/** What a metric is called: `Ping hilang`; one without words keeps its own name, readable. */
export function metricWord(metric: string, words: Words): string {
  return words.find(`metric.${metric}`) ?? metric.replaceAll("_", " ");
}

const LIMIT = /^(?<metric>[a-z][a-z0-9_]*) = (?<value>-?[\d.]+) ?(?<unit>\S*)$/u;

/** What the collector says of a limit (`ping_loss_percent = 33.3333 %`) as people say it, or null. */
export function limitWord(detail: string, words: Words): string | null {
  const found = LIMIT.exec(detail)?.groups;
  if (found === undefined) return null;
  const value = valueWord(Number(found["value"]), found["unit"] ?? "", words);
  return `${metricWord(found["metric"] ?? "", words)} ${value}`;
}
