/**
 * The addresses of the desk: text in, values out, and back. A view that matters to somebody has an
 * address of its own, filters included, so that it can be sent to a colleague.
 */

export const PREFIX = "/meja";

/** Pages with an address of one word, by name. `pages.ts` says what each of them is. */
export const SEGMENTS = {
  maintenance: "pemeliharaan",
  silences: "senyap",
  uptime: "ketersediaan",
  imports: "impor",
  reports: "laporan",
  indicators: "indikator",
  quarantine: "karantina",
  alarms: "kesehatan-alarm",
  health: "kesehatan",
  access: "akses",
  register: "register",
  audit: "jejak",
  design: "rancangan",
  map: "peta",
} as const;

export type PlainPage = keyof typeof SEGMENTS;

export type Route =
  | { readonly page: "problems" }
  | { readonly page: "incidents" }
  | { readonly page: "incident"; readonly id: number }
  | { readonly page: "devices" }
  | { readonly page: "device"; readonly id: string }
  /** `part` is what stands behind the word: the thing of it that is looked at. */
  | { readonly page: PlainPage; readonly part: string | null }
  | { readonly page: "missing" };

/** The page of a path. */
export function routeOf(pathname: string): Route {
  const [first = "", second, ...rest] = pathname.slice(PREFIX.length).split("/").filter(Boolean);
  if (rest.length > 0) return { page: "missing" };
  if (first === "" || first === "masalah") {
    return second === undefined ? { page: "problems" } : { page: "missing" };
  }
  if (first === "insiden") {
    if (second === undefined) return { page: "incidents" };
    return /^[1-9]\d{0,15}$/u.test(second)
      ? { page: "incident", id: Number(second) }
      : { page: "missing" };
  }
  if (first === "perangkat") {
    if (second === undefined) return { page: "devices" };
    const id = decode(second);
    return id === null ? { page: "missing" } : { page: "device", id };
  }
  const plain = plainPages().find((page) => SEGMENTS[page] === first);
  if (plain !== undefined) {
    const part = second === undefined ? null : decode(second);
    return second !== undefined && part === null ? { page: "missing" } : { page: plain, part };
  }
  return { page: "missing" };
}

export function plainPages(): readonly PlainPage[] {
  return Object.keys(SEGMENTS) as PlainPage[];
}

export function pagePath(page: PlainPage, part?: string): string {
  const path = `${PREFIX}/${SEGMENTS[page]}`;
  return part === undefined ? path : `${path}/${encodeURIComponent(part)}`;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export const PROBLEMS = `${PREFIX}/`;
export const INCIDENTS = `${PREFIX}/insiden`;
export const DEVICES = `${PREFIX}/perangkat`;

export function incidentPath(id: number): string {
  return `${INCIDENTS}/${id}`;
}

export function devicePath(id: string): string {
  return `${DEVICES}/${encodeURIComponent(id)}`;
}

/** An address with some parameters of its query set, or (null, "") taken out. */
export function withQuery(
  path: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string | null>>,
): string {
  const next = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, value);
  }
  const text = next.toString();
  return text === "" ? path : `${path}?${text}`;
}
