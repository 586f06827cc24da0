import { expect, test } from "vitest";
import { pageAt, PAGES } from "../../src/wall/pages";

test("every page is found by its address", () => {
  for (const page of PAGES) expect(pageAt(`/dinding/${page.name}`)).toBe(page);
});

test("the bare address, and one that is no page, name none", () => {
  expect(pageAt("/dinding/")).toBeNull();
  expect(pageAt("/dinding/tidak-ada")).toBeNull();
});
