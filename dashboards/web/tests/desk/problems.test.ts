import { describe, expect, test } from "vitest";
import {
  filterIn,
  findProblems,
  fits,
  isUntaken,
  settle,
  compareProblems,
  type Problem,
} from "../../src/desk/problems/problems";
import { describe as rowText } from "../../src/desk/problems/words";
import { wordsOf } from "../../src/desk/words";
import type { IncidentView } from "../../src/shared/api/schema";
import type { Device } from "../../src/shared/model";
import { incident } from "../shared/api";
import { device, table } from "../shared/devices";

const find = (incidents: IncidentView[], devices: Device[], blind = false): Problem[] =>
  findProblems({ incidents, devices: table(...devices), blind }).sort(compareProblems);

describe("what is a problem", () => {
  test("every open incident is one", () => {
    const [one] = find([incident(3)], [device("cam-3", "down")]);
    expect(one).toMatchObject({ key: "i|3", state: "down", affected: 1, takenBy: null });
    expect(one?.devices.map(({ id }) => id)).toEqual(["cam-3"]);
  });

  test("degraded devices of a site, kind and reason are one, unknown ones of an area", () => {
    const rows = find(
      [],
      [
        device("a", "degraded", { reason: "threshold" }),
        device("b", "degraded", { reason: "threshold" }),
        device("c", "degraded", { reason: "threshold", site: "other" }),
        device("d", "unknown", { reason: "silent" }),
        device("e", "unknown", { reason: "silent", site: "other" }),
        device("f", "unknown", { reason: "silent", area: "73.71.02" }),
      ],
    );
    expect(rows.map((one) => [one.state, one.affected])).toEqual([
      ["degraded", 2],
      ["degraded", 1],
      ["unknown", 2],
      ["unknown", 1],
    ]);
  });

  test("what is up, in maintenance, or out as part of an incident is none of its own", () => {
    expect(
      find([], [device("a"), device("b", "maintenance"), device("c", "down"), device("d", "unreachable")]),
    ).toEqual([]);
  });

  test("while nobody looks, only incidents are: everything is unknown then", () => {
    const rows = find([incident(1)], [device("cam-1", "unknown"), device("b", "unknown")], true);
    expect(rows.map((one) => one.key)).toEqual(["i|1"]);
  });
});

test("what nobody has comes first, then what is worse, wider, older", () => {
  const rows = find(
    [
      incident(1, { acknowledged_by: "Piket 2" }),
      incident(2),
      incident(3, { unreachable: 38 }),
      incident(4, { started_at: "2026-11-21T10:00:00Z" }),
    ],
    [device("x", "unknown")],
  );
  expect(rows.map((one) => one.key)).toEqual(["i|3", "i|4", "i|2", "i|1", "u|73.71.01|no_answer"]);
});

test("only incidents that nobody has ask for somebody", () => {
  const rows = find([incident(1), incident(2, { acknowledged_by: "Piket 2" })], [device("x", "degraded")]);
  expect(rows.filter(isUntaken).map((one) => one.key)).toEqual(["i|1"]);
});

describe("filters", () => {
  const rows = find(
    [incident(1), incident(2, { acknowledged_by: "Piket 2", area: "73.71.02", responsible: "pln" })],
    [device("cam-1", "down"), device("x", "degraded", { kind: "access_point" })],
  );
  const keys = (query: string): string[] =>
    rows.filter((one) => fits(one, filterIn(new URLSearchParams(query)))).map((one) => one.key);

  test("come from the address and narrow together", () => {
    expect(keys("")).toHaveLength(3);
    expect(keys("belum=1")).toEqual(["i|1"]);
    expect(keys("keadaan=degraded")).toEqual(["d|site|access_point|no_answer"]);
    expect(keys("jenis=camera")).toEqual(["i|1"]);
    expect(keys("wilayah=73.71.02")).toEqual(["i|2"]);
    expect(keys("wilayah=73.71")).toHaveLength(3);
    expect(keys("pengampu=pln")).toEqual(["i|2"]);
    expect(keys("belum=1&wilayah=73.71.02")).toEqual([]);
  });

  test("that nobody knows are none, and one area is not another's beginning", () => {
    expect(keys("keadaan=broken")).toHaveLength(3);
    expect(keys("wilayah=73.7")).toEqual([]);
  });
});

describe("the order of rows", () => {
  const one = find([incident(1)], []);
  const later = find([incident(1, { unreachable: 3 }), incident(2, { unreachable: 38 })], []);

  test("is anew while nobody works in the list", () => {
    expect(settle(later, one, false).rows.map(({ key }) => key)).toEqual(["i|2", "i|1"]);
  });

  test("stays while somebody does: new ones wait, what is known is renewed in its place", () => {
    const settled = settle(later, one, true);
    expect(settled.rows.map(({ key, affected }) => [key, affected])).toEqual([["i|1", 4]]);
    expect(settled.waiting).toBe(1);
  });

  test("keeps the place of what is over, and says that it is", () => {
    const settled = settle([], one, true);
    expect(settled.rows.map(({ key }) => key)).toEqual(["i|1"]);
    expect([...settled.over]).toEqual(["i|1"]);
    expect(settle([], one, false).rows).toEqual([]);
  });

  test("does not hide the first rows from somebody who was quick", () => {
    expect(settle(one, [], true).rows.map(({ key }) => key)).toEqual(["i|1"]);
    expect(settle(one, null, true).waiting).toBe(0);
  });
});

describe("words of a row", () => {
  const say = (list: Problem[], language: "id" | "en" = "id") =>
    list.map((one) => rowText(one, wordsOf(language)))[0];

  test("name the device, what stands behind it, and why", () => {
    const rows = find(
      [incident(1, { device_name: "Switch Boulevard 02", unreachable: 38, cause: "power", cause_suspected: true })],
      [device("cam-1", "down", { name: "Switch Boulevard 02", kind: "switch" })],
    );
    expect(say(rows)).toEqual({
      title: "Switch Boulevard 02",
      detail: "+ 38 di belakangnya · Anjungan Losari",
      cause: "listrik padam (diduga)",
    });
    expect(say(rows, "en")?.cause).toBe("power outage (suspected)");
  });

  test("say the kind where the name does not", () => {
    const rows = find(
      [incident(1, { device_name: "Losari 02" })],
      [device("cam-1", "down", { name: "Losari 02" })],
    );
    expect(say(rows)?.detail).toBe("Kamera · Anjungan Losari");
    expect(say(rows)?.cause).toBe("belum ada sebab");
  });

  test("name a place and count what is out there", () => {
    const rows = find(
      [incident(1, { group: "site", device: null, device_name: null, down: 12, unreachable: 3 })],
      [],
    );
    expect(say(rows)).toEqual({
      title: "Anjungan Losari",
      detail: "12 mati, 3 tidak terjangkau",
      cause: "belum ada sebab",
    });
  });

  test("count devices that are no incident", () => {
    const rows = find([], [device("a", "degraded"), device("b", "degraded")]);
    expect(say(rows)).toEqual({
      title: "2 kamera terganggu",
      detail: "Site",
      cause: "tidak ada jawaban",
    });
  });

  test("tell of one device what it said itself", () => {
    const rows = find(
      [],
      [device("a", "degraded", { name: "Losari", reason: "threshold", detail: "uplink 96 %" })],
    );
    expect(say(rows)).toEqual({
      title: "Losari",
      detail: "Kamera · Site",
      cause: "melewati ambang batas: uplink 96 %",
    });
  });
});
