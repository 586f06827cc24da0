/** `/meja/senyap`: what is muted, until when and why; a new silence (`/baru`), and ending one. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { SilenceView } from "../../shared/api/schema";
import { duration } from "../../shared/time";
import { whyNot } from "../acts";
import { mayAct, useDesk, type Desk } from "../context";
import { chosenIn } from "../maintenance/page";
import { Link, usePlace } from "../navigation";
import { PagedList, usePaged } from "../paged";
import type { PageProps } from "../pages";
import { pagePath, withQuery } from "../route";
import { PARTS, type Option } from "../scope/options";
import { scopeSaid, useOptions } from "../scope/picker";
import { useRowKeys } from "../stepping";
import { joined, moment } from "../texts";
import { SilenceForm } from "./form";

export const NEW = "baru";
const PAGE = 500;

export default function SilencesPage({ part }: PageProps): JSX.Element {
  const { words, ...desk } = useDesk();
  const { query } = usePlace();
  if (part === null) return <SilenceList />;
  if (part !== NEW) return <p class="empty">{words.say("missing")}</p>;
  if (!mayAct(desk)) return <p class="empty">{words.say("problem.role_too_low")}</p>;
  // Times are written in the city's zone, which comes with the first snapshot.
  if (desk.city === null) return <p class="empty">{words.say("loading")}</p>;
  return (
    <>
      <p class="crumbs">
        <Link to={pagePath("silences")}>{words.say("page.silences")}</Link> ›
      </p>
      <h1 data-test="title">{words.say("sil.title")}</h1>
      <SilenceForm chosen={chosenIn(query)} />
    </>
  );
}

const PHASES = { berlangsung: "on", datang: "coming", lewat: "over" } as const;
type Phase = (typeof PHASES)[keyof typeof PHASES];

function SilenceList(): JSX.Element {
  const desk = useDesk();
  const { words, at } = desk;
  const { query } = usePlace();
  const list = useRef<HTMLTableElement>(null);
  useRowKeys(list);
  const options = useOptions(PARTS);
  const word = query.get("tahap") ?? "";
  const phase: Phase = word in PHASES ? PHASES[word as keyof typeof PHASES] : "on";
  // What is neither on nor over is to come: the newest ones hold it.
  const active = phase === "on" ? true : phase === "over" ? false : null;
  const paged = usePaged(`silences ${phase}`, async (cursor, signal) => {
    const page = await ask("GET /silences", { query: { active, limit: PAGE, cursor }, signal });
    if (phase !== "coming") return page;
    return { ...page, items: page.items.filter((one) => isComing(one, at)) };
  });
  const path = pagePath("silences");
  return (
    <>
      <div class="title">
        <h1 data-test="title">{words.say("page.silences")}</h1>
        {mayAct(desk) && (
          <Link to={pagePath("silences", NEW)} class="button" test="new">
            {words.say("sil.new")}
          </Link>
        )}
      </div>
      <nav class="chips" aria-label={words.say("filter.label")} data-test="chips">
        {(Object.keys(PHASES) as (keyof typeof PHASES)[]).map((one) => (
          <Link
            key={one}
            to={withQuery(path, query, { tahap: one === "berlangsung" ? null : one })}
            class={PHASES[one] === phase ? "chip on" : "chip"}
            current={PHASES[one] === phase}
          >
            {words.say(`sil.phase.${PHASES[one]}`)}
          </Link>
        ))}
      </nav>
      <PagedList list={paged} none={words.say(`sil.none.${phase}`)}>
        {(items) => (
          <table class="list" ref={list}>
            <thead>
              <tr>
                <th>{words.say("mnt.whom")}</th>
                <th>{words.say("plan.reason")}</th>
                <th>{words.say("mnt.starts")}</th>
                <th>{words.say("sil.ends")}</th>
                <th>{words.say("mnt.by")}</th>
                {phase !== "over" && mayAct(desk) && <th />}
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row
                  key={one.id}
                  silence={one}
                  options={options}
                  mayEnd={phase !== "over" && mayAct(desk)}
                  onEnded={paged.renew}
                />
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </>
  );
}

export function isComing(one: Pick<SilenceView, "starts_at" | "ended_at">, at: number): boolean {
  return one.ended_at === null && Date.parse(one.starts_at) > at;
}

/** Whom it mutes, in words: the places, and what narrows them. */
export function mutedSaid(
  silence: Pick<SilenceView, "scope" | "owners" | "kinds">,
  options: readonly Option[] | null,
  words: Desk["words"],
): string {
  const { scope, owners, kinds } = silence;
  const places = scopeSaid(scope, options, words);
  const narrow = scopeSaid({ owners, kinds }, options, words);
  return joined(places, places === "" || narrow === "" ? narrow : words.say("sil.narrowed", { what: narrow }));
}

interface RowProps {
  readonly silence: SilenceView;
  readonly options: readonly Option[] | null;
  readonly mayEnd: boolean;
  readonly onEnded: () => void;
}

function Row({ silence, options, mayEnd, onEnded }: RowProps): JSX.Element {
  const { words, zone, at } = useDesk();
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const ends = Date.parse(silence.ends_at);
  const said = (text: string): string => moment(Date.parse(text), zone, words);
  const end = async (): Promise<void> => {
    setBusy(true);
    try {
      await ask("POST /silences/{silence_id}/end", { at: [silence.id] });
      onEnded();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
      setBusy(false);
    }
  };
  return (
    <tr data-row data-test="silence">
      <td>
        <b>{mutedSaid(silence, options, words)}</b>
      </td>
      <td>{silence.reason}</td>
      <td>{said(silence.starts_at)}</td>
      <td>
        {said(silence.ends_at)}
        <small class="lines">
          {silence.ended_at !== null
            ? words.say("sil.ended", { who: silence.ended_by ?? "", at: said(silence.ended_at) })
            : silence.active && words.say("sil.left", { time: duration(ends - at, words) })}
        </small>
      </td>
      <td>{silence.author}</td>
      {mayEnd && (
        <td class="number">
          <button type="button" disabled={busy} onClick={() => void end()} data-test="end">
            {words.say("sil.end")}
          </button>
          {failure !== null && (
            <p class="failure" role="alert">
              {words.say("failure.recorded", { why: failure })}
            </p>
          )}
        </td>
      )}
    </tr>
  );
}
