import { describe, expect, test } from "vitest";
import type { WindowDetail } from "../../src/shared/api/schema";
import { beginningAt, bodyOf, draftOf, lacking, newDraft } from "../../src/desk/maintenance/draft";
import {
  kindOf,
  placeOf,
  readRule,
  repeatOf,
  repeatSaid,
  ruleOf,
  type Kind,
} from "../../src/desk/maintenance/recurrence";
import { choose, find, leave, NOTHING, optionsOf, type Option } from "../../src/desk/scope/options";
import { endsAt, lacking as silenceLacking, type Draft } from "../../src/desk/silences/draft";
import { between } from "../../src/desk/texts";
import { wordsOf } from "../../src/desk/words";
import { momentOf, writtenAt } from "../../src/desk/zoned";
import { device } from "../shared/devices";

const WITA = "Asia/Makassar";
const NOW = Date.parse("2026-11-21T19:26:41Z");
const words = wordsOf("id");

describe("days and clocks of a zone", () => {
  test.each([
    ["2026-11-22T03:26", WITA, "2026-11-21T19:26:00Z"],
    ["2026-11-22T00:00", "Asia/Jayapura", "2026-11-21T15:00:00Z"],
    ["2026-07-01T12:00", "Europe/Berlin", "2026-07-01T10:00:00Z"],
    ["2026-03-29T03:30", "Europe/Berlin", "2026-03-29T01:30:00Z"],
  ])("%s in %s", (written, zone, at) => {
    expect(momentOf(written, zone)).toBe(Date.parse(at));
    expect(writtenAt(Date.parse(at), zone)).toBe(written);
  });

  test.each(["", "2026-11-22", "2026-02-30T10:00", "x"])("%j is none", (written) => {
    expect(momentOf(written, WITA)).toBeNull();
  });
});

test("planned times say the day once where it is one", () => {
  const at = Date.parse("2026-12-05T15:00:00Z");
  expect(between(at, at + 3_600_000, WITA, words)).toBe("5 Des 2026 23.00 – 6 Des 2026 00.00 WITA");
  expect(between(at, at + 1_800_000, WITA, words)).toBe("5 Des 2026 23.00–23.30 WITA");
});

describe("how often", () => {
  const chosen = { every: 1, days: [], until: null };

  test.each<[Kind, object, string | null, string, string]>([
    ["once", {}, null, "Sekali", "Once"],
    ["daily", {}, "FREQ=DAILY", "Setiap hari", "Every day"],
    ["daily", { every: 2, until: "2026-12-31" }, "FREQ=DAILY;INTERVAL=2;UNTIL=20261231", "Setiap 2 hari, s.d. 31 Des 2026", "Every 2 days, until 31 Dec 2026"],
    ["weekly", {}, "FREQ=WEEKLY;BYDAY=TU", "Setiap minggu pada Sel", "Every week on Tue"],
    ["weekly", { days: ["SU", "MO"] }, "FREQ=WEEKLY;BYDAY=MO,TU,SU", "Setiap minggu pada Sen, Sel, Min", "Every week on Mon, Tue, Sun"],
    ["monthly_on", {}, "FREQ=MONTHLY;BYMONTHDAY=24", "Setiap bulan pada tanggal 24", "Every month on day 24"],
    ["monthly_nth", {}, "FREQ=MONTHLY;BYDAY=4TU", "Setiap bulan pada Selasa keempat", "Every month on the fourth Tuesday"],
    ["monthly_last", { every: 3 }, "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TU", "Setiap 3 bulan pada Selasa terakhir", "Every 3 months on the last Tuesday"],
  ])("%s %j is a rule, words, and the choice again", (kind, more, rule, id, en) => {
    const repeat = repeatOf(kind, "2026-11-24", { ...chosen, ...more });
    expect(ruleOf(repeat)).toBe(rule);
    expect(readRule(rule, "2026-11-24")).toEqual(repeat);
    expect(kindOf(repeat)).toBe(kind);
    expect(repeatSaid(repeat, words)).toBe(id);
    expect(repeatSaid(repeat, wordsOf("en"))).toBe(en);
  });

  test.each([
    "FREQ=YEARLY",
    "FREQ=MONTHLY;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=1TU,3TU",
    "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
    "FREQ=DAILY;UNTIL=20261231T000000Z",
    "FREQ=DAILY;BYMONTH=1",
  ])("%s says what cannot be chosen and is left as it is", (rule) => {
    expect(readRule(rule, "2026-11-24")).toBeNull();
  });

  test("a day's place in its month", () => {
    expect(placeOf("2026-11-24")).toEqual({ weekday: "TU", date: 24, nth: 4, isLast: true });
    expect(placeOf("2026-11-30")).toMatchObject({ weekday: "MO", nth: 5, isLast: true });
    expect(placeOf("2027-02-01")).toMatchObject({ weekday: "MO", nth: 1, isLast: false });
  });
});

