/** Who is at this desk: the session of the browser, or a link with a token. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../shared/api/client";
import type { Visitor } from "../shared/api/schema";
import { openSession, takeToken } from "../shared/session";

const RETRY_MS = 3_000;

export type Entry =
  | { readonly state: "asking" }
  | { readonly state: "unreachable" }
  /** `ended`: there was a session; `refused`: the token is not valid. */
  | { readonly state: "outside"; readonly why: "none" | "ended" | "refused" }
  | { readonly state: "inside"; readonly visitor: Visitor };

export interface Door {
  readonly entry: Entry;
  /** Come in with a token. Throws `ApiError`: why not. */
  readonly enter: (token: string) => Promise<void>;
  readonly leave: () => Promise<void>;
  /** The server refused us: the token was revoked, or its time is over. */
  readonly lost: () => void;
}

export function useDoor(): Door {
  const [entry, setEntry] = useState<Entry>({ state: "asking" });

  const look = useCallback(async (): Promise<void> => {
    try {
      setEntry({ state: "inside", visitor: await ask("GET /session") });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const refused = error.status === 401 || error.status === 403;
      if (refused) setEntry({ state: "outside", why: "none" });
      else {
        setEntry({ state: "unreachable" });
        setTimeout(() => void look(), RETRY_MS);
      }
    }
  }, []);

  useEffect(() => {
    const token = takeToken(location, history);
    if (token === null) void look();
    else {
      void openSession(token).then((answer) => {
        if (answer === "refused") setEntry({ state: "outside", why: "refused" });
        else void look();
      });
    }
  }, [look]);

  const enter = useCallback(
    async (token: string): Promise<void> => {
      const answer = await openSession(token);
      if (answer === "refused") throw new ApiError(401, "token_refused", "");
      if (answer === "unreachable") throw new ApiError(0, "unreachable", "");
      await look();
    },
    [look],
  );
  const leave = useCallback(async (): Promise<void> => {
    try {
      await ask("DELETE /session");
      setEntry({ state: "outside", why: "none" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) setEntry({ state: "outside", why: "none" });
    }
  }, []);
  const lost = useCallback((): void => {
    setEntry((before) =>
      before.state === "inside" ? { state: "outside", why: "ended" } : before,
    );
  }, []);
  return { entry, enter, leave, lost };
}
