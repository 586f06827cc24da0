/** Lists that come in pages: as many as were asked for, in one answer that stays while it is renewed. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../shared/api/client";
import { useAnswer } from "./answer";
import { useDesk } from "./context";

export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

export interface Paged<T> {
  /** null: not here yet. */
  readonly items: readonly T[] | null;
  readonly more: boolean;
  readonly trouble: ApiError | null;
  readonly loadMore: () => void;
  readonly renew: () => void;
}

/** The first pages of a list; another `key` is another list, from its beginning. */
export function usePaged<T>(
  key: string,
  load: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): Paged<T> {
  const [asked, setAsked] = useState({ key, pages: 1 });
  const pages = asked.key === key ? asked.pages : 1;
  const { value, trouble, renew } = useAnswer(`${key} ${pages}`, async (signal) => {
    const items: T[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < pages; page += 1) {
      const answer: Page<T> = await load(cursor, signal);
      items.push(...answer.items);
      cursor = answer.next;
      if (cursor === null) break;
    }
    return { items, more: cursor !== null };
  });
  return {
    items: value?.items ?? null,
    more: value?.more === true,
    trouble,
    loadMore: () => setAsked({ key, pages: pages + 1 }),
    renew,
  };
}

export interface PagedListProps<T> {
  readonly list: Paged<T>;
  /** What is said where there is nothing. */
  readonly none: string;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** A list in its four states: coming, out of reach, empty, there. */
export function PagedList<T>({ list, none, children }: PagedListProps<T>): JSX.Element {
  const { words } = useDesk();
  if (list.items === null) {
    return <p class="empty">{words.say(list.trouble === null ? "loading" : "problem.unreachable")}</p>;
  }
  if (list.items.length === 0) {
    return (
      <p class="empty" data-test="empty">
        {none}
      </p>
    );
  }
  return (
    <>
      {children(list.items)}
      {list.more && (
        <button type="button" class="more" onClick={list.loadMore}>
          {words.say("more")}
        </button>
      )}
    </>
  );
}
