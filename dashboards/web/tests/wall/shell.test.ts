import { expect, test } from "vitest";
import { filesAmong, keepOf, scriptIn } from "../../src/wall/shell";
import { isTired } from "../../src/wall/upkeep";

test("only the page's own files are kept, each once", () => {
  const here = "http://pantau.local:8080";
  const found = filesAmong(
    [`${here}/assets/a-1.js`, "/assets/a-1.js", `${here}/api/v1/wall`, "http://else/assets/b.js"],
    here,
  );
  expect(found).toEqual(["/assets/a-1.js"]);
});

test("a message that is none, or asks for anything else, keeps nothing", () => {
  expect(keepOf({ keep: ["/assets/a.js", "/assets/b.css"] })).toEqual([
    "/assets/a.js",
    "/assets/b.css",
  ]);
  for (const message of [null, 7, {}, { keep: ["/api/v1/wall"] }, { keep: ["/assets/../api"] }]) {
    expect(keepOf(message)).toBeNull();
  }
  expect(keepOf({ keep: Array.from({ length: 51 }, () => "/assets/a.js") })).toBeNull();
});

test("the script of a page is read from its text, whatever stands before it", () => {
  const html = '<link href="/assets/a.css"><script type="module" crossorigin src="/assets/x-9.js">';
  expect(scriptIn(html)).toBe("/assets/x-9.js");
  expect(scriptIn("<script>alert(1)</script>")).toBeNull();
});

test("a page of a day begins anew in the quiet hour of its zone, and only then", () => {
  const four = Date.parse("2026-11-21T20:10:00Z"); // 04.10 WITA
  const day = 24 * 3_600_000;
  expect(isTired(day, four, "Asia/Makassar")).toBe(true);
  expect(isTired(day, four, "Asia/Jakarta")).toBe(false);
  expect(isTired(3_600_000, four, "Asia/Makassar")).toBe(false);
});
