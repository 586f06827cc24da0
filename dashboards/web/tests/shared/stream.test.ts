import { beforeEach, describe, expect, test, vi } from "vitest";
import { STALE_MS } from "../../src/shared/condition";
import { LiveCity, type LivePorts } from "../../src/shared/live";

const AT = "2026-11-22T01:15:31Z";
const HEARTBEAT = { at: AT, collectors: [{ id: "main", heartbeat_at: AT, alive: true }] };
const SNAPSHOT = {
  ...HEARTBEAT,
  cursor: 1,
  zone: "Asia/Makassar",
  language: "id",
  areas: [],
  devices: [],
};

class FakeSource extends EventTarget {
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(type: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
  fail(): void {
    this.dispatchEvent(new Event("error"));
  }
}

/** A browser whose time, frames and connections are the test's. */
class FakeBrowser implements LivePorts {
  now = 0;
  refused = false;
  sources: FakeSource[] = [];
  timers: { call: () => void; at: number }[] = [];
  frames: (() => void)[] = [];

  open(): EventSource {
    const source = new FakeSource();
    this.sources.push(source);
    return source as unknown as EventSource;
  }
  mono(): number {
    return this.now;
  }
  random(): number {
    return 0.5;
  }
  later(call: () => void, milliseconds: number): () => void {
    const timer = { call, at: this.now + milliseconds };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }
  frame(call: () => void): void {
    this.frames.push(call);
  }
  isRefused(): Promise<boolean> {
    return Promise.resolve(this.refused);
  }

  get source(): FakeSource {
    const last = this.sources.at(-1);
    if (last === undefined) throw new Error("nothing was opened");
    return last;
  }
  pass(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.timers.filter((timer) => timer.at <= this.now);
    this.timers = this.timers.filter((timer) => timer.at > this.now);
    for (const timer of due) timer.call();
  }
  draw(): void {
    for (const call of this.frames.splice(0)) call();
  }
  /** How long the stream waits before it opens again. */
  get pause(): number {
    return Math.min(...this.timers.map((timer) => timer.at)) - this.now;
  }
}

let browser: FakeBrowser;
let wall: LiveCity;

beforeEach(() => {
  browser = new FakeBrowser();
  wall = new LiveCity(browser);
  wall.start();
});

describe("the connection", () => {
  test("is opened anew after an error, more and more slowly", () => {
    const pauses = Array.from({ length: 6 }, () => {
      browser.source.fail();
      const { pause } = browser;
      browser.pass(pause);
      return pause;
    });
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(browser.sources).toHaveLength(7);
    expect(browser.sources.slice(0, -1).every((source) => source.closed)).toBe(true);
  });

  test("is quick again only after it went on beyond the snapshot", () => {
    browser.source.fail();
    browser.pass(1000);
    browser.source.say("snapshot", SNAPSHOT);
    browser.source.fail();
    expect(browser.pause).toBe(2000);
    browser.pass(2000);
    browser.source.say("snapshot", SNAPSHOT);
    browser.source.say("heartbeat", HEARTBEAT);
    browser.source.fail();
    expect(browser.pause).toBe(1000);
  });

  test("is given up when it is silent, although no error ever came", () => {
    browser.source.say("snapshot", SNAPSHOT);
    browser.pass(STALE_MS - 1);
    wall.check();
    expect(browser.source.closed).toBe(false);
    browser.pass(1);
    wall.check();
    expect(browser.source.closed).toBe(true);
    browser.pass(1000);
    expect(browser.sources).toHaveLength(2);
  });

  test("does not listen to a source it has closed", () => {
    const old = browser.source;
    old.fail();
    browser.pass(1000);
    old.say("snapshot", SNAPSHOT);
    browser.draw();
    expect(wall.current.city).toBeNull();
  });
});

describe("a server that refuses this screen", () => {
  beforeEach(() => {
    browser.refused = true;
  });

  test("is asked every half minute, and the page says so", async () => {
    browser.source.fail();
    await Promise.resolve();
    await Promise.resolve();
    expect(wall.current.link.refused).toBe("no_link");
    expect(browser.pause).toBe(30_000);
  });

  test("takes the data off a screen that had it, and gives them back with the link", async () => {
    browser.source.say("snapshot", SNAPSHOT);
    browser.draw();
    browser.source.fail();
    browser.pass(1000);
    browser.source.fail(); // nothing was heard on this one: ask why
    await Promise.resolve();
    await Promise.resolve();
    expect(wall.current).toMatchObject({ city: null, link: { refused: "revoked" } });
    browser.pass(30_000);
    browser.source.say("snapshot", SNAPSHOT);
    browser.draw();
    expect(wall.current.link.refused).toBe("none");
    expect(wall.current.city).not.toBeNull();
  });
});

describe("what is heard", () => {
  test("is drawn once a frame, however much it is", () => {
    const drawn = vi.fn();
    wall.subscribe(drawn);
    browser.source.say("snapshot", SNAPSHOT);
    for (let n = 0; n < 100; n += 1) browser.source.say("heartbeat", HEARTBEAT);
    expect(drawn).not.toHaveBeenCalled();
    browser.draw();
    expect(drawn).toHaveBeenCalledTimes(1);
    expect(wall.current.link.beats).toBe(100);
  });

  test("does not pile up while no frames come", () => {
    const drawn = vi.fn();
    wall.subscribe(drawn);
    browser.source.say("snapshot", SNAPSHOT);
    for (let n = 1; n < 4000; n += 1) browser.source.say("heartbeat", HEARTBEAT);
    expect(drawn).toHaveBeenCalledTimes(2);
  });

  test("starts over with a snapshot when it does not fit together", () => {
    browser.source.say("snapshot", SNAPSHOT);
    browser.source.say("transition", { id: 2, device: "new", old: "up", new: "down", at: AT });
    browser.draw();
    browser.pass(2000);
    expect(browser.sources).toHaveLength(2);
  });

  test("starts over when it cannot be read, and says what was wrong", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    browser.source.say("heartbeat", { at: 3 });
    expect(warned).toHaveBeenCalledWith("unreadable heartbeat event: at: not a string");
    browser.pass(1000);
    expect(browser.sources).toHaveLength(2);
    warned.mockRestore();
  });

  test("sets the clock only by words about now, not by a transition about the past", () => {
    browser.source.say("snapshot", SNAPSHOT);
    browser.pass(5000);
    const past = "2026-11-22T00:00:00Z";
    browser.source.say("transition", { id: 2, device: "a", old: "up", new: "down", at: past });
    expect(wall.current.link).toMatchObject({
      heardMono: 5000,
      server: { at: Date.parse(AT), mono: 0 },
    });
  });
});
