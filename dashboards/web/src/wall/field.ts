/**
 * The field of marks in a tile: every device visible, whatever their number.
 *
 * One path a state, not one node a device: 10,000 devices are some forty paths. Marks have the
 * silhouettes of the glyphs; a healthy device is a quiet dot.
 */

import { add } from "../shared/groups";
import type { State } from "../shared/model";
import type { Box } from "../shared/view/hooks";

export interface Grid {
  readonly columns: number;
  /** Distance between the middles of two marks. */
  readonly pitch: number;
}

/** The grid with the largest marks (at most `largest`) that holds `count` of them in the box. */
export function fitGrid(count: number, box: Box, largest: number): Grid {
  const { width, height } = box;
  if (count <= 0 || width <= 0 || height <= 0) return { columns: 1, pitch: largest };
  for (let columns = Math.max(1, Math.ceil(width / largest)); ; columns += 1) {
    const pitch = Math.min(largest, height, width / columns);
    if (columns * Math.floor(height / pitch + 1e-9) >= count) return { columns, pitch };
  }
}

export interface FieldPaths {
  /** Path data by state; states without a device are absent. */
  readonly paths: Readonly<Partial<Record<State, string>>>;
  /** Half the height of a mark. */
  readonly radius: number;
}

type Polygon = readonly (readonly [number, number])[];

/** Silhouettes with their cut-outs, in units of the radius; cut by the even-odd rule. */
const SHAPES: Readonly<Record<"down" | "unreachable" | "degraded" | "maintenance", readonly Polygon[]>> =
  {
    down: [rectangle(-0.88, -0.88, 0.88, 0.88), cross(0.2, 0.56)],
    unreachable: [
      [
        [0, -1.04],
        [1.04, 0],
        [0, 1.04],
        [-1.04, 0],
      ],
      rectangle(-0.46, -0.15, 0.46, 0.15),
    ],
    degraded: [
      [
        [0, -0.92],
        [1, 0.8],
        [-1, 0.8],
      ],
      rectangle(-0.13, -0.34, 0.13, 0.22),
      rectangle(-0.13, 0.36, 0.13, 0.6),
    ],
    maintenance: [hexagon(1), hexagon(0.42)],
  };

/** Below this radius (px) the cut-outs would only blur the silhouette. */
const PLAIN_BELOW = 5;

/** The states that a text names, one word each; an area without devices has none. */
export function statesIn(text: string): State[] {
  return text === "" ? [] : (text.split(" ") as State[]);
}

/** The paths of a field, its marks in reading order. */
export function drawField(states: readonly State[], grid: Grid): FieldPaths {
  const radius = grid.pitch * 0.38;
  const pieces = new Map<State, string[]>();
  states.forEach((state, index) => {
    const x = ((index % grid.columns) + 0.5) * grid.pitch;
    const y = (Math.floor(index / grid.columns) + 0.5) * grid.pitch;
    add(pieces, state, mark(state, x, y, radius));
  });
  return {
    paths: Object.fromEntries([...pieces].map(([state, list]) => [state, list.join("")])),
    radius,
  };
}

function mark(state: State, x: number, y: number, radius: number): string {
  if (state === "up") return `M${round(x)} ${round(y)}h0`; // a dot: the round end of no line
  if (state === "unknown") return ring(x, y, radius * 0.84);
  const shapes = radius < PLAIN_BELOW ? SHAPES[state].slice(0, 1) : SHAPES[state];
  return shapes.map((shape) => polygon(shape, x, y, radius)).join("");
}

function polygon(points: Polygon, x: number, y: number, radius: number): string {
  return `M${points
    .map(([dx, dy]) => `${round(x + dx * radius)} ${round(y + dy * radius)}`)
    .join("L")}Z`;
}

/** A circle of two arcs, to be stroked with dashes. */
function ring(x: number, y: number, radius: number): string {
  const r = round(radius);
  const turn = `a${r} ${r} 0 1 1`;
  return `M${round(x - radius)} ${round(y)}${turn} ${round(2 * radius)} 0${turn} ${round(-2 * radius)} 0`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function rectangle(left: number, top: number, right: number, bottom: number): Polygon {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/** A diagonal cross: `half` is half its stroke across the diagonal, `reach` where it ends. */
function cross(half: number, reach: number): Polygon {
  const inner = reach - half;
  return [
    [-inner, -reach],
    [-reach, -inner],
    [-half, 0],
    [-reach, inner],
    [-inner, reach],
    [0, half],
    [inner, reach],
    [reach, inner],
    [half, 0],
    [reach, -inner],
    [inner, -reach],
    [0, -half],
  ];
}

function hexagon(radius: number): Polygon {
  return [0, 1, 2, 3, 4, 5].map((corner) => {
    const angle = (corner * Math.PI) / 3;
    return [Math.cos(angle) * radius, Math.sin(angle) * radius] as const;
  });
}
