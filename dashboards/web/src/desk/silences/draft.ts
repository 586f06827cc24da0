/** A silence that is being written down, and what is not right with it yet. Pure. */

import type { SilenceBody } from "../../shared/api/schema";
import { isEmpty, scopeOf, type Chosen } from "../scope/options";
import { endOf, type Span } from "../until";
import { momentOf, type Written } from "../zoned";

export interface Draft {
  readonly chosen: Chosen;
  readonly reason: string;
  /** Empty: now. */
  readonly starts: Written | "";
  /** How long from its beginning, or `pick`: until `ends`. */
  readonly span: Span | "pick" | null;
  readonly ends: Written | "";
}

const LONGEST_MS = 31 * 86_400_000;

export type LackKey =
  | "mnt.lack.reason"
  | "mnt.lack.time"
  | "sil.lack.scope"
  | "sil.lack.end"
  | "sil.lack.past"
  | "sil.lack.order"
  | "sil.lack.long";

/** When it ends; null: that is not said yet. */
export function endsAt(draft: Draft, now: number, zone: string): number | null {
  if (draft.span === null) return null;
  if (draft.span === "pick") return momentOf(draft.ends, zone);
  const starts = draft.starts === "" ? now : momentOf(draft.starts, zone);
  return starts === null ? null : endOf(draft.span, starts, zone);
}

/** What is missing or cannot be, by field, as keys of words. */
export function lacking(draft: Draft, now: number, zone: string): Record<string, LackKey> {
  const lacks: Record<string, LackKey> = {};
  if (isEmpty(draft.chosen)) lacks["scope"] = "sil.lack.scope";
  if (draft.reason.trim() === "") lacks["reason"] = "mnt.lack.reason";
  const starts = draft.starts === "" ? now : momentOf(draft.starts, zone);
  const ends = endsAt(draft, now, zone);
  if (starts === null) lacks["starts_at"] = "mnt.lack.time";
  else if (ends === null) lacks["ends_at"] = "sil.lack.end";
  else if (ends <= now) lacks["ends_at"] = "sil.lack.past";
  else if (ends <= starts) lacks["ends_at"] = "sil.lack.order";
  else if (ends - starts > LONGEST_MS) lacks["ends_at"] = "sil.lack.long";
  return lacks;
}

/** What is sent. Call it when its times can be read. */
export function bodyOf(draft: Draft, now: number, zone: string): SilenceBody {
  const { chosen } = draft;
  const starts = draft.starts === "" ? null : momentOf(draft.starts, zone);
  return {
    scope: scopeOf(chosen),
    owners: chosen.owners,
    kinds: chosen.kinds,
    reason: draft.reason.trim(),
    starts_at: starts === null ? null : new Date(starts).toISOString(),
    ends_at: new Date(endsAt(draft, now, zone) ?? now).toISOString(),
  };
}
