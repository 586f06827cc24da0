import { expect, test } from "vitest";
import type { WallFigure } from "../../src/shared/api/schema";
import { figuresFor, figureText } from "../../src/wall/figures";
import { wordsOf } from "../../src/wall/words";

const AT = Date.parse("2026-11-22T03:26:41Z");
const id = wordsOf("id");

function figure(name: WallFigure["name"], more: Partial<WallFigure> = {}): WallFigure {
  return {
    name,
    value: 12,
    devices: 30,
    all: 30,
    oldest_at: "2026-11-22T03:26:01Z",
    device: null,
    device_name: null,
    part: null,
    seconds: null,
    ...more,
  };
}

test("a figure that rests on everything and is new says only itself", () => {
  expect(figureText(figure("wifi_users", { value: 1812 }), AT, id)).toEqual({
    value: "1.812",
    of: "",
    lacks: "",
  });
});

test("it says of how many it is when some told nothing, and its age when it is old", () => {
  const partly = figure("wifi_users", { devices: 29, oldest_at: "2026-11-22T03:22:01Z" });
  expect(figureText(partly, AT, id).lacks).toBe("29/30 · 4 mnt");
});

test("what nobody tells is a dash and never a nought", () => {
  expect(figureText(figure("without_users", { value: null }), AT, id).value).toBe("–");
  expect(figureText(figure("without_users", { value: 0 }), AT, id).value).toBe("0");
});

test("a value that is one device's names it", () => {
  const battery = figure("on_battery", { value: 2, device_name: "UPS Losari", seconds: 725 });
  expect(figureText(battery, AT, id).of).toBe("12 mnt · UPS Losari");
  expect(figureText(figure("fullest_disk", { value: 99.97 }), AT, id).value).toBe("99%");
  expect(figureText(figure("hottest", { value: 41.8 }), AT, wordsOf("en")).value).toBe("41 °C");
});

test("each page has its own", () => {
  const all = [figure("hottest"), figure("wifi_users"), figure("on_battery")];
  expect(figuresFor("server", all).map((one) => one.name)).toEqual(["on_battery", "hottest"]);
  expect(figuresFor("ringkasan", all)).toEqual([]);
});
