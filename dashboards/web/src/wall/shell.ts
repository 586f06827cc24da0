/** What of the page is kept for when the server is down, and whether the server has a newer one. */

/** The page as the server gives it for every address below. */
export const PAGE = "/dinding/";
const FILES = "/assets/";
const MOST_FILES = 50;

/** The paths that a page's message asks to keep; null: it is no such message. */
export function keepOf(message: unknown): string[] | null {
  const asked = (message as { keep?: unknown } | null)?.keep;
  if (!Array.isArray(asked) || asked.length > MOST_FILES) return null;
  const paths = asked.filter((path): path is string => typeof path === "string" && isKept(path));
  return paths.length === asked.length ? paths : null;
}

/** A file whose name changes with what is in it. */
export function isKept(path: string): boolean {
  return path.startsWith(FILES) && !path.includes("..");
}

/** The paths among addresses that belong to the page, each once. */
export function filesAmong(addresses: readonly string[], origin: string): string[] {
  const paths = addresses.flatMap((address) => {
    const url = new URL(address, origin);
    return url.origin === origin && isKept(url.pathname) ? [url.pathname] : [];
  });
  return [...new Set(paths)];
}

/** The page's script as its HTML names it, or null. */
export function scriptIn(html: string): string | null {
  return /<script[^>]*\ssrc="(\/assets\/[^"]+)"/u.exec(html)?.[1] ?? null;
}
