/** The lists that there are, and what was imported: each can be looked at, the last be taken back. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { ImportView } from "../../shared/api/schema";
import { useAnswer } from "../answer";
import { useDesk, type Desk } from "../context";
import { Link } from "../navigation";
import { PagedList, usePaged } from "../paged";
import { pagePath } from "../route";
import { useRowKeys } from "../stepping";
import { joined, moment } from "../texts";

export function Lists(): JSX.Element {
  const { words, zone, owners } = useDesk();
  const table = useRef<HTMLTableElement>(null);
  useRowKeys(table);
  const { value: sources } = useAnswer("sources", (signal) => ask("GET /sources", { signal }));
  const imports = usePaged("imports", (cursor, signal) =>
    ask("GET /imports", { query: { limit: 50, cursor }, signal }),
  );
  return (
    <>
      {sources !== null && sources.items.length > 0 && (
        <section class="part">
          <h2>{words.say("imp.sources")}</h2>
          <table class="list">
            <thead>
              <tr>
                <th>{words.say("imp.name")}</th>
                <th>{words.say("imp.agency")}</th>
                <th class="number">{words.say("imp.rows")}</th>
                <th class="number">{words.say("imp.rank")}</th>
                <th>{words.say("imp.last")}</th>
              </tr>
            </thead>
            <tbody>
              {sources.items.map((one) => (
                <tr key={one.id} data-test="source">
                  <td>
                    <b>{one.name}</b> {one.name !== one.id && <small>{one.id}</small>}
                  </td>
                  <td>{one.agency === null ? "–" : (owners.get(one.agency) ?? one.agency)}</td>
                  <td class="number">{words.number(one.rows)}</td>
                  <td class="number">{words.number(one.rank)}</td>
                  <td>
                    {one.last_import === null
                      ? "–"
                      : moment(Date.parse(one.last_import.at), zone, words)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <section class="part">
        <h2>{words.say("imp.done")}</h2>
        <PagedList list={imports} none={words.say("imp.none")}>
          {(items) => (
            <table class="list" ref={table}>
              <thead>
                <tr>
                  <th>{words.say("imp.when")}</th>
                  <th>{words.say("imp.source_new")}</th>
                  <th>{words.say("imp.items_done")}</th>
                  <th>{words.say("mnt.by")}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.id} data-row data-test="import">
                    <td>
                      <Link to={pagePath("imports", String(one.id))} class="strong">
                        {moment(Date.parse(one.at), zone, words)}
                      </Link>
                    </td>
                    <td>
                      {one.source} <small>{joined(one.file, one.sheet)}</small>
                    </td>
                    <td>
                      {countsSaid(one.counts, words)}
                      {one.undoes !== null && (
                        <small class="lines">{words.say("imp.undoes", { id: one.undoes })}</small>
                      )}{" "}
                      {one.undone_by !== null && (
                        <span class="tag">{words.say("imp.undone")}</span>
                      )}
                    </td>
                    <td>{one.author}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </PagedList>
      </section>
    </>
  );
}

export const OUTCOMES = ["created", "changed", "same", "retired"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** `12 baru · 3 berubah`; what is none is left out. */
export function countsSaid(counts: ImportView["counts"], words: Desk["words"]): string {
  return joined(
    ...OUTCOMES.filter((one) => counts[one] > 0).map(
      (one) => `${words.number(counts[one])} ${words.say(`imp.outcome.${one}`)}`,
    ),
  );
}
