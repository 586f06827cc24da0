import { describe, expect, it } from "vitest";
import type { RegisterFinding } from "../../src/shared/api/schema";
import { choicesOf } from "../../src/desk/register/finding";
import { headline, tenth } from "../../src/desk/register/said";

const CONFLICT: RegisterFinding = {
  id: "c1",
  kind: "conflict",
  state: "open",
  weight: 0.7,
  field: "model",
  rows: [{ source: "dishub", key: "7" }],
  devices: ["cam-1"],
  heard: null,
  evidence: [
    {
      field: "model",
      agrees: false,
      said: [
        { who: "kominfo", key: "A1", value: "X1" },
        { who: "dlh", key: "3", value: "X1" },
        { who: "dishub", key: "7", value: "Y2" },
      ],
    },
    { field: "name", agrees: null, said: [{ who: "dishub", key: "7", value: "CCTV 1" }] },
  ],
  proposal: { action: "use", values: { model: "X1" } },
  actions: ["use", "keep"],
  digest: "d1",
  first_found_at: "2026-11-22T04:00:00Z",
  last_found_at: "2026-11-22T04:00:00Z",
  decision: null,
};

function choices(finding: RegisterFinding): string[] {
  return choicesOf(finding, (values, who) => `${Object.values(values).join()} ${who.join("+")}`).map(
    (one) => `${one.action} ${one.label}${one.proposed ? "*" : ""}`,
  );
}

describe("what can be decided", () => {
  it("offers of a conflict each value once, with all who say it, the proposed one first", () => {
    expect(choices(CONFLICT)).toEqual(["use X1 kominfo+dlh*", "use Y2 dishub", "keep "]);
  });

  it("proposes nothing where nothing speaks for a value", () => {
    const even = { ...CONFLICT, proposal: { action: "keep", values: {} } };
    expect(choices(even)).toEqual(["use X1 kominfo+dlh", "use Y2 dishub", "keep "]);
  });

  it("takes latitude and longitude of one witness together", () => {
    const place: RegisterFinding = {
      ...CONFLICT,
      field: "latitude",
      proposal: { action: "keep", values: {} },
      evidence: [
        {
          field: "latitude",
          agrees: false,
          said: [
            { who: "a", key: "1", value: "-5.1" },
            { who: "b", key: "2", value: "-5.2" },
          ],
        },
        { field: "longitude", agrees: null, said: [{ who: "a", key: "1", value: "119.4" }] },
      ],
    };
    expect(choices(place)).toEqual(["use -5.1,119.4 a", "keep "]);
  });

  it("offers of other findings what the evidence speaks for, first", () => {
    const twice = {
      ...CONFLICT,
      kind: "duplicate",
      field: null,
      actions: ["same", "different"],
      proposal: { action: "same", values: {} },
    };
    expect(choices(twice)).toEqual(["same *", "different "]);
  });
});

describe("what it is called", () => {
  it("is the first name that anybody gives it", () => {
    expect(headline(CONFLICT)).toBe("CCTV 1");
    expect(headline({ ...CONFLICT, evidence: [] })).toBe("cam-1");
  });

  it("never rounds a share up", () => {
    expect(tenth(99.9, "id")).toBe("99,9%");
    expect(tenth(29.3, "en")).toBe("29.3%");
    expect(tenth(null, "id")).toBe("–");
  });
});
