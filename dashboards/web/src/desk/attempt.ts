/** Something that somebody does: one at a time, and why it was not recorded. */

import { useState } from "preact/hooks";
import { ApiError } from "../shared/api/client";
import { whyNot } from "./acts";
import { useDesk } from "./context";

export interface Attempt {
  readonly busy: boolean;
  /** Why the last one was not recorded, in words; null: it was. */
  readonly failure: string | null;
  readonly attempt: (work: () => Promise<void>) => void;
}

export function useAttempt(): Attempt {
  const { words } = useDesk();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      setFailure(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, attempt: (work) => void run(work) };
}
