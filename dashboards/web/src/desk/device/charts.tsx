/** Readings of a device over the span of its history: one chart a metric, gaps where nothing was measured. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { MetricView } from "../../shared/api/schema";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { metricWord } from "../../shared/values";
import type { Past } from "./bar";
import { Drawing } from "./drawing";
import { chartable, limitsOf } from "./series";

const RENEW_MS = 60_000;
/** So many at first: a switch has a hundred. */
const FIRST_CHARTS = 3;

export interface ChartsProps {
  readonly device: string;
  readonly past: Past;
}

export function ChartsCard({ device, past }: ChartsProps): JSX.Element {
  const { words } = useDesk();
  const [all, setAll] = useState(false);
  const { value, trouble } = useAnswer(`metrics ${device}`, (signal) =>
    ask("GET /devices/{device_id}/metrics", { at: [device], signal }),
  );
  const metrics = useMemo(() => chartable(value?.items ?? []), [value]);
  const shown = all ? metrics : metrics.slice(0, FIRST_CHARTS);
  return (
    <section class="card charts" data-test="charts">
      <h2>
        {words.say("charts.title")},{" "}
        {past.days === 1 ? words.say("history.day") : words.say("history.days", { n: past.days })}
      </h2>
      {metrics.length === 0 && (
        <p class="quiet">
          {words.say(
            trouble !== null ? "charts.trouble" : value === null ? "loading" : "charts.none",
          )}
        </p>
      )}
      {shown.map((metric) => (
        <Chart key={metric.metric} device={device} metric={metric} past={past} />
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

function Chart({ device, metric, past }: ChartProps): JSX.Element {
  const { words } = useDesk();
  const { value, trouble, renew } = useAnswer(
    `readings ${device} ${metric.metric} ${past.days}`,
    (signal) =>
      ask("GET /devices/{device_id}/readings", {
        at: [device],
        query: { metric: metric.metric, from: new Date(past.from).toISOString() },
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
        <Drawing
          name={name}
          unit={metric.unit}
          readings={value}
          states={past.list}
          limits={limitsOf(metric.limits)}
        />
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
