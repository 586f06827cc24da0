/**
 * The wall's service worker: the page itself when the server is down, and nothing else. What the
 * API says is never kept: old data would be a lie with a fresh face.
 *
 * The page tells which files it runs on (`keep`). They are kept together with the page that names
 * them, and only when all of them are there, so a kept page can always start.
 *
 * Browsers run it over HTTPS and on localhost only; without it a panel that is switched on while
 * the server is down waits on the browser's own error page, which tries again by itself.
 */

import { isKept, keepOf, PAGE } from "./shell";

/** As much of a service worker's world as this one needs; the DOM's types do not know it. */
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Extendable & { data: unknown }) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const scope = self as unknown as WorkerScope;
const CACHE = "wall";
/** A server that takes longer to give a page of some hundred bytes is as good as down. */
const PATIENCE_MS = 5_000;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("message", (event) => {
  const wanted = keepOf(event.data);
  if (wanted !== null) event.waitUntil(keep(wanted));
});
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (isKept(pathname)) event.respondWith(file(request));
});

/** The server's page; the kept one when the server gives none. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return answer;
    return (await kept(PAGE)) ?? answer;
  } catch (error) {
    const found = await kept(PAGE);
    if (found === undefined) throw error;
    return found;
  }
}

/** Files are named by their content: one that is kept is the right one. */
async function file(request: Request): Promise<Response> {
  return (await kept(request.url)) ?? fetch(request);
}

async function kept(address: string): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(address);
}

async function keep(files: readonly string[]): Promise<void> {
  const answer = await fetch(PAGE, { cache: "no-cache" });
  const text = await answer.clone().text();
  // The server has a newer page already: it will tell of its own files.
  if (!answer.ok || !files.some((path) => path.endsWith(".js") && text.includes(path))) return;
  const cache = await caches.open(CACHE);
  const known = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll(files.filter((path) => !known.has(path)));
  await cache.put(PAGE, answer);
  const wanted = new Set([PAGE, ...files]);
  for (const path of known) if (!wanted.has(path)) await cache.delete(path);
}
