import { describe, expect, test } from "vitest";
import { DESK } from "../../src/desk/words";
import { chooseLanguage, SHARED, type Catalogues } from "../../src/shared/words";
import { wordsOf } from "../../src/wall/words";
import wallEn from "../../src/wall/words/en.json";
import wallId from "../../src/wall/words/id.json";

const values = (message: unknown): string[] =>
  [...new Set(JSON.stringify(message).match(/\{\w+\}/gu) ?? [])].sort();

const CATALOGUES: Readonly<Record<string, Catalogues<object>>> = {
  shared: SHARED,
  wall: { id: wallId, en: wallEn },
  desk: DESK,
};

describe.each(Object.entries(CATALOGUES))("the catalogue %s", (_, { id, en }) => {
  const messages = (catalogue: object): Readonly<Record<string, unknown>> => ({ ...catalogue });

  test("has the same keys in both languages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(id).sort());
  });

  test.each(Object.keys(id))("says %s with the same values in both", (key) => {
    expect(values(messages(en)[key])).toEqual(values(messages(id)[key]));
    expect(typeof messages(en)[key]).toBe(typeof messages(id)[key]);
  });
});

test("every reason of the collector has words", () => {
  const reasons = [
    "no_answer",
    "host_unreachable",
    "refused",
    "bad_answer",
    "credential_refused",
    "agent_error",
    "reported_offline",
    "threshold",
    "silent",
    "parent_down",
    "collector_gone",
    "collector_lag",
    "collector_rights",
    "collector_error",
    "never_seen",
  ];
  expect(reasons.filter((reason) => wordsOf("id").find(`reason.${reason}`) === null)).toEqual([]);
});

test("the language is the address's, else the server's, else Indonesian", () => {
  expect(chooseLanguage("en", "id")).toBe("en");
  expect(chooseLanguage(null, "en")).toBe("en");
  expect(chooseLanguage("fr", "jv")).toBe("id");
});

test("numbers are written as people write them", () => {
  expect(wordsOf("id").number(3078)).toBe("3.078");
});
