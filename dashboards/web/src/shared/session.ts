/**
 * From the link of a screen (`/dinding/#token=…`) to a session cookie.
 *
 * The token stands in the fragment, which browsers never send; it leaves the address bar before
 * anything else happens, and is not kept anywhere.
 */

export const SESSION_PATH = "/api/v1/session";

/** The token in an address's fragment, or null. */
export function tokenIn(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/u, "")).get("token");
}

/** Take the token out of the address bar and the history. */
export function takeToken(location: Location, history: History): string | null {
  const token = tokenIn(location.hash);
  if (token !== null) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export type SessionAnswer = "ok" | "refused" | "unreachable";

/** Exchange the token for a session cookie. */
export async function openSession(token: string): Promise<SessionAnswer> {
  try {
    const answer = await fetch(SESSION_PATH, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      credentials: "same-origin",
    });
    if (answer.status === 401 || answer.status === 403) return "refused";
    return answer.ok ? "ok" : "unreachable";
  } catch {
    return "unreachable"; // no network: a panel often boots before its server
  }
}
