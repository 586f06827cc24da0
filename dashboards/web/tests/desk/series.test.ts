import { describe, expect, test } from "vitest";
import { chartable, columns, limitsOf } from "../../src/desk/device/series";
import { concerns, heldBy } from "../../src/desk/incident/told";
import { detailWord, reasonOf } from "../../src/desk/texts";
import { limitWord, valueWord } from "../../src/shared/values";
import { wordsOf } from "../../src/desk/words";
import type { AlertView, HoldReason, IncidentDetail, MetricView, SeriesView } from "../../src/shared/api/schema";

const metric = (name: string, last: MetricView["last_value"] = 1): MetricView => ({
  metric: name,
  unit: "%",
  labels: {},
  last_at: "2026-11-21T19:00:00Z",
  last_value: last,
  limits: null,
});

/** A series with a point at each of these minutes. */
function series(minutes: readonly number[], label = ""): SeriesView {
  return {
    metric: "m",
    unit: "%",
    labels: label === "" ? {} : { port: label },
    points: minutes.map((minute) => [new Date(minute * 60_000).toISOString(), minute]),
    low: minutes.map((minute) => minute - 1),
    high: minutes.map((minute) => minute + 1),
    counts: minutes.map(() => 1),
    at_least: [],
  };
}

test("charts are of numbers that mean something, each metric once, the usual ones first", () => {
  const names = chartable([
    metric("zeta_percent"),
    metric("if_in_octets"),
    metric("cpu_percent"),
    metric("cpu_percent"),
    metric("model", "RB4011"),
    metric("if_in_utilization_percent", null),
    metric("ping_rtt_seconds"),
  ]).map((one) => one.metric);
  expect(names).toEqual([
    "ping_rtt_seconds",
    "cpu_percent",
    "if_in_utilization_percent",
    "zeta_percent",
  ]);
});

describe("columns", () => {
  test("hold mean, low and high at each moment", () => {
    const { at, series: list } = columns([series([1, 2, 3], "eth1")]);
    expect(at).toEqual([60, 120, 180]);
    expect(list[0]).toEqual({ name: "eth1", mean: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4] });
  });

  test("have a hole where nothing was measured, so that no line is drawn through it", () => {
    const { at, series: list } = columns([series([1, 2, 3, 30, 31])]);
    expect(at).toEqual([60, 120, 180, 240, 1800, 1860]);
    expect(list[0]?.mean).toEqual([1, 2, 3, null, 30, 31]);
  });

  test("of several series have no hole where only the other one was measured", () => {
    const { series: list } = columns([series([1, 2, 3]), series([1.5, 2.5])]);
    expect(list[0]?.mean).toEqual([1, undefined, 2, undefined, 3]);
  });

  test("of nothing are nothing", () => {
    expect(columns([])).toEqual({ at: [], series: [] });
    expect(columns([series([])]).at).toEqual([]);
  });
});

test.each([
  [0.01234, "s", "12,3 md"],
  [96.04, "%", "96%"],
  [41.52, "celsius", "41,5 °C"],
  [1234.5, "1", "1.235"],
  [null, "%", "–"],
])("%d in %s is %s", (value, unit, text) => {
  expect(valueWord(value, unit, wordsOf("id"))).toBe(text);
});

test("what the collector says of a limit is said in words; other texts are left alone", () => {
  const words = wordsOf("id");
  expect(limitWord("ping_loss_percent = 33.3333 %", words)).toBe("Ping hilang 33,3%");
  expect(limitWord("queue_length = 12", words)).toBe("queue length 12");
  expect(limitWord("uplink 96 %", words)).toBeNull();
  expect(limitWord("", words)).toBeNull();
});

test("what is held is counted by why, the most frequent first; what is over is not held", () => {
  const alert = (hold_reason: HoldReason | null, ended_at: string | null = null): AlertView =>
    ({ hold_reason, ended_at }) as AlertView;
  const alerts = [
    alert("silenced"),
    alert("parent_down"),
    alert("parent_down"),
    alert(null),
    alert("parent_down", "2026-11-21T19:00:00Z"),
  ];
  expect(heldBy(alerts)).toEqual([
    ["parent_down", 2],
    ["silenced", 1],
  ]);
});

test("the limits of a metric are lines; those that are not set are none", () => {
  const limits = { warning_above: 60, critical_above: 90, warning_below: null, critical_below: null };
  expect(limitsOf(limits)).toEqual([
    { value: 60, side: "above", verdict: "warning" },
    { value: 90, side: "above", verdict: "critical" },
  ]);
  expect(limitsOf(null)).toEqual([]);
});

test("what the collector says of a result is said in people's language, where it can be", () => {
  const words = wordsOf("id");
  expect(reasonOf({ reason: "no_answer", detail: "0 of 3 echoes answered" }, words)).toBe(
    "tidak ada jawaban · 0 dari 3 ping dijawab",
  );
  expect(detailWord("no answer to 3 tries", words)).toBe("3 kali ditanya");
  expect(detailWord("walk of 1.3.6 given up: too long", words)).toBeNull();
});

test("news of alerts is about an incident when it names one of its devices, or cannot say", () => {
  const outage = (device: string) => ({ device }) as IncidentDetail["first_outages"][number];
  const incident = { first_outages: [outage("cam-1")], outages: 1 };
  expect(concerns({ devices: ["cam-1"] }, incident)).toBe(true);
  expect(concerns({ devices: ["cam-2"] }, incident)).toBe(false);
  expect(concerns({ devices: null }, incident)).toBe(true);
  expect(concerns({ devices: ["cam-2"] }, { ...incident, outages: 300 })).toBe(true);
});
