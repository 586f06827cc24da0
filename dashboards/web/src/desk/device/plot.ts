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
  /** States other than up, drawn behind the lines with their words. */
  readonly bands: readonly (Segment & { readonly word: string })[];
  /** Lines that the values should not cross; one far from them would flatten them, and is left out. */
  readonly limits: readonly {
    readonly value: number;
    readonly verdict: "warning" | "critical";
    readonly word: string;
  }[];
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
      scales: { x: { min: from, max: to, time: true }, y: { range: (_, low, high) => room(low, high, near(options.limits, low, high)) } },
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
        draw: [
          (chart) => drawLimits(chart, options.limits, (name) => resolve(element, color(name))),
          (chart) => drawWords(chart, options.bands, (name) => resolve(element, color(name))),
        ],
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

/** A limit is drawn up to this many times as far from zero as the values. */
const FAR = 2.5;

/** The limits that may be in the picture: those that do not press the values flat. */
function near(limits: PlotOptions["limits"], low: number | null, high: number | null): number[] {
  const reach = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
  return limits.map(({ value }) => value).filter((value) => Math.abs(value) <= FAR * reach);
}

/** From zero where values are near it, with a little air above; never a line on the very edge. */
function room(low: number | null, high: number | null, lines: readonly number[]): [number, number] {
  if (low === null || high === null) return [0, 1];
  const [least, most] = [Math.min(low, ...lines), Math.max(high, ...lines)];
  const bottom = least >= 0 && least < most / 2 ? 0 : least;
  const air = (most - bottom) * 0.12 || Math.abs(most) * 0.12 || 1;
  return [bottom === 0 ? 0 : bottom - air, most + air];
}

/** Each band where it lies in pixels of the canvas, as far as it is in the picture. */
function placed(
  chart: uPlot,
  bands: PlotOptions["bands"],
): { band: PlotOptions["bands"][number]; left: number; width: number }[] {
  const { bbox } = chart;
  return bands.flatMap((band) => {
    const left = Math.max(bbox.left, chart.valToPos(band.from / 1000, "x", true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(band.to / 1000, "x", true));
    return right <= left ? [] : [{ band, left, width: Math.max(2, right - left) }];
  });
}

function drawBands(chart: uPlot, bands: PlotOptions["bands"], color: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const { band, left, width } of placed(chart, bands)) {
    const isUnknown = band.state === "unknown";
    ctx.fillStyle = isUnknown ? hatch(ctx, color("--line2")) : color(`--${band.state}-tint`);
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
  ctx.restore();
}

/** The word of each band that has room for it, over all that is drawn there. */
function drawWords(chart: uPlot, bands: PlotOptions["bands"], color: (name: string) => string): void {
  const { ctx, bbox } = chart;
  const sharp = devicePixelRatio;
  ctx.save();
  ctx.font = fontOf(sharp);
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  for (const { band, left, width } of placed(chart, bands)) {
    const needed = ctx.measureText(band.word).width + 6 * sharp;
    if (width < needed) continue;
    ctx.fillStyle = color("--card");
    ctx.fillRect(left, bbox.top, needed, 17 * sharp);
    ctx.fillStyle = color(`--${band.state}`);
    ctx.fillText(band.word, left + 3 * sharp, bbox.top + 2 * sharp);
  }
  ctx.restore();
}

function fontOf(sharp: number): string {
  return `${12 * sharp}px "Inter", "Noto Sans", system-ui, sans-serif`;
}

/** Nobody looked: light stripes, as everywhere. */
function hatch(ctx: CanvasRenderingContext2D, stroke: string): CanvasPattern | string {
  const size = 8 * devicePixelRatio;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (pen === null) return stroke;
  pen.strokeStyle = stroke;
  pen.lineWidth = devicePixelRatio;
  for (const start of [-size, 0, size]) {
    pen.moveTo(start, size);
    pen.lineTo(start + size, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, "repeat") ?? stroke;
}

/** Dashed, and named at the right edge. */
function drawLimits(
  chart: uPlot,
  limits: PlotOptions["limits"],
  color: (name: string) => string,
): void {
  const { ctx, bbox } = chart;
  const sharp = devicePixelRatio;
  const { min, max } = chart.scales["y"] ?? {};
  ctx.save();
  ctx.font = fontOf(sharp);
  ctx.textAlign = "right";
  ctx.setLineDash([5 * sharp, 4 * sharp]);
  ctx.lineWidth = sharp;
  for (const { value, verdict, word } of limits) {
    if (min == null || max == null || value < min || value > max) continue;
    const y = chart.valToPos(value, "y", true);
    const right = bbox.left + bbox.width;
    ctx.strokeStyle = color(verdict === "warning" ? "--degraded" : "--down");
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
    ctx.fillStyle = ctx.strokeStyle;
    const above = y - bbox.top > 16 * sharp;
    ctx.textBaseline = above ? "bottom" : "top";
    ctx.fillText(word, right - 3 * sharp, above ? y - 2 * sharp : y + 2 * sharp);
  }
  ctx.restore();
}
