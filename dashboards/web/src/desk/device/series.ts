/** What charts are drawn from: which metrics, in which order, with gaps where nothing was measured. */

import type { MetricView, SeriesView } from "../../shared/api/schema";

/** What people look at first; the rest follows by name. */
const FIRST = [
  "ping_rtt_seconds",
  "ping_loss_percent",
  "cpu_percent",
  "memory_used_percent",
  "temperature_celsius",
  "if_in_utilization_percent",
  "if_out_utilization_percent",
] as const;

/** Counters as they are stored climb for ever: a chart of them says nothing. */
const COUNTER = /(?:_octets|_packets|_pkts|_errors|_discards|_total|_count|uptime_seconds)$/u;

/** The metrics worth a chart, each once, in the order to show them. */
export function chartable(metrics: readonly MetricView[]): MetricView[] {
  const found = new Map<string, MetricView>();
  for (const one of metrics) {
    if (typeof one.last_value === "string" || COUNTER.test(one.metric)) continue;
    if (!found.has(one.metric)) found.set(one.metric, one);
  }
  const place = (one: MetricView): number => {
    const index = FIRST.findIndex((name) => name === one.metric);
    return index < 0 ? FIRST.length : index;
  };
  return [...found.values()].sort(
    (a, b) => place(a) - place(b) || (a.metric < b.metric ? -1 : 1),
  );
}

/** A line that a value should not cross. */
export interface Limit {
  readonly value: number;
  readonly side: "above" | "below";
  readonly verdict: "warning" | "critical";
}

/** The limits of a metric as lines, those that warn first. */
export function limitsOf(limits: MetricView["limits"]): Limit[] {
  if (limits === null) return [];
  const sides = ["above", "below"] as const;
  return (["warning", "critical"] as const).flatMap((verdict) =>
    sides.flatMap((side): Limit[] => {
      const value = limits[`${verdict}_${side}`];
      return value === null ? [] : [{ value, side, verdict }];
    }),
  );
}

/** Columns as uPlot wants them: seconds, then a mean, a low and a high for each series. */
export interface Columns {
  readonly at: readonly number[];
  readonly series: readonly {
    readonly name: string;
    readonly mean: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
  }[];
}

/** Beyond this many usual distances between two points nothing was measured in between. */
const GAP = 2.5;

/** Points of several series on one time axis. Where a series has a gap it has a null in it. */
export function columns(list: readonly SeriesView[]): Columns {
  const moments = new Set<number>();
  for (const one of list) {
    const times = one.points.map(([at]) => Date.parse(at) / 1000);
    const usual = median(times.slice(1).map((at, index) => at - (times[index] ?? at)));
    times.forEach((at, index) => {
      moments.add(at);
      const before = times[index - 1];
      if (before !== undefined && at - before > GAP * usual) moments.add(before + usual);
    });
  }
  const at = [...moments].sort((a, b) => a - b);
  const index = new Map(at.map((moment, place) => [moment, place]));
  return {
    at,
    series: list.map((one) => {
      const mean = new Array<number | null>(at.length).fill(null);
      const [low, high] = [[...mean], [...mean]];
      one.points.forEach(([moment, value], nth) => {
        const place = index.get(Date.parse(moment) / 1000);
        if (place === undefined) return;
        mean[place] = value;
        low[place] = one.low[nth] ?? value;
        high[place] = one.high[nth] ?? value;
      });
      return { name: Object.values(one.labels).join(" "), mean: bridge(mean, at, one), low, high };
    }),
  };
}

/**
 * Series of other moments put nulls between the points of this one; those are no gaps, and a line
 * may go through them: undefined is what uPlot goes over, null where it stops.
 */
function bridge(
  values: (number | null)[],
  at: readonly number[],
  { points }: SeriesView,
): (number | null)[] {
  const times = points.map(([moment]) => Date.parse(moment) / 1000);
  const usual = median(times.slice(1).map((time, index) => time - (times[index] ?? time)));
  let last: number | null = null;
  return values.map((value, place) => {
    if (value !== null) {
      last = at[place] ?? null;
      return value;
    }
    const gone = last === null || (at[place] ?? 0) - last >= usual;
    return gone ? null : (undefined as unknown as null);
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Infinity;
}
