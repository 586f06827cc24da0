import { describe, expect, test } from "vitest";
import type { ListDoubt, ListPreview } from "../../src/shared/api/schema";
import {
  AS_PROPOSED,
  bodyOf,
  FIELDS,
  inTheWay,
  isOpen,
  isSource,
  placeSaid,
  remarkSaid,
  sourceOf,
} from "../../src/desk/imports/reading";
import { wordsOf } from "../../src/desk/words";

const words = wordsOf("id");

test("what nobody changed is left as remembered or proposed", () => {
  expect(bodyOf("dishub", AS_PROPOSED)).toEqual({
    source: "dishub",
    sheet: null,
    columns: null,
    defaults: null,
    answers: null,
  });
  const body = bodyOf("dishub", { ...AS_PROPOSED, columns: { "No.": null }, answers: { "*": "new" } });
  expect([body.columns, body.answers]).toEqual([{ "No.": null }, { "*": "new" }]);
});

test.each([
  ["Data CCTV Dishub 2026.xlsx", "data-cctv-dishub-2026"],
  ["Pérangkat_(final).v2.csv", "perangkat-final-v2"],
  ["---.csv", ""],
])("a list may be called after its file: %s", (file, source) => {
  expect(sourceOf(file)).toBe(source);
  expect(isSource(source)).toBe(source !== "");
});

describe("a remark", () => {
  const place = { row: 3, column: "E", heading: "Lintang" };

  test.each([
    [place, "baris 3, kolom E (Lintang)"],
    [{ ...place, column: null, heading: null }, "baris 3"],
    [{ ...place, row: null }, "kolom E (Lintang)"],
    [{ row: null, column: null, heading: null }, "–"],
  ])("%j stands at %s", (where, said) => {
    expect(placeSaid(where, words)).toBe(said);
  });

  test("speaks the language of the page", () => {
    const texts = { id: { problem: "salah", remedy: "ubah" }, en: { problem: "wrong", remedy: "mend" } };
    expect(remarkSaid({ code: "x", texts }, words).problem).toBe("salah");
    expect(remarkSaid({ code: "x", texts }, wordsOf("en")).remedy).toBe("mend");
    expect(remarkSaid({ code: "x", texts: {} }, words).problem).toBe("x");
  });
});

test("what is in the way counts problems and rows without an answer", () => {
  const preview = (problems: number, answers: readonly (string | null)[], more = 0): ListPreview =>
    ({
      problems_total: problems,
      doubts: answers.map((answer) => ({ answer }) as ListDoubt),
      doubts_total: answers.length + more,
    }) as unknown as ListPreview;
  expect(inTheWay(preview(3, ["new", null]), words)).toBe("3 masalah, 1 baris meragukan");
  expect(inTheWay(preview(0, ["new"]), words)).toBe("");
  expect(inTheWay(preview(0, ["new"], 600), words)).toBe("601 baris meragukan");
});

test("columns are open until a person has seen what they mean", () => {
  const column = (why: string) => ({ letter: "A", heading: "Nama", field: null, why, examples: [] });
  expect(isOpen([column("remembered"), column("unused")])).toBe(false);
  expect(isOpen([column("remembered"), column("proposed")])).toBe(true);
});

test("every field has a word in both languages", () => {
  for (const language of ["id", "en"] as const) {
    const speaks = wordsOf(language);
    expect(FIELDS.filter((one) => speaks.find(`imp.field.${one}`) === null)).toEqual([]);
  }
});
