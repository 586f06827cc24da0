/** `/meja/karantina`: what was heard and is no device; somebody decides what becomes of it. */

import type { JSX } from "preact";
import { ask } from "../../shared/api/client";
import type { Entry } from "../../shared/api/schema";
import { duration } from "../../shared/time";
import { useDesk } from "../context";
import { useEvery } from "../every";
import { go, Link, usePlace } from "../navigation";
import { PagedList, usePaged } from "../paged";
import type { PageProps } from "../pages";
import { pagePath, withQuery } from "../route";
import { capital, joined, kindWord, moment } from "../texts";
import { EntryPage } from "./entry";

const STATES = ["waiting", "ignored", "adopted"] as const;
type Waiting = (typeof STATES)[number];
const RENEW_MS = 10_000;

export default function QuarantinePage({ part }: PageProps): JSX.Element {
  const id = part !== null && /^[1-9]\d{0,15}$/u.test(part) ? Number(part) : null;
  return id === null ? <EntryList /> : <EntryPage id={id} />;
}

function stateIn(query: URLSearchParams): Waiting {
  return STATES.find((state) => state === query.get("tahap")) ?? "waiting";
}

function EntryList(): JSX.Element {
  const { words } = useDesk();
  const { query } = usePlace();
  const state = stateIn(query);
  const list = usePaged(`quarantine ${state}`, (cursor, signal) =>
    ask("GET /quarantine", { query: { state, limit: 50, cursor }, signal }),
  );
  useEvery(RENEW_MS, list.renew);
  return (
    <>
      <h1 data-test="title">{words.say("page.quarantine")}</h1>
      <p class="quiet">{words.say("quarantine.about")}</p>
      <nav class="chips" aria-label={words.say("filter.label")}>
        {STATES.map((one) => (
          <Link
            key={one}
            to={withQuery(pagePath("quarantine"), query, { tahap: one === "waiting" ? null : one })}
            class={one === state ? "chip on" : "chip"}
          >
            {words.say(`quarantine.${one}`)}
          </Link>
        ))}
      </nav>
      <PagedList list={list} none={words.say(`quarantine.none_${state}`)}>
        {(items) => (
          <table class="list">
            <thead>
              <tr>
                <th>{words.say("quarantine.name")}</th>
                <th>{words.say("quarantine.could_be")}</th>
                <th>{words.say("quarantine.heard")}</th>
                <th class="number">{words.say("quarantine.messages")}</th>
                {state !== "waiting" && <th>{words.say("quarantine.decided")}</th>}
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row key={one.id} entry={one} />
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
      <Decisions />
    </>
  );
}

/** `Sensor · tasmota`: what it could be, by what it published. */
export function couldBe(entry: Entry, words: ReturnType<typeof useDesk>["words"]): string {
  const { suggestion } = entry;
  if (suggestion === null) return entry.fits.map(({ profile }) => profile).join(", ");
  return joined(capital(kindWord(suggestion.kind, 1, words)), suggestion.profile);
}

function Row({ entry }: { entry: Entry }): JSX.Element {
  const { words, at, zone } = useDesk();
  const path = pagePath("quarantine", String(entry.id));
  const heard = Date.parse(entry.last_seen_at);
  return (
    <tr data-test="entry" class="opens" onClick={() => go(path)}>
      <td>
        <Link to={path} class="strong">
          {entry.name}
        </Link>
        <small>{entry.places[0] ?? entry.source}</small>
      </td>
      <td data-name={words.say("quarantine.could_be")}>{couldBe(entry, words) || "–"}</td>
      <td data-name={words.say("quarantine.heard")} title={moment(heard, zone, words)}>
        {words.say("ago", { age: duration(at - heard, words) })}
      </td>
      <td class="number" data-name={words.say("quarantine.messages")}>
        {words.number(entry.messages)}
      </td>
      {entry.state !== "waiting" && (
        <td data-name={words.say("quarantine.decided")}>{entry.decided_by ?? "–"}</td>
      )}
    </tr>
  );
}

/** Who decided what, newest first. */
function Decisions(): JSX.Element {
  const { words, zone } = useDesk();
  const list = usePaged("quarantine decisions", (cursor, signal) =>
    ask("GET /quarantine/decisions", { query: { limit: 20, cursor }, signal }),
  );
  return (
    <section class="part" data-test="decisions">
      <h2>{words.say("quarantine.decisions")}</h2>
      <PagedList list={list} none={words.say("quarantine.no_decisions")}>
        {(items) => (
          <table class="list">
            <tbody>
              {items.map((one) => (
                <tr key={one.id} data-test="decision">
                  <td>{moment(Date.parse(one.at), zone, words)}</td>
                  <td>{one.author}</td>
                  <td>
                    <Link to={pagePath("quarantine", String(one.entry))}>{one.name}</Link>
                  </td>
                  <td>
                    {words.find(`quarantine.did_${one.kind}`) ?? one.kind}
                    {one.device !== null && `: ${one.device}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </section>
  );
}
