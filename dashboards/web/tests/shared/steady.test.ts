import { expect, test } from "vitest";
import { steadyClock } from "../../src/shared/steady";

const clock = (): { mono: number; wall: number; read: () => number } => {
  const state = { mono: 1_000, wall: 5_000_000, read: () => 0 };
  state.read = steadyClock(
    () => state.mono,
    () => state.wall,
  );
  return state;
};

test("time asleep is time gone by", () => {
  const panel = clock();
  panel.mono += 1_000;
  panel.wall += 1_000;
  expect(panel.read()).toBe(2_000);
  panel.wall += 3_600_000; // the lid was closed
  expect(panel.read()).toBe(3_602_000);
});

test("a clock that is corrected a little, or put back, changes nothing", () => {
  const panel = clock();
  panel.wall += 9_000;
  expect(panel.read()).toBe(1_000);
  panel.wall -= 86_400_000;
  expect(panel.read()).toBe(1_000);
  panel.mono += 500;
  expect(panel.read()).toBe(1_500);
});
