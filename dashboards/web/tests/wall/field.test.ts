import { describe, expect, test } from "vitest";
import { drawField, fitGrid, statesIn } from "../../src/wall/field";
import type { State } from "../../src/shared/model";

describe("the grid", () => {
  test.each([
    [1, 186, 60],
    [14, 186, 60],
    [200, 186, 60],
    [667, 186, 60],
    [5000, 186, 60],
    [14, 186, 20],
  ])("holds %i marks in %i × %i", (count, width, height) => {
    const { columns, pitch } = fitGrid(count, { width, height }, 29);
    expect(columns * pitch).toBeLessThanOrEqual(width + 1e-6);
    expect(Math.ceil(count / columns) * pitch).toBeLessThanOrEqual(height + 1e-6);
    expect(pitch).toBeLessThanOrEqual(29);
  });

  test("of a box that is not laid out yet does not loop", () => {
    expect(fitGrid(5, { width: 0, height: 0 }, 29)).toEqual({ columns: 1, pitch: 29 });
  });
});

describe("the paths", () => {
  const draw = (states: State[]) => drawField(states, { columns: 10, pitch: 20 }).paths;

  test("are one a state, whatever the number of devices", () => {
    const states = Array.from({ length: 10_000 }, (_, n): State => (n % 2 ? "up" : "down"));
    expect(Object.keys(draw(states)).sort()).toEqual(["down", "up"]);
  });

  test("put each device where its number says", () => {
    expect(draw(["up", "up"]).up).toBe("M10 10h0M30 10h0");
    expect(drawField(["up", "up"], { columns: 1, pitch: 20 }).paths.up).toBe("M10 10h0M10 30h0");
  });

  test("give every state a silhouette of its own", () => {
    const states: State[] = ["down", "unreachable", "degraded", "unknown", "maintenance", "up"];
    expect(new Set(states.map((state) => draw([state])[state])).size).toBe(states.length);
  });

  test("leave out the cut-outs where they would only blur", () => {
    const small = drawField(["down"], { columns: 1, pitch: 8 }).paths.down;
    expect(small?.match(/M/gu)).toHaveLength(1);
    expect(draw(["down"]).down?.match(/M/gu)).toHaveLength(2);
  });
});

test("an area without devices of a service has no marks", () => {
  expect(statesIn("")).toEqual([]);
  expect(statesIn("up down up")).toEqual(["up", "down", "up"]);
  expect(drawField(statesIn(""), { columns: 4, pitch: 20 }).paths).toEqual({});
});
