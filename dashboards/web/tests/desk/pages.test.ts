/** The pages beside the first five: each key after `G` leads to one of them. */

import { expect, test } from "vitest";
import { PAGES, sees } from "../../src/desk/pages";
import { plainPages } from "../../src/desk/route";

/** Those of Masalah, Insiden and Perangkat (frame.tsx). */
const TAKEN = ["m", "i", "p"];

test("no two pages answer to the same key", () => {
  const keys = plainPages().flatMap((page) => PAGES[page].key ?? []);
  const all = [...TAKEN, ...keys];
  expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
  expect(all.every((key) => /^[a-z]$/u.test(key))).toBe(true);
});

test("a role sees what the ones before it see", () => {
  expect(sees("viewer", "health")).toBe(true);
  expect(sees("viewer", "quarantine")).toBe(false);
  expect(sees("operator", "quarantine")).toBe(true);
  expect(sees("operator", "access")).toBe(false);
  expect(sees("admin", "access")).toBe(true);
});
