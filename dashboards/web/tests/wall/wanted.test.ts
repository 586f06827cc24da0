import { expect, test } from "vitest";
import type { ScreenSettings } from "../../src/shared/api/schema";
import { NIGHT } from "../../src/shared/time";
import { addressOf, wantedOf, type Wanted } from "../../src/wall/wanted";

const LINK: ScreenSettings = {
  distance_metres: 6,
  diagonal_inches: 55,
  pages: ["insiden", "peta"],
  page_seconds: 30,
  night_from: "20:00",
  night_until: "06:15",
  sound: true,
  language: "en",
};

function wanted(path: string, query = "", link: ScreenSettings | null = LINK): Wanted {
  return wantedOf(addressOf(`/dinding/${path}`, new URLSearchParams(query)), link);
}

test("without address and link it is as usual: the overview, silent, the usual night", () => {
  const usual = wanted("", "", null);
  expect(usual.page.name).toBe("ringkasan");
  expect(usual).toMatchObject({ rotation: null, screen: null, sound: false, night: NIGHT });
});

test("what the address leaves open is the link's", () => {
  const link = wanted("");
  expect(link.rotation?.pages.map((page) => page.name)).toEqual(["insiden", "peta"]);
  expect(link.rotation?.everyMs).toBe(30_000);
  expect(link).toMatchObject({
    screen: { distanceMetres: 6, diagonalInches: 55 },
    sound: true,
    language: "en",
    night: { from: 20 * 60, until: 6 * 60 + 15 },
  });
});

test("the address goes before the link", () => {
  const query = "jarak=3&layar=75&suara=mati&lang=id&malam=21.30-05.00&halaman=cctv,wifi&tiap=10";
  const address = wanted("", query);
  expect(address.rotation?.pages.map((page) => page.name)).toEqual(["cctv", "wifi"]);
  expect(address).toMatchObject({
    screen: { distanceMetres: 3, diagonalInches: 75 },
    sound: false,
    language: "id",
    night: { from: 21 * 60 + 30, until: 5 * 60 },
  });
});

test("a page that the address names stays, whatever turns elsewhere", () => {
  expect(wanted("cctv")).toMatchObject({ rotation: null, page: { name: "cctv" } });
});

test("one page of the link is shown and does not turn", () => {
  const one = wanted("", "", { ...LINK, pages: ["peta"] });
  expect(one).toMatchObject({ rotation: null, page: { name: "peta" } });
});

test("a night that cannot be read is the usual one, and it may be told not to come", () => {
  expect(wanted("", "malam=25.00-03.00", null).night).toEqual(NIGHT);
  expect(wanted("", "malam=tidak").night).toEqual({ from: 0, until: 0 });
  expect(wanted("", "", { ...LINK, night_from: null, night_until: null }).night).toEqual({
    from: 0,
    until: 0,
  });
});
