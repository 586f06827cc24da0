/** What a form says of a screen, and how its settings are told in a line. */

import { expect, test } from "vitest";
import { nextName, settingsIn, settingsLine, USUAL } from "../../src/desk/access/settings";
import { windowsOf } from "../../src/desk/alarmhealth/windows";
import { bytes, counted, seconds } from "../../src/desk/health/asking";
import { wordsOf } from "../../src/desk/words";

const ID = wordsOf("id");
const EN = wordsOf("en");

function form(values: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

test("a form left as it opens is the usual screen", () => {
  const data = form({
    seconds: "20",
    distance: "",
    diagonal: "",
    dims: "on",
    "night-from": "22:00",
    "night-until": "05:30",
    language: "id",
  });
  expect(settingsIn(data)).toEqual(USUAL);
});

test("distance and diagonal count together only; pages keep their order", () => {
  const some = settingsIn(form({ distance: "6,5", "page-peta": "on", "page-insiden": "on" }));
  expect([some.distance_metres, some.diagonal_inches]).toEqual([null, null]);
  expect(some.pages).toEqual(["insiden", "peta"]);
  expect([some.night_from, some.night_until]).toEqual([null, null]);
  const both = settingsIn(form({ distance: "6,5", diagonal: "55", sound: "on", language: "en" }));
  expect([both.distance_metres, both.diagonal_inches]).toEqual([6.5, 55]);
  expect([both.sound, both.language]).toEqual([true, "en"]);
});

test("settings are told in a line, in both languages", () => {
  expect(settingsLine(USUAL, ID)).toBe("halaman dari alamat · redup 22.00–05.30");
  const all = {
    ...USUAL,
    pages: ["ringkasan", "peta"],
    distance_metres: 6.5,
    diagonal_inches: 55,
    night_from: null,
    night_until: null,
    sound: true,
    language: "en",
  } as const;
  expect(settingsLine(all, ID)).toBe(
    "Ringkasan, Peta, tiap 20 dtk · 6,5 m, 55″ · tidak pernah redup · bersuara · English",
  );
  expect(settingsLine(all, EN)).toBe(
    "Overview, Map, 20 s each · 6.5 m, 55″ · never dim · with sound · English",
  );
});

test("the name that is proposed is nobody's", () => {
  expect(nextName("layar", [])).toBe("layar-1");
  expect(nextName("layar", ["layar-1", "lobi", "layar-3"])).toBe("layar-2");
});

test("spans of alarm health follow each other without a gap", () => {
  const now = Date.UTC(2026, 10, 22);
  const windows = windowsOf(7, now);
  expect(windows).toHaveLength(7);
  expect(windows[0]?.to).toBe(now);
  windows.slice(1).forEach((one, index) => expect(one.to).toBe(windows[index]?.from));
});

test("sizes and figures are floored; what was not said is a dash", () => {
  expect(bytes(999, ID)).toBe("999 B");
  expect(bytes(684_699, ID)).toBe("684,6 kB");
  expect(bytes(1_999_999_999, EN)).toBe("1.9 GB");
  expect([seconds(0.249, ID), seconds(null, ID)]).toEqual(["0,24", "–"]);
  expect([counted(148_230.9, ID), counted(null, EN)]).toEqual(["148.230", "–"]);
});
