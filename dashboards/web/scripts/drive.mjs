/**
 * Drives one Chromium by lines of JSON on standard input, one answer a line on standard output:
 * the bridge between the browser tests (Python) and Playwright (Node).
 *
 *   {"op": "open", "url": "…", "width": 1920, "height": 1080, "time": 1795…}  → {"value": null}
 *
 * The page's timers and clock are Playwright's, so a test can let half a minute pass at once.
 * `time` (milliseconds since 1970) is what the panel believes the time is.
 */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const WAIT_MS = 30_000;
const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
});

let page = null;
let problems = [];
let before = [];
/** Counts what a page costs whose time passes by itself. */
let watching = null;

/** Wait until the page has an element whose text holds `text`. */
function waiting({ selector, text, state = "visible" }) {
  const found = text === undefined ? page.locator(selector) : page.locator(selector, { hasText: text });
  return found.first().waitFor({ state, timeout: WAIT_MS });
}

const operations = {
  async open(asked) {
    const { url, width = 1920, height = 1080, time, zone, light, worker = false, real = false } = asked;
    const { reducedMotion = "no-preference" } = asked;
    await page?.context().close();
    problems = [];
    const context = await browser.newContext({
      viewport: { width, height },
      reducedMotion,
      timezoneId: zone ?? "UTC",
      colorScheme: light ?? "light",
      serviceWorkers: worker ? "allow" : "block",
    });
    page = await context.newPage();
    for (const content of before.splice(0)) await page.addInitScript({ content });
    page.setDefaultTimeout(WAIT_MS);
    page.on("console", (message) => {
      const { level, text } = { level: message.type(), text: message.text() };
      if (text.includes("registration blocked by Playwright")) return;
      if (level === "error" || level === "warning") problems.push(text);
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    const origin = new URL(url).origin;
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) problems.push(`asked for ${request.url()}`);
    });
    if (real) {
      watching = await context.newCDPSession(page);
      await watching.send("Performance.enable", { timeDomain: "threadTicks" });
    } else await page.clock.install({ time });
    await page.goto(url);
  },
  /** A script for the next page, before its own. */
  async before({ script }) {
    before.push(script);
  },
  wait: waiting,
  async texts({ selector }) {
    return page.locator(selector).allInnerTexts();
  },
  async evaluate({ script }) {
    return page.evaluate(script);
  },
  async click({ selector }) {
    await page.locator(selector).first().click();
  },
  /** Keys one after the other, as Playwright calls them: `j`, `Enter`, `Shift+Tab`. */
  async press({ keys }) {
    for (const key of keys) await page.keyboard.press(key);
  },
  async fill({ selector, text }) {
    await page.locator(selector).first().fill(text);
  },
  async wait_for({ script }) {
    // Not by the page's own timers: they are the test's.
    const until = Date.now() + WAIT_MS;
    while (!(await page.evaluate(script).catch(() => false))) {
      if (Date.now() > until) throw new Error(`not within ${WAIT_MS} ms: ${script}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  async forward({ milliseconds }) {
    await page.clock.fastForward(milliseconds);
  },
  async screenshot({ path, full = false }) {
    await page.evaluate("document.fonts.ready.then(() => null)");
    await page.screenshot({ path, animations: "allow", fullPage: full });
  },
  /** What breaks WCAG 2.1 A or AA (or one rule), by axe: the rule, what to do, and where. */
  async axe({ rule }) {
    // By the debugger, not by a script element: the page's policy would refuse that, and rightly.
    await page.evaluate(AXE);
    const runOnly = rule === undefined ? { type: "tag", values: WCAG } : { type: "rule", values: [rule] };
    const { violations } = await page.evaluate(
      (only) => globalThis.axe.run(document, { runOnly: only, iframes: false, resultTypes: ["violations"] }),
      runOnly,
    );
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, html, any }) => {
        return { id, help, target: target.join(" "), html, why: any[0]?.message ?? "" };
      }),
    );
  },
  /** Pull the cable of the page's network, or put it back. */
  async offline({ off }) {
    await page.context().setOffline(off);
  },
  async reload() {
    await page.reload();
  },
  /** What Chromium counts in the page, after its garbage is collected: bytes of heap, DOM nodes. */
  async counts() {
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
    await session.detach();
    return { heap: usedSize, nodes, listeners: jsEventListeners };
  },
  /** Seconds of the main thread in tasks, of a page whose time passes by itself. */
  async busy() {
    const { metrics } = await watching.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  },
  /** What went wrong since the last asking. */
  async problems() {
    return problems.splice(0);
  },
  async leave() {
    await page?.context().close();
    page = null;
  },
  async address() {
    return page.url();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...values } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await operations[op](values)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
