import { expect, test } from "vitest";
import { findIncidents, rollUp } from "../src/incidents";
import { describe as rowText, tileNumber } from "../src/sentences";
import { chooseLanguage, wordsOf } from "../src/words";
import en from "../src/words/en.json";
import id from "../src/words/id.json";
import { device, table } from "./devices";

const values = (message: unknown): string[] =>
  [...new Set(JSON.stringify(message).match(/\{\w+\}/gu) ?? [])].sort();

test("both catalogues have the same keys", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(id).sort());
});

test.each(Object.keys(id) as (keyof typeof id)[])("%s has the same values in both", (key) => {
  expect(values(en[key])).toEqual(values(id[key]));
  expect(typeof en[key]).toBe(typeof id[key]);
});

test("every reason of the collector has words", () => {
  const reasons = [
    "no_answer",
    "host_unreachable",
    "refused",
    "bad_answer",
    "credential_refused",
    "agent_error",
    "reported_offline",
    "threshold",
    "silent",
    "parent_down",
    "collector_gone",
    "collector_lag",
    "collector_rights",
    "collector_error",
    "never_seen",
  ];
  expect(reasons.filter((reason) => wordsOf("id").find(`reason.${reason}`) === null)).toEqual([]);
});

test("the language is the address's, else the server's, else Indonesian", () => {
  expect(chooseLanguage("en", "id")).toBe("en");
  expect(chooseLanguage(null, "en")).toBe("en");
  expect(chooseLanguage("fr", "jv")).toBe("id");
});

test("numbers are written as people write them", () => {
  expect(wordsOf("id").number(3078)).toBe("3.078");
  expect(tileNumber(9999, wordsOf("id"))).toBe("9.999");
  expect(tileNumber(12_999, wordsOf("id"))).toBe("12 rb");
  expect(tileNumber(12_999, wordsOf("en"))).toBe("12k");
});

const rows = (...devices: ReturnType<typeof device>[]) => findIncidents(table(...devices));
const text = (language: "id" | "en", ...devices: ReturnType<typeof device>[]) =>
  rows(...devices).map((row) => rowText(row, wordsOf(language)))[0];

test("a dead switch and what is behind it is one sentence", () => {
  const devices = [
    device("sw", "down", { name: "Switch Boulevard 02", kind: "switch" }),
    device("a", "unreachable", { cause: "sw" }),
  ];
  expect(text("id", ...devices)).toEqual({
    what: "Switch Boulevard 02 mati",
    why: "1 perangkat di belakangnya tidak terjangkau",
  });
  expect(text("en", ...devices)?.why).toBe("1 device behind it is unreachable");
});

test("a single device says why and whose it is", () => {
  expect(text("id", device("a", "down"))).toEqual({
    what: "A mati",
    why: "tidak ada jawaban · Diskominfo",
  });
});

test("what a device itself reported is not translated", () => {
  const slow = device("a", "degraded", { reason: "threshold", detail: "cpu 97 %", owner: null });
  expect(text("id", slow)?.why).toBe("melewati ambang batas: cpu 97 %");
});

test("a reason without words is left out, not shown as code", () => {
  expect(text("id", device("a", "down", { reason: "new_reason" }))?.why).toBe("Diskominfo");
});

test("a rolled-up row says how many and of how many causes", () => {
  const [row] = rollUp(
    rows(device("a", "down"), device("b", "down", { reason: "refused" })),
    1,
  );
  if (row === undefined) throw new Error("no row");
  expect(rowText(row, wordsOf("id"))).toEqual({
    what: "2 kamera mati · 2 sebab",
    why: "beberapa sebab · Diskominfo",
  });
});

test("children without a failing parent name it", () => {
  const held = device("a", "unreachable", { cause: "sw" });
  expect(text("id", held)).toEqual({
    what: "1 perangkat tidak terjangkau",
    why: "induk: sw",
  });
});
