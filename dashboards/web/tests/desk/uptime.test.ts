import { describe, expect, test } from "vitest";
import type { UptimeRow, UptimeRules } from "../../src/shared/api/schema";
import { hours, rulesSaid, spanTitle } from "../../src/desk/uptime/said";
import {
  below,
  dayAfter,
  isBelow,
  monthBefore,
  onStrip,
  questionOf,
  sorted,
  viewIn,
} from "../../src/desk/uptime/view";
import { wordsOf } from "../../src/desk/words";

const WITA = "Asia/Makassar";
const NOW = Date.parse("2026-11-21T19:26:41Z"); // 22 November there
const view = (query: string) => viewIn(new URLSearchParams(query), NOW, WITA);

function row(key: string, more: Partial<UptimeRow> = {}): UptimeRow {
  return {
    key,
    name: key,
    devices: 1,
    uptime_percent: 99.5,
    device_uptime_percent: 99.5,
    uptime_bounds_percent: [99.5, 99.5],
    coverage_percent: 100,
    down_seconds: 0,
    unreachable_seconds: 0,
    unknown_seconds: 0,
    outages: 0,
    mttr_seconds: null,
    ...more,
  } as UptimeRow;
}

describe("what the address asks for", () => {
  test("is this month by area, where it says nothing", () => {
    expect(questionOf(view(""))).toMatchObject({ month: "2026-11", group_by: "area", area: null });
    expect(questionOf(view("bulan=2026-13&kelompok=x&dari=2026-02-30&sampai=2026-03-01"))).toMatchObject(
      { month: "2026-11", group_by: "area" },
    );
  });

  test("includes the last of the days", () => {
    expect(questionOf(view("dari=2026-02-27&sampai=2026-02-28"))).toMatchObject({
      from: "2026-02-27",
      to: "2026-03-01",
    });
  });

  test.each([
    ["wilayah=73.71.08", { group_by: "site", area: "73.71.08", site: null, device: null }],
    ["wilayah=73.71.08&titik=t1", { group_by: "device", area: null, site: "t1" }],
    ["wilayah=a&titik=t1&perangkat=d1", { group_by: "device", area: null, site: null, device: "d1" }],
    ["wilayah=73.71&kelompok=pengampu", { group_by: "owner", area: "73.71" }],
    ["perangkat=d1&kelompok=jenis", { group_by: "device", device: "d1" }],
    ["jenis=camera&kecuali=listrik", { group_by: "area", kind: "camera", exclude: "maintenance,power" }],
  ])("%s", (query, asked) => {
    expect(questionOf(view(query))).toMatchObject(asked);
  });
});

test("a click goes one step down, and no further than a device", () => {
  expect(below(view(""), row("73.71.08"))).toEqual({ wilayah: "73.71.08", kelompok: null });
  expect(below(view("kelompok=pengampu"), row("pln"))).toEqual({ pengampu: "pln", kelompok: null });
  expect(below(view("kelompok=pengampu"), row(""))).toBeNull();
  expect(below(view("perangkat=d1"), row("d1"))).toBeNull();
});

test("months and days are the calendar's", () => {
  expect(monthBefore("2026-01", 1)).toBe("2025-12");
  expect(monthBefore("2026-11", 12)).toBe("2025-11");
  expect(dayAfter("2028-02-28", 1)).toBe("2028-02-29");
});

test.each([
  ["", "1–22 November 2026", "1–22 November 2026"],
  ["bulan=2026-10", "Oktober 2026", "October 2026"],
  ["dari=2026-11-03&sampai=2026-11-03", "3 November 2026", "3 November 2026"],
  ["dari=2026-10-28&sampai=2026-11-03", "28 Oktober – 3 November 2026", "28 October – 3 November 2026"],
  ["dari=2025-12-30&sampai=2026-01-02", "30 Desember 2025 – 2 Januari 2026", "30 December 2025 – 2 January 2026"],
  ["dari=2026-11-20&sampai=2026-11-30", "20–22 November 2026", "20–22 November 2026"],
])("%s is titled %s", (query, id, en) => {
  expect(spanTitle(view(query).span, "2026-11-22", wordsOf("id"))).toBe(id);
  expect(spanTitle(view(query).span, "2026-11-22", wordsOf("en"))).toBe(en);
});

test("what could be worst comes first: what nobody saw is not hidden among the good", () => {
  const rows = [
    row("good"),
    row("bad", { uptime_percent: 97, uptime_bounds_percent: [97, 97] }),
    row("dark", { uptime_percent: 100, uptime_bounds_percent: [40, 100], coverage_percent: 40 }),
    row("never", { uptime_percent: null, uptime_bounds_percent: null, coverage_percent: 0 }),
  ];
  expect(sorted(rows, "buruk").map(({ key }) => key)).toEqual(["never", "dark", "bad", "good"]);
  expect(sorted(rows, "nama").map(({ key }) => key)).toEqual(["bad", "dark", "good", "never"]);
});

test("below the target is said only of what is known", () => {
  const figure = (uptime_percent: number | null, coverage_percent: number) => ({
    uptime_percent,
    coverage_percent,
  });
  expect(isBelow(figure(98.999, 100), 99)).toBe(true);
  expect(isBelow(figure(99, 100), 99)).toBe(false);
  expect(isBelow(figure(10, 89.999), 99)).toBe(false);
  expect(isBelow(figure(null, 100), 99)).toBe(false);
  expect(isBelow(figure(10, 100), null)).toBe(false);
});

test("the strip reaches from 95 to 100 and nothing leaves it", () => {
  expect([95, 97.5, 100, 0].map(onStrip)).toEqual([0, 0.5, 1, 0]);
});

test("device hours are floored and never zero when something was lost", () => {
  const words = wordsOf("id");
  expect([0, 30, 119, 3599, 7199, 6_624_000].map((one) => hours(one, words))).toEqual([
    "0",
    "< 1 mnt",
    "1 mnt",
    "59 mnt",
    "1 j",
    "1.840 j",
  ]);
});

test("a contract is spelled out", () => {
  const rules: UptimeRules = {
    name: "serat",
    exclude_maintenance: true,
    causes_not_counted: ["power", "planned"],
    minimum_outage_seconds: 300,
    service_hours: [{ weekdays: ["mon", "fri"], from: "07:30", to: "24:00" }],
    target_percent: 99.95,
  };
  expect(rulesSaid(rules, wordsOf("id"))).toBe(
    "Pemeliharaan dikecualikan; tidak dihitung: listrik padam, terencana; " +
      "gangguan sampai 5 menit tidak dihitung; jam layanan Sen Jum 07.30–24.00; target 99,95%",
  );
  expect(rulesSaid(rules, wordsOf("en"))).toContain("target 99.95%");
});
