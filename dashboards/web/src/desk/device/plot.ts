/** One chart, drawn by uPlot: loaded when a chart is first shown, and only then. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Segment } from "./history";
import type { Columns } from "./series";

export interface PlotOptions {
  readonly width: number;
  readonly columns: Columns;
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  /** States other than up, drawn behind the lines. */
  readonly bands: readonly Segment[];
  readonly time: (seconds: number) => string;
  readonly value: (value: number) => string;
  /** The moment under the pointer and the values there; null: the pointer has left. */
  readonly onPoint: (at: number | null, values: readonly (number | null)[]) => void;
}

const HEIGHT = 118;
const MOST_LABELS = 6;

/** Draw into an element; returns what takes it away. Colours are the style sheet's. */
export function plot(element: HTMLElement, options: PlotOptions): () => void {
  const { columns, from, to, zone } = options;
  const color = (name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
  const paint = (name: string) => (): string => resolve(element, color(name));
  const axis = {
    stroke: paint("--t3"),
    font: '12px "Inter", "Noto Sans", system-ui, sans-serif',
    ticks: { show: false },
  };
  const step = (to - from) / MOST_LABELS;
  const chart = new uPlot(
    {
      width: options.width,
      height: HEIGHT,
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { min: from, max: to, time: true }, y: { range: (_, low, high) => room(low, high) } },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          grid: { show: false },
          values: (_, splits) => splits.map(options.time),
          splits: () => Array.from({ length: MOST_LABELS }, (_, n) => from + (n + 0.5) * step),
        },
        {
          ...axis,
          size: 62,
          gap: 6,
          grid: { stroke: paint("--line"), width: 1 },
          values: (_, splits) => splits.map(options.value),
          space: 34,
        },
      ],
      series: [
        {},
        ...columns.series.flatMap((_, index) => [
          { stroke: paint(LINES[index % LINES.length] ?? "--t2"), width: 1.5, points: { show: false } },
          { stroke: "transparent", points: { show: false } },
          { stroke: "transparent", points: { show: false } },
        ]),
      ],
      bands: columns.series.map((_, index) => ({
        series: [index * 3 + 3, index * 3 + 2] as uPlot.Band.Bounds,
        fill: paint("--band"),
      })),
      hooks: {
        drawClear: [(chart) => drawBands(chart, options.bands, (name) => resolve(element, color(name)))],
        setCursor: [
          (chart) => {
            const { idx } = chart.cursor;
            const at = idx == null ? undefined : columns.at[idx];
            if (idx == null || at === undefined) options.onPoint(null, []);
            else options.onPoint(at, columns.series.map(({ mean }) => mean[idx] ?? null));
          },
        ],
      },
    },
    [
      [...columns.at],
      ...columns.series.flatMap(({ mean, low, high }) => [[...mean], [...low], [...high]]),
    ],
    element,
  );
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const redraw = (): void => chart.redraw();
  dark.addEventListener("change", redraw);
  return () => {
    dark.removeEventListener("change", redraw);
    chart.destroy();
  };
}

const LINES = ["--t2", "--act", "--unreachable"] as const;

/** The colour that a value of the style sheet (`light-dark(…)`) is here. */
function resolve(element: HTMLElement, value: string): string {
  const probe = document.createElement("i");
  probe.style.color = value;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** From zero where values are near it, with a little air above; never a line on the very edge. */
function room(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const bottom = low >= 0 && low < high / 2 ? 0 : low;
  const air = (high - bottom) * 0.12 || Math.abs(high) * 0.12 || 1;
  return [bottom === 0 ? 0 : bottom - air, high + air];
}

function drawBands(
  chart: uPlot,
  bands: readonly Segment[],
  color: (name: string) => string,
): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const { state, from, to } of bands) {
    const left = Math.max(bbox.left, chart.valToPos(from / 1000, "x", true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(to / 1000, "x", true));
    if (right <= left) continue;
    ctx.fillStyle = color(state === "unknown" ? "--s2" : `--${state}-tint`);
    ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  ctx.restore();
}
