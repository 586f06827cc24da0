/** Draws the city on a canvas, in the colours of the style sheet. */

import { STATES, type State } from "../../shared/model";
import type { Box } from "../../shared/view/hooks";
import type { Dot, Point, Region } from "../../shared/geography";

export interface Drawn {
  readonly regions: readonly Region[];
  /** Codes of the regions with something that nobody has in hand. */
  readonly untaken: ReadonlySet<string>;
  readonly flags: readonly { readonly region: Region; readonly place: Point; readonly led: boolean }[];
  /** The site that the address points to. */
  readonly aim: Dot | null;
  readonly blind: boolean;
  /** Codes of the regions whose data is old. */
  readonly hatched: ReadonlySet<string>;
  readonly box: Box;
  readonly rem: number;
}

/** How far an outline stands off its sites, and the gap between two regions, in rem. */
const PAD_REM = 1.7;
const GAP_REM = 0.3;
const DOT_REM = 0.22;
const STATE_DOT_REM = 0.46;

/** Draw everything anew; the canvas takes the size of the box. */
export function drawMap(context: CanvasRenderingContext2D, drawn: Drawn): void {
  const { regions, untaken, flags, aim, blind, hatched, box, rem } = drawn;
  const sharp = window.devicePixelRatio;
  const { canvas } = context;
  canvas.width = Math.round(box.width * sharp);
  canvas.height = Math.round(box.height * sharp);
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  const color = colorsOf(canvas);
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const { hull, tile } of regions) {
    const open = !blind && untaken.has(tile.code);
    const bad = !blind && tile.abnormal > 0;
    fillOutline(context, hull, color("--bg"), (PAD_REM + GAP_REM) * rem);
    const fill = open ? "--region-open" : bad ? "--region-bad" : "--region";
    fillOutline(context, hull, color(fill), PAD_REM * rem);
    if (blind || tile.worst === "unknown") hatch(context, hull, color("--line"), rem);
    if (hatched.has(tile.code)) hatch(context, hull, color("--stale-dark"), rem);
  }
  drawDots(context, regions, blind, color, rem);
  context.strokeStyle = color("--t3");
  context.lineWidth = Math.max(1, 0.15 * rem);
  for (const { region, place, led } of flags) {
    if (led) line(context, place, region.middle);
  }
  if (aim !== null) ring(context, aim, color("--t1"), rem);
}

function colorsOf({ ownerDocument }: HTMLCanvasElement): (name: string) => string {
  const style = getComputedStyle(ownerDocument.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

function outline(context: CanvasRenderingContext2D, hull: readonly Point[]): void {
  context.beginPath();
  hull.forEach(({ x, y }, index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  const [only] = hull;
  // A line of no length has no round ends.
  if (only !== undefined && hull.length === 1) context.lineTo(only.x + 0.01, only.y);
  context.closePath();
}

function fillOutline(
  context: CanvasRenderingContext2D,
  hull: readonly Point[],
  color: string,
  pad: number,
): void {
  outline(context, hull);
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineWidth = 2 * pad;
  context.fill();
  context.stroke();
}

/** Nothing is known of it: hatched, never dim. */
function hatch(
  context: CanvasRenderingContext2D,
  hull: readonly Point[],
  color: string,
  rem: number,
): void {
  const xs = hull.map((point) => point.x);
  const ys = hull.map((point) => point.y);
  const pad = PAD_REM * rem;
  const [left, right] = [Math.min(...xs) - pad, Math.max(...xs) + pad];
  const [top, bottom] = [Math.min(...ys) - pad, Math.max(...ys) + pad];
  context.save();
  outline(context, hull);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 0.5 * rem;
  context.beginPath();
  for (let x = left - (bottom - top); x < right; x += 1.4 * rem) {
    context.moveTo(x, bottom);
    context.lineTo(x + (bottom - top), top);
  }
  context.stroke();
  context.restore();
}

function drawDots(
  context: CanvasRenderingContext2D,
  regions: readonly Region[],
  blind: boolean,
  color: (name: string) => string,
  rem: number,
): void {
  const stateOf = (dot: Dot): State => (blind ? "unknown" : dot.state);
  const dots = regions.flatMap((region) => region.dots);
  // The worst last, so that it lies on top.
  for (const state of [...STATES].reverse()) {
    const radius = (state === "up" || blind ? DOT_REM : STATE_DOT_REM) * rem;
    context.fillStyle = color(state === "up" ? "--quiet" : `--${state}`);
    context.beginPath();
    for (const dot of dots) {
      if (stateOf(dot) !== state) continue;
      context.moveTo(dot.x + radius, dot.y);
      context.arc(dot.x, dot.y, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }
}

function line(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, at: Point, color: string, rem: number): void {
  context.strokeStyle = color;
  context.lineWidth = 0.4 * rem;
  context.beginPath();
  context.arc(at.x, at.y, 1.8 * rem, 0, 2 * Math.PI);
  context.stroke();
}
