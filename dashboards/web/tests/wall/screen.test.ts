import { expect, test } from "vitest";
import { remPixels, screenIn } from "../../src/wall/screen";
import { takeToken, tokenIn } from "../../src/shared/session";

const screen = (query: string) => screenIn(new URLSearchParams(query));

test("6 m and 55 inches make capitals readable from the back: A is 63 px of 1920", () => {
  expect(remPixels(screen("jarak=6&layar=55"), 1920, 1080) * 6.4).toBeCloseTo(63.07, 1);
});

test("a larger panel or a nearer reader makes type smaller, and so gives more room", () => {
  expect(remPixels(screen("jarak=6&layar=86"), 1920, 1080) * 6.4).toBeCloseTo(40.3, 1);
});

test("type is never so large that the page would not fit", () => {
  expect(remPixels(screen("jarak=20&layar=32"), 1920, 1080)).toBe(10);
});

test("without an answer the page fits the panel, upright or lying, 1080p or 4K", () => {
  expect(screen("jarak=6")).toBeNull();
  expect(screen("jarak=-1&layar=55")).toBeNull();
  expect(remPixels(null, 1920, 1080)).toBe(10);
  expect(remPixels(null, 1080, 1920)).toBe(10);
  expect(remPixels(null, 3840, 2160)).toBe(20);
  expect(remPixels(null, 2560, 1080)).toBe(10);
});

test("the token is taken out of the address, the rest of it stays", () => {
  expect(tokenIn("#token=abc%2F1")).toBe("abc/1");
  expect(tokenIn("#map")).toBeNull();
  const replaced: string[] = [];
  const location = { hash: "#token=abc", pathname: "/dinding/", search: "?lang=en" };
  const history = {
    replaceState: (_data: unknown, _title: string, url: string) => replaced.push(url),
  };
  expect(takeToken(location as Location, history as unknown as History)).toBe("abc");
  expect(replaced).toEqual(["/dinding/?lang=en"]);
});