describe("work that is written down", () => {
  test("begins with the next full hour and lacks what only people know", () => {
    const draft = newDraft(NOW, WITA);
    expect([draft.starts, draft.ends]).toEqual(["2026-11-22T04:00", "2026-11-22T06:00"]);
    expect(Object.keys(lacking(draft)).sort()).toEqual(["reason", "scope", "title"]);
  });

  test("lasts as long when it begins at another time", () => {
    const draft = beginningAt(newDraft(NOW, WITA), "2026-12-01T23:30");
    expect(draft.ends).toBe("2026-12-02T01:30");
  });

  test.each([
    [{ ends: "2026-11-22T04:00" }, "ends_at", "mnt.lack.order"],
    [{ ends: "2027-11-24T04:00" }, "ends_at", "mnt.lack.long"],
    [{ starts: "" }, "starts_at", "mnt.lack.time"],
    [{ kind: "daily" as const, until: "2026-11-21" }, "recurrence", "mnt.lack.until"],
  ])("%j is told at %s", (changes, field, key) => {
    expect(lacking({ ...newDraft(NOW, WITA), ...changes })).toMatchObject({ [field]: key });
  });

  test("a window becomes a draft and the same window again, but for the reason", () => {
    const window = {
      title: "Ganti baterai",
      reason: "habis",
      starts_at: "2026-11-23T17:00:00.000Z",
      ends_at: "2026-11-23T19:00:00.000Z",
      zone: WITA,
      recurrence: "FREQ=MONTHLY;BYDAY=4TU",
      scope: { areas: ["73.71"], sites: [], tags: ["ups"], devices: [] },
    };
    const draft = draftOf(window as unknown as WindowDetail);
    expect(draft.kind).toBe("monthly_nth");
    expect(bodyOf(draft)).toEqual({ ...window, reason: "" });
    const odd = draftOf({ ...window, recurrence: "FREQ=YEARLY" } as unknown as WindowDetail);
    expect(bodyOf(odd).recurrence).toBe("FREQ=YEARLY");
  });
});

describe("whom it is about", () => {
  const options = optionsOf(
    {
      areas: [
        { code: "73.71", name: "Kota Makassar" },
        { code: "73.71.01", name: "Mariso" },
      ],
      sites: [{ id: "losari-01", name: "Anjungan Losari", area: "73.71.01" }],
      tags: [{ tag: "prioritas", devices: 1 }],
      devices: [
        device("cam-1", "up", { name: "Kamera Losari 01", area: "73.71.01", site: "losari-01" }),
        device("cam-2", "up", { name: "Kamera Mariso 02", area: "73.71.01", site: "losari-01" }),
      ],
      owners: new Map(),
      kindName: () => "Kamera",
    },
    ["areas", "sites", "tags", "devices"],
  );
  const names = (text: string, chosen = NOTHING): string[] =>
    find(options, text, chosen, 8).shown.map(({ name }) => name);

  test("an area counts the devices of all areas below it", () => {
    expect(options.find(({ id }) => id === "73.71")?.devices).toBe(2);
  });

  test("places come before devices, and what begins with the text before what holds it", () => {
    expect(names("mariso")).toEqual(["Mariso", "Anjungan Losari", "Kamera Mariso 02"]);
    expect(names("losari 01")).toEqual(["Anjungan Losari", "Kamera Losari 01"]);
    expect(names("xyz")).toEqual([]);
  });

  test("without a text places are offered, no devices", () => {
    expect(names("")).toEqual(["Kota Makassar", "Mariso", "Anjungan Losari", "prioritas"]);
  });

  test("what is chosen is not offered again, and can be left", () => {
    const mariso = options.find(({ name }) => name === "Mariso") as Option;
    const chosen = choose(choose(NOTHING, mariso), mariso);
    expect(chosen.areas).toEqual(["73.71.01"]);
    expect(names("mariso", chosen)).toEqual(["Anjungan Losari", "Kamera Mariso 02"]);
    expect(leave(chosen, mariso)).toEqual(NOTHING);
  });

  test("of ten thousand only a few are drawn, and all are counted", () => {
    const many = optionsOf(
      {
        areas: [],
        sites: [],
        tags: [],
        devices: Array.from({ length: 10_000 }, (_, n) => device(`cam-${n}`, "up", { name: `Kamera ${n}` })),
        owners: new Map(),
        kindName: () => "Kamera",
      },
      ["devices"],
    );
    const found = find(many, "kamera 99", NOTHING, 8);
    expect([found.shown.length, found.total]).toEqual([8, 280]);
  });
});

describe("a silence that is written down", () => {
  const draft: Draft = { chosen: NOTHING, reason: "", starts: "", span: null, ends: "" };

  test("ends after its span from its beginning, or when somebody says", () => {
    expect(endsAt({ ...draft, span: 30 }, NOW, WITA)).toBe(NOW + 1_800_000);
    expect(endsAt({ ...draft, starts: "2026-11-23T00:00", span: 120 }, NOW, WITA)).toBe(
      Date.parse("2026-11-22T18:00:00Z"),
    );
    expect(endsAt({ ...draft, span: "pick", ends: "2026-11-22T06:00" }, NOW, WITA)).toBe(
      Date.parse("2026-11-21T22:00:00Z"),
    );
  });

  test.each([
    [{}, "sil.lack.end"],
    [{ span: "pick" as const, ends: "2026-11-22T03:00" }, "sil.lack.past"],
    [{ span: "pick" as const, ends: "2026-12-24T03:27" }, "sil.lack.long"],
    [{ span: "pick" as const, ends: "2026-11-23T00:00", starts: "2026-11-23T00:00" }, "sil.lack.order"],
  ])("%j: %s", (changes, key) => {
    expect(silenceLacking({ ...draft, ...changes }, NOW, WITA)["ends_at"]).toBe(key);
  });
});
