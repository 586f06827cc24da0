/**
 * What a page does for itself when nobody is there for months: it takes over a new version, begins
 * anew after a fault and once a night, and never leaves a picture for an error page: it reloads
 * only when the server has just given it the page.
 */

import type { LiveCity } from "../shared/live";
import { serverNow } from "../shared/condition";
import { local } from "../shared/time";
import { filesAmong, PAGE, scriptIn } from "./shell";

const LOOK_AGAIN_MS = 60_000;
const RETRY_MS = 10_000;
/** Panels that all heard of a restart must not all come in the same second. */
const SPREAD_MS = 8_000;
/** After a fault the style sheet has framed the picture as stale (`.dead-man`) before this. */
const AFTER_FAULT_MS = 60_000;
const OLD_MS = 20 * 3_600_000;

/** Whether it is the quiet hour of the night for a page that is this old. */
export function isTired(ageMs: number, at: number, zone: string): boolean {
  return ageMs > OLD_MS && local(at, zone).hour === "04";
}

/** Look after the page from now on. `isQuiet`: nobody is needed now. */
export function keepUp(wall: LiveCity, mono: () => number, isQuiet: () => boolean): void {
  const started = mono();
  let looked = -Infinity;
  wall.hear((event) => {
    // A server with another version was started anew, so every stream to it began anew.
    if (event.type !== "snapshot" || mono() - looked < LOOK_AGAIN_MS) return;
    looked = mono();
    setTimeout(() => void takeOver(), Math.random() * SPREAD_MS);
    keepShell();
  });
  setInterval(() => {
    const { city, link } = wall.current;
    const at = serverNow(link, mono());
    if (city === null || at === null || !isQuiet()) return;
    if (isTired(mono() - started, at, city.zone)) void begin();
  }, LOOK_AGAIN_MS);
  let failed = false;
  const fail = (): void => {
    if (!failed) setTimeout(() => void beginWhenServed(), AFTER_FAULT_MS);
    failed = true;
  };
  addEventListener("error", fail);
  addEventListener("unhandledrejection", fail);
  if ("serviceWorker" in navigator) {
    // Refused where the page is not served securely: it then lives without.
    navigator.serviceWorker
      .register(`${PAGE}sw.js`, { scope: PAGE, type: "module" })
      .catch(() => undefined);
  }
}

/** The script of the page as the server gives it now; null: it gives none. */
async function served(): Promise<string | null> {
  try {
    const answer = await fetch(PAGE, { cache: "no-cache" });
    return answer.ok ? scriptIn(await answer.text()) : null;
  } catch {
    return null;
  }
}

async function takeOver(): Promise<void> {
  const script = await served();
  if (script !== null && script !== ownScript()) location.reload();
}

async function begin(): Promise<boolean> {
  if ((await served()) === null) return false;
  location.reload();
  return true;
}

async function beginWhenServed(): Promise<void> {
  if (!(await begin())) setTimeout(() => void beginWhenServed(), RETRY_MS);
}

function ownScript(): string | null {
  return scriptIn(document.documentElement.outerHTML);
}

/** Let the service worker keep what this page runs on. */
function keepShell(): void {
  const entries = performance.getEntriesByType("resource").map((entry) => entry.name);
  const linked = [...document.querySelectorAll("script[src], link[href]")].map(
    (element) => element.getAttribute("src") ?? element.getAttribute("href") ?? "",
  );
  const keep = filesAmong([...linked, ...entries], location.origin);
  navigator.serviceWorker?.ready
    .then((registration) => registration.active?.postMessage({ keep }))
    .catch(() => undefined);
}
