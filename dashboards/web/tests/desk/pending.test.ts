import { describe, expect, test } from "vitest";
import { LONGEST_MS, Pending, type PendingAct, type Shelf } from "../../src/desk/pending";
import { ApiError } from "../../src/shared/api/client";

const NOW = 1_800_000_000_000;
const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;
const act = (incident: number, more: Partial<PendingAct> = {}) =>
  ({ kind: "take", incident, text: "Saya tangani", at: NOW, who: "Piket 1", ...more }) as const;

function shelf(full = false): Shelf & { kept: string | null } {
  return {
    kept: null,
    getItem() {
      return this.kept;
    },
    setItem(_, value) {
      if (full) throw new Error("full");
      this.kept = value;
    },
  };
}

describe("what was done without a line", () => {
  test("outlives the page, and is sent in its order when the line is back", async () => {
    const where = shelf();
    const before = new Pending(where);
    expect(before.keep(act(1))).toBe(true);
    expect(before.keep(act(2, { kind: "note", text: "kabel" }))).toBe(true);
    const pending = new Pending(where);
    expect(pending.of(1)?.text).toBe("Saya tangani");
    const sent: number[] = [];
    await pending.flush("Piket 1", NOW, (one) => (sent.push(one.incident), Promise.resolve()), isApiError);
    expect(sent).toEqual([1, 2]);
    expect(new Pending(where).waiting).toEqual([]);
  });

  test("stays while there is still no line, and is nobody else's to send", async () => {
    const pending = new Pending(shelf());
    pending.keep(act(1));
    const away = (): Promise<void> => Promise.reject(new ApiError(0, "unreachable", ""));
    await pending.flush("Piket 1", NOW, away, isApiError);
    await pending.flush("Piket 2", NOW, () => Promise.resolve(), isApiError);
    expect(pending.waiting).toHaveLength(1);
    expect(pending.refused).toEqual([]);
  });

  test("is told as not recorded when it is refused, or too old to say anything about now", async () => {
    const pending = new Pending(shelf());
    pending.keep(act(1));
    pending.keep(act(2, { at: NOW - LONGEST_MS - 1 }));
    const taken = (): Promise<void> => Promise.reject(new ApiError(409, "incident_taken", ""));
    await pending.flush("Piket 1", NOW, taken, isApiError);
    expect(pending.waiting).toEqual([]);
    expect(pending.refused.map((one) => one.error?.code ?? "old")).toEqual(["incident_taken", "old"]);
    pending.forget();
    expect(pending.refused).toEqual([]);
  });

  test("is not pretended to be kept where nothing can be kept", () => {
    expect(new Pending(shelf(true)).keep(act(1))).toBe(false);
    const broken = shelf();
    broken.kept = '[{"kind":"shout"},3,{"kind":"take","incident":"1"}]';
    expect(new Pending(broken).waiting).toEqual([]);
  });

  test("in two tabs is neither lost nor sent twice", async () => {
    const where = shelf();
    const [one, other] = [new Pending(where), new Pending(where)];
    one.keep(act(1));
    other.keep(act(2));
    expect(new Pending(where).waiting.map(({ incident }) => incident)).toEqual([1, 2]);
    const sent: number[] = [];
    const send = ({ incident }: PendingAct): Promise<void> => (sent.push(incident), Promise.resolve());
    await one.flush("Piket 1", NOW, send, isApiError);
    await other.flush("Piket 1", NOW, send, isApiError);
    expect(sent).toEqual([1, 2]);
    expect(other.waiting).toEqual([]);
  });

  test("is sent once, also where it cannot be taken from the shelf", async () => {
    const where = shelf();
    const pending = new Pending(where);
    pending.keep(act(1));
    where.setItem = () => {
      throw new Error("full");
    };
    const sent: number[] = [];
    const send = ({ incident }: PendingAct): Promise<void> => (sent.push(incident), Promise.resolve());
    await pending.flush("Piket 1", NOW, send, isApiError);
    await pending.flush("Piket 1", NOW, send, isApiError);
    expect(sent).toEqual([1]);
  });
});
