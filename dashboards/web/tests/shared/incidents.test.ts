import { expect, test } from "vitest";
import { ApiError, fill, search, type Ask } from "../../src/shared/api/client";
import type { IncidentView } from "../../src/shared/api/schema";
import { OpenIncidents } from "../../src/shared/incidents";
import { readEvent } from "../../src/shared/wire";
import { incident } from "./api";

/** An API whose incidents are the test's, and timers that run when the test says. */
class Fake {
  incidents = new Map<number, IncidentView>();
  asked: string[] = [];
  broken = false;
  due: { call: () => void; milliseconds: number }[] = [];
  readonly open = new OpenIncidents({
    ask: ((route: string, question: { at?: number[]; query?: { cursor?: string | null } }) => {
      this.asked.push(route === "GET /incidents" ? "list" : String(question.at?.[0]));
      if (this.broken) return Promise.reject(new ApiError(503, "store_unavailable", ""));
      if (route !== "GET /incidents") {
        return Promise.resolve(this.incidents.get(question.at?.[0] ?? 0));
      }
      const all = [...this.incidents.values()].filter((one) => one.recovered_at === null);
      const from = Number(question.query?.cursor ?? 0);
      const next = from + 2 < all.length ? String(from + 2) : null;
      return Promise.resolve({ items: all.slice(from, from + 2), next });
    }) as unknown as Ask,
    later: (call, milliseconds) => this.due.push({ call, milliseconds }),
  });

  have(...list: IncidentView[]): void {
    for (const one of list) this.incidents.set(one.id, one);
  }
  say(ids: number[] | null): void {
    this.open.hear(readEvent("incident", JSON.stringify({ ids })));
  }
  async run(): Promise<void> {
    for (const { call } of this.due.splice(0)) call();
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    // After an answer it rests; what comes meanwhile is asked for then.
    if (!this.broken) for (const { call } of this.due.splice(0)) call();
  }
  ids(): number[] {
    return [...(this.open.current.open ?? new Map<number, IncidentView>()).keys()].sort();
  }
}

test("the whole list is asked for first, page by page", async () => {
  const fake = new Fake();
  fake.have(incident(1), incident(2), incident(3));
  fake.say(null);
  await fake.run();
  expect(fake.ids()).toEqual([1, 2, 3]);
  expect(fake.asked).toEqual(["list", "list"]);
});

test("then only what changed, together, and what has recovered leaves", async () => {
  const fake = new Fake();
  fake.have(incident(1), incident(2));
  fake.say(null);
  await fake.run();
  fake.have(incident(2, { recovered_at: "2026-11-22T01:00:00Z" }), incident(3));
  fake.asked = [];
  fake.say([2]);
  fake.say([3]);
  await fake.run();
  expect(fake.asked).toEqual(["2", "3"]);
  expect(fake.ids()).toEqual([1, 3]);
});

test("many changes are one question for the list", async () => {
  const fake = new Fake();
  fake.say(null);
  await fake.run();
  fake.asked = [];
  fake.say(Array.from({ length: 40 }, (_, n) => n));
  await fake.run();
  expect(fake.asked).toEqual(["list"]);
});

test("a question that fails keeps what is known, says so, and is asked again", async () => {
  const fake = new Fake();
  fake.have(incident(1));
  fake.say(null);
  await fake.run();
  fake.broken = true;
  fake.say([1]);
  await fake.run();
  expect(fake.ids()).toEqual([1]);
  expect(fake.open.current.trouble?.code).toBe("store_unavailable");
  fake.broken = false;
  expect(fake.due.map((one) => one.milliseconds)).toEqual([5_000]);
  await fake.run();
  expect(fake.open.current.trouble).toBeNull();
});

test("what an action answered shows at once and is asked for again", async () => {
  const fake = new Fake();
  fake.have(incident(1));
  fake.say(null);
  await fake.run();
  fake.open.put(incident(1, { acknowledged_by: "Piket 2" }));
  expect(fake.open.current.open?.get(1)?.acknowledged_by).toBe("Piket 2");
  fake.asked = [];
  await fake.run();
  expect(fake.asked).toEqual(["1"]);
});

test("addresses hold what they are given and nothing else", () => {
  expect(fill("/devices/{device_id}/checks", ["a/b c"])).toBe("/devices/a%2Fb%20c/checks");
  expect(search({ phase: "open", limit: 5, cursor: null, q: undefined })).toBe(
    "?phase=open&limit=5",
  );
  expect(search({})).toBe("");
});
