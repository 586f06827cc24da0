/** Readings of a device over a day: one chart a metric, gaps where nothing was measured. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { MetricView, Readings } from "../../shared/api/schema";
import { clock } from "../../shared/time";
import { useBox } from "../../shared/view/hooks";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { metricWord, valueWord } from "../values";
import type { Segment } from "./history";
import { chartable, columns } from "./series";

const DAY_MS = 86_400_000;
const RENEW_MS = 60_000;
/** So many at first: a switch has a hundred. */
const FIRST_CHARTS = 3;
/** More lines in one chart are a thicket. */
const MOST_LINES = 3;

export interface ChartsProps {
  readonly device: string;
  /** Its states over the day. */
  readonly states: readonly Segment[];
}

export function ChartsCard({ device, states }: ChartsProps): JSX.Element {
  const { words } = useDesk();
  const [all, setAll] = useState(false);
  const { value, trouble } = useAnswer(`metrics ${device}`, (signal) =>
    ask("GET /devices/{device_id}/metrics", { at: [device], signal }),
  );
  const metrics = useMemo(() => chartable(value?.items ?? []), [value]);
  const shown = all ? metrics : metrics.slice(0, FIRST_CHARTS);
  return (
    <section class="card charts" data-test="charts">
      <h2>{words.say("charts.title")}</h2>
      {metrics.length === 0 && (
        <p class="quiet">
          {words.say(
            trouble !== null ? "charts.trouble" : value === null ? "loading" : "charts.none",
          )}
        </p>
      )}
      {shown.map((metric) => (
        <Chart key={metric.metric} device={device} metric={metric} states={states} />
      ))}
      {metrics.length > shown.length && (
        <button type="button" onClick={() => setAll(true)}>
          {words.count("charts.more", metrics.length - shown.length)}
        </button>
      )}
    </section>
  );
}

interface ChartProps extends ChartsProps {
  readonly metric: MetricView;
}

function Chart({ device, metric, states }: ChartProps): JSX.Element {
  const { words, at } = useDesk();
  const { value, trouble, renew } = useAnswer(`readings ${device} ${metric.metric}`, (signal) =>
    ask("GET /devices/{device_id}/readings", {
      at: [device],
      query: { metric: metric.metric, from: new Date(at - DAY_MS).toISOString() },
      signal,
    }),
  );
  useEffect(() => {
    const timer = setInterval(renew, RENEW_MS);
    return () => clearInterval(timer);
  }, [renew]);
  const name = metricWord(metric.metric, words);
  const points = value?.items.some((one) => one.points.length > 0) === true;
  return (
    <figure class="chart" data-test="chart">
      {value !== null && points ? (
        <Drawing name={name} unit={metric.unit} readings={value} states={states} />
      ) : (
        <>
          <figcaption>
            <b>{name}</b>
          </figcaption>
          <p class="quiet">
            {words.say(
              trouble !== null ? "charts.trouble" : value === null ? "loading" : "charts.no_points",
            )}
          </p>
        </>
      )}
    </figure>
  );
}

/** The shortest span a chart shows. */
const SHORTEST_SECONDS = 1800;

interface DrawingProps {
  readonly name: string;
  readonly unit: string;
  readonly readings: Readings;
  readonly states: readonly Segment[];
}

function Drawing({ name, unit, readings, states }: DrawingProps): JSX.Element {
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
  const bands = states.filter((one) => one.state !== "up" && one.state !== "maintenance");
  const drawn = JSON.stringify(bands.map((one) => [one.state, one.from > from * 1000 ? one.from : 0]));
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
        bands,
        time: (seconds) => clock(seconds * 1000, zone, words),
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
    pointed === null ? words.say("charts.last") : clock(pointed.at * 1000, zone, words, true);
  const names = data.series.map((one) => one.name);
  return (
    <>
      <figcaption>
        <b>{name}</b>
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
