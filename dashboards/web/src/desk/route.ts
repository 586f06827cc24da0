/**
 * The addresses of the desk: text in, values out, and back. A view that matters to somebody has an
 * address of its own, filters included, so that it can be sent to a colleague.
 */

export const PREFIX = "/meja";

export type Route =
  | { readonly page: "problems" }
  | { readonly page: "incidents" }
  | { readonly page: "incident"; readonly id: number }
  | { readonly page: "devices" }
  | { readonly page: "device"; readonly id: string }
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
  return { page: "missing" };
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
