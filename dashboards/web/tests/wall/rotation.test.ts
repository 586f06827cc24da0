import { describe, expect, test } from "vitest";
import { PAGES } from "../../src/wall/pages";
import { rotationIn, turnAt, type Rotation } from "../../src/wall/rotation";

const asked = (query: string): Rotation | null => rotationIn(new URLSearchParams(query), PAGES);
const names = (rotation: Rotation | null): string[] => rotation?.pages.map(({ name }) => name) ?? [];

describe("the address of a rotation", () => {
  test("names its pages in their order and how long each stays", () => {
    const rotation = asked("halaman=peta,%20ringkasan,nope&tiap=30");
    expect(names(rotation)).toEqual(["peta", "ringkasan"]);
    expect(rotation?.everyMs).toBe(30_000);
  });

  test("turns every 20 s if it does not say, and never too fast or too slowly to be read", () => {
    expect(asked("halaman=peta,cctv")?.everyMs).toBe(20_000);
    expect(asked("halaman=peta,cctv&tiap=soon")?.everyMs).toBe(20_000);
    expect(asked("halaman=peta,cctv&tiap=0.1")?.everyMs).toBe(5_000);
    expect(asked("halaman=peta,cctv&tiap=99999")?.everyMs).toBe(600_000);
  });

  test("of one page, or of none that exists, is no rotation", () => {
    for (const query of ["", "halaman=peta", "halaman=a,b"]) expect(asked(query)).toBeNull();
  });
});

describe("the turn", () => {
  const rotation = asked("halaman=cctv,insiden,wifi&tiap=10");
  if (rotation === null) throw new Error("no rotation");

  test("follows from the server's time alone, so that all panels turn together", () => {
    const start = 30_000 * 1_000_000;
    const seen = [0, 9_999, 10_000, 25_000, 30_000].map((ms) => turnAt(rotation, start + ms, false));
    expect(seen.map((turn) => turn.index)).toEqual([0, 0, 1, 2, 0]);
    expect(seen[3]?.share).toBeCloseTo(0.5);
  });

  test("while it is held shows the first page that tells of incidents", () => {
    for (const at of [0, 10_000, 20_000]) {
      expect(turnAt(rotation, at, true)).toEqual({ index: 1, share: null });
    }
    const none = asked("halaman=cctv,wifi");
    expect(none === null ? null : turnAt(none, 20_000, true).index).toBe(0);
  });
});
