/**
 * Asking the API: routes, parameters, bodies and answers have the types of its description.
 *
 *   const page = await ask("GET /incidents", { query: { phase: "open" } });
 */

import type { ProblemDetails, ProblemField, Routes } from "./schema";

const PREFIX = "/api/v1";
/** A request that takes longer is given up: the server, or the way to it, is not well. */
const LONGEST_MS = 20_000;

export type Route = keyof Routes;

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Question<R extends Route> {
  /** What stands in the `{…}` of the route, in its order. */
  readonly at?: readonly (string | number)[];
  readonly query?: Routes[R]["query"];
  readonly body?: Routes[R]["body"];
  /** What is sent as it is, instead of a body in JSON. */
  readonly file?: Blob;
  readonly signal?: AbortSignal;
  /** Milliseconds until it is given up, where the usual ones are too few: sums of past months. */
  readonly patience?: number;
}

export type Ask = <R extends Route>(
  route: R,
  question?: Question<R>,
) => Promise<Routes[R]["answer"]>;

/** The API said no (`code` is its word for why), or could not be asked (`unreachable`, 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** What the API says to people, in English; empty where it said nothing. */
    readonly detail: string,
    /** The inputs that it refused, each with what to do. */
    readonly faults: readonly ProblemField[] = [],
  ) {
    super(`${status} ${code}`);
  }
}

/** Ask this server. Throws `ApiError`; an aborted question throws what the browser throws. */
export const ask: Ask = async (route, question = {}) => {
  const [method, template] = split(route);
  const { at = [], query, body, file, signal, patience = LONGEST_MS } = question;
  const timeout = AbortSignal.timeout(patience);
  let answer: Response;
  try {
    answer = await fetch(PREFIX + fill(template, at) + search(query ?? {}), {
      method,
      credentials: "same-origin",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...payload(body, file),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, "unreachable", "");
  }
  if (!answer.ok) throw await problem(answer);
  if (answer.status === 204) return undefined as never;
  try {
    return (await answer.json()) as never;
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
};

function payload(body: unknown, file: Blob | undefined): RequestInit {
  if (file !== undefined) {
    return { body: file, headers: { "Content-Type": "application/octet-stream" } };
  }
  if (body === undefined) return {};
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

function split(route: string): [method: string, template: string] {
  const space = route.indexOf(" ");
  return [route.slice(0, space), route.slice(space + 1)];
}

/** `/incidents/{incident_id}` at 7 is `/incidents/7`. */
export function fill(template: string, values: readonly (string | number)[]): string {
  let next = 0;
  return template.replace(/\{\w+\}/gu, () => encodeURIComponent(values[next++] ?? ""));
}

/** Parameters as a query; those that are null or undefined are left out. */
export function search(query: Query): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [[key, String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs).toString()}`;
}

async function problem(answer: Response): Promise<ApiError> {
  try {
    const { code, detail, errors } = (await answer.json()) as Partial<ProblemDetails>;
    return new ApiError(answer.status, String(code ?? ""), String(detail ?? ""), errors ?? []);
  } catch {
    return new ApiError(answer.status, "", ""); // a proxy's own page
  }
}
