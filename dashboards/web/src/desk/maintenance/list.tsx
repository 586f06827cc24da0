/** Planned work: what is on, what comes (the soonest first), what was, what was cancelled. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { ListedWindow, WindowPhase } from "../../shared/api/schema";
import { Glyph } from "../../shared/view/glyphs";
import { mayAct, useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import { PagedList, usePaged } from "../paged";
import { pagePath, withQuery } from "../route";
import { useOptions, scopeSaid } from "../scope/picker";
import { useRowKeys } from "../stepping";
import { between } from "../texts";
import { WINDOW_PARTS } from "./form";
import { readRule, repeatSaid } from "./recurrence";
import { writtenAt } from "../zoned";
import type { Words } from "../words";

const PHASES: Readonly<Record<string, WindowPhase>> = {
  berlangsung: "on",
  datang: "coming",
  lalu: "past",
  batal: "cancelled",
};
const PAGE = 100;

export function WindowList(): JSX.Element {
  const desk = useDesk();
  const { words, zone } = desk;
  const { query } = usePlace();
  const list = useRef<HTMLTableElement>(null);
  useRowKeys(list);
  const options = useOptions(WINDOW_PARTS);
  const word = query.get("tahap") ?? "";
  const phase = PHASES[word] ?? "on";
  const paged = usePaged(`windows ${phase}`, (cursor, signal) =>
    ask("GET /maintenance-windows", { query: { phase, limit: PAGE, cursor }, signal }),
  );
  const path = pagePath("maintenance");
  return (
    <>
      <div class="title">
        <h1 data-test="title">{words.say("page.maintenance")}</h1>
        {mayAct(desk) && (
          <Link to={pagePath("maintenance", "baru")} class="button" test="new">
            {words.say("mnt.new")}
          </Link>
        )}
      </div>
      <nav class="chips" aria-label={words.say("filter.label")} data-test="chips">
        {Object.entries(PHASES).map(([one, name]) => (
          <Link
            key={one}
            to={withQuery(path, query, { tahap: name === "on" ? null : one })}
            class={name === phase ? "chip on" : "chip"}
            current={name === phase}
          >
            {words.say(`mnt.phase.${name}`)}
          </Link>
        ))}
      </nav>
      <PagedList list={paged} none={words.say(`mnt.none.${phase}`)}>
        {(items) => (
          <table class="list" ref={list}>
            <thead>
              <tr>
                <th>{words.say("mnt.title")}</th>
                <th>{words.say("mnt.when")}</th>
                <th>{words.say("mnt.whom")}</th>
                <th>{words.say("plan.reason")}</th>
                <th>{words.say("mnt.by")}</th>
              </tr>
            </thead>
            <tbody>
              {soonestFirst(items, phase).map((one) => (
                <tr key={one.id} data-row data-test="window">
                  <td>
                    <Link to={pagePath("maintenance", String(one.id))} class="strong">
                      {one.title}
                    </Link>
                    {one.after_the_fact && (
                      <>
                        {" "}
                        <span class="tag">{words.say("mnt.after_the_fact")}</span>
                      </>
                    )}
                  </td>
                  <td>
                    {one.active && (
                      <span data-state="maintenance" class="cell-outage">
                        <Glyph name="maintenance" />{" "}
                      </span>
                    )}
                    <When window={one} zone={zone} />
                  </td>
                  <td>{scopeSaid(one.scope, options, words)}</td>
                  <td>{one.cancel_reason ?? one.reason}</td>
                  <td>{one.cancelled_by ?? one.author}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </>
  );
}

function soonestFirst(items: readonly ListedWindow[], phase: WindowPhase): readonly ListedWindow[] {
  if (phase !== "coming") return items;
  const begins = (one: ListedWindow): string => one.following?.starts_at ?? one.starts_at;
  return [...items].sort((a, b) => (begins(a) < begins(b) ? -1 : begins(a) > begins(b) ? 1 : 0));
}

/** The time that matters: that it is on or comes next, else when it was; and how often. */
function When({ window, zone }: { window: ListedWindow; zone: string }): JSX.Element {
  const { words } = useDesk();
  const { starts_at, ends_at } = window.following ?? window;
  return (
    <>
      {between(Date.parse(starts_at), Date.parse(ends_at), zone, words)}
      {window.recurrence !== null && <small class="lines">{recurrenceSaid(window, words)}</small>}
    </>
  );
}

/** How often, in words; a rule that words here cannot say stands as it is. */
export function recurrenceSaid(
  { recurrence, starts_at, zone }: Pick<ListedWindow, "recurrence" | "starts_at" | "zone">,
  words: Words,
): string {
  const repeat = readRule(recurrence, writtenAt(Date.parse(starts_at), zone).slice(0, 10));
  return repeat === null ? (recurrence ?? "") : repeatSaid(repeat, words);
}
