/** One chart with what belongs to it: its name, its limits, the value under the pointer. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Readings } from "../../shared/api/schema";
import { clock, date } from "../../shared/time";
import { useBox } from "../../shared/view/hooks";
import { useDesk } from "../context";
import { capital } from "../texts";
import { valueWord } from "../../shared/values";
import type { Segment } from "./history";
import { columns, type Limit } from "./series";

/** More lines in one chart are a thicket. */
const MOST_LINES = 3;
const DAY_SECONDS = 86_400;

/** The shortest span a chart shows. */
const SHORTEST_SECONDS = 1800;

interface DrawingProps {
  readonly name: string;
  readonly unit: string;
  readonly readings: Readings;
  /** Its states over the time that is shown. */
  readonly states: readonly Segment[];
  readonly limits: readonly Limit[];
}

export function Drawing({ name, unit, readings, states, limits }: DrawingProps): JSX.Element {
  const { words, zone } = useDesk();
  const element = useRef<HTMLDivElement>(null);
  const { width } = useBox(element, null);
  const [pointed, setPointed] = useState<{ at: number; values: readonly (number | null)[] } | null>(
    null,
  );
  const data = useMemo(() => columns(readings.items.slice(0, MOST_LINES)), [readings]);
  const to = Date.parse(readings.to) / 1000;
  // A device that is watched since a minute ago: its line is not squeezed into the last pixel.
  const from = Math.max(
    Date.parse(readings.from) / 1000,
    Math.min(data.at[0] ?? to, to - SHORTEST_SECONDS),
  );
  const bands = states.filter((one) => one.state !== "up");
  const drawn = JSON.stringify([
    bands.map((one) => [one.state, one.from > from * 1000 ? one.from : 0]),
    limits,
  ]);
  const time = (seconds: number): string =>
    to - from > 2 * DAY_SECONDS
      ? date(seconds * 1000, zone, words)
      : clock(seconds * 1000, zone, words);
  useEffect(() => {
    const box = element.current;
    if (box === null || width === 0) return undefined;
    let clear: (() => void) | null = null;
    let gone = false;
    void import("./plot").then(({ plot }) => {
      if (gone) return;
      clear = plot(box, {
        width,
        columns: data,
        from,
        to,
        zone,
        bands: bands.map((one) => ({ ...one, word: capital(words.say(`state.${one.state}`)) })),
        limits: limits.map(({ value, verdict }) => ({
          value,
          verdict,
          word: `${words.say(`charts.${verdict}`)} ${valueWord(value, unit, words)}`,
        })),
        time,
        value: (value) => valueWord(value, unit, words),
        onPoint: (at, values) => setPointed(at === null ? null : { at, values }),
      });
    });
    return () => {
      gone = true;
      clear?.();
    };
  }, [data, width, zone, words, unit, from, to, drawn]);

  const last = data.series.map(({ mean }) => [...mean].reverse().find((one) => one != null) ?? null);
  const values = pointed?.values ?? last;
  const when =
    pointed === null
      ? words.say("charts.last")
      : `${to - from > DAY_SECONDS ? `${date(pointed.at * 1000, zone, words)} ` : ""}${clock(pointed.at * 1000, zone, words, true)}`;
  const names = data.series.map((one) => one.name);
  return (
    <>
      <figcaption>
        <span>
          <b>{name}</b>{" "}
          {limits.length > 0 && (
            <small>
              {words.say("charts.limits", {
                limits: limits
                  .map((one) => `${words.say(`charts.${one.verdict}`)} ${one.side === "above" ? ">" : "<"} ${valueWord(one.value, unit, words)}`)
                  .join(", "),
              })}
            </small>
          )}
        </span>
        <span class="quiet">
          {when}{" "}
          {values.map((value, index) => (
            <span key={names[index]} class={`line-${index}`}>
              {names.length > 1 && `${names[index]} `}
              {valueWord(value, unit, words)}{" "}
            </span>
          ))}
          {readings.items.length > MOST_LINES &&
            words.say("and_more", { n: words.number(readings.items.length - MOST_LINES) })}
        </span>
      </figcaption>
      <div class="plot" ref={element} />
    </>
  );
}
