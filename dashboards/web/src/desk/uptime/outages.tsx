/** The outages of one device in the window, each with its cause, which people may correct. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { CauseClass, OutageView } from "../../shared/api/schema";
import { duration } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { whyNot } from "../acts";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import { PagedList, usePaged } from "../paged";
import { incidentPath, withQuery } from "../route";
import { useRowKeys } from "../stepping";
import { capital, causeOf, causeWord, moment } from "../texts";
import { PATH, QUERY } from "./view";

const PAGE = 100;

export interface OutagesProps {
  readonly device: string;
  readonly from: string;
  readonly to: string;
  /** The figures above have another cause to stand on. */
  readonly onCorrected: () => void;
}

export function Outages({ device, from, to, onCorrected }: OutagesProps): JSX.Element {
  const { words } = useDesk();
  const list = useRef<HTMLTableElement>(null);
  useRowKeys(list);
  const paged = usePaged(`outages ${device} ${from} ${to}`, (cursor, signal) =>
    ask("GET /outages", { query: { device, from, to, limit: PAGE, cursor }, signal }),
  );
  return (
    <section class="outages" data-test="outages">
      <h2>{words.say("up.outages")}</h2>
      <PagedList list={paged} none={words.say("up.no_outages")}>
        {(items) => (
          <table class="list" ref={list}>
            <thead>
              <tr>
                <th>{words.say("column.state")}</th>
                <th>{words.say("up.began")}</th>
                <th>{words.say("up.ended")}</th>
                <th class="number">{words.say("column.duration")}</th>
                <th>{words.say("column.cause")}</th>
                <th>{words.say("impact.booked")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row
                  key={one.id}
                  outage={one}
                  onCorrected={() => {
                    paged.renew();
                    onCorrected();
                  }}
                />
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </section>
  );
}

interface RowProps {
  readonly outage: OutageView;
  readonly onCorrected: () => void;
}

function Row({ outage, onCorrected }: RowProps): JSX.Element {
  const { words, zone, at, owners } = useDesk();
  const [open, setOpen] = useState(false);
  const began = Date.parse(outage.started_at);
  const ended = outage.ended_at === null ? null : Date.parse(outage.ended_at);
  const { query } = usePlace();
  const state = outage.state === "unreachable" ? "unreachable" : "down";
  return (
    <tr data-row data-test="outage">
      <td data-state={state} class="cell-outage">
        <Glyph name={state} /> {capital(words.say(`state.${state}`))}
      </td>
      <td>{moment(began, zone, words)}</td>
      <td>{ended === null ? words.say("up.still_on") : moment(ended, zone, words)}</td>
      <td class="number">{duration((ended ?? at) - began, words)}</td>
      <td>
        {outage.root !== null ? (
          // What lies behind another device is booked to that one: its own cause is the cause.
          <>
            {capital(causeOf(outage, words))}:{" "}
            <Link to={withQuery(PATH, query, { [QUERY.device]: outage.root, [QUERY.site]: null })}>
              {outage.root_name ?? outage.root}
            </Link>
          </>
        ) : (
          <>
            <button
              type="button"
              class="link"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              data-test="cause-of"
            >
              {capital(causeOf(outage, words))}
            </button>{" "}
            <small>
              {outage.corrected
                ? words.say("cause.by_person")
                : words.say(`rule.${outage.cause_rule}`)}
            </small>
            {open && (
              <Causes
                id={outage.id}
                onDone={() => {
                  setOpen(false);
                  onCorrected();
                }}
              />
            )}
          </>
        )}
      </td>
      <td>
        {outage.responsible === null
          ? words.say("impact.nobody")
          : (owners.get(outage.responsible) ?? outage.responsible)}
        {outage.incident !== null && (
          <small>
            {" "}
            <Link to={incidentPath(outage.incident)}>
              {words.say("device.incident", { id: outage.incident })}
            </Link>
          </small>
        )}
      </td>
    </tr>
  );
}

/** What a person may say it was; `upstream` follows from the topology and is not offered. */
const CAUSES: readonly CauseClass[] = ["power", "link", "device", "planned", "unknown"];

/** All that was said on a cause, and a new word on it. */
function Causes({ id, onDone }: { id: number; onDone: () => void }): JSX.Element {
  const desk = useDesk();
  const { words, zone } = desk;
  const { value } = useAnswer(`outage ${id}`, (signal) =>
    ask("GET /outages/{outage_id}", { at: [id], signal }),
  );
  const [reason, setReason] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const say = async (cause: CauseClass): Promise<void> => {
    setBusy(true);
    try {
      await ask("POST /outages/{outage_id}/cause", {
        at: [id],
        body: { cause, reason: reason.trim() || words.say("cause.said_at_desk") },
      });
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
      setBusy(false);
    }
  };
  return (
    <div class="causes" data-test="causes">
      {value !== null && (
        <ol>
          <li>
            {words.say("line.proposed", { cause: causeWord(value.cause_proposed, words) })} (
            {words.say(`rule.${value.cause_rule}`)})
          </li>
          {value.corrections.map((one) => (
            <li key={one.made_at}>
              {words.say("line.corrected", { cause: causeWord(one.cause, words), who: one.author })}{" "}
              · {one.reason} <small>{moment(Date.parse(one.made_at), zone, words)}</small>
            </li>
          ))}
        </ol>
      )}
      {mayAct(desk) && value !== null && (
        <>
          <label>
            {words.say("up.why")}
            <input
              value={reason}
              maxLength={500}
              onInput={(event) => setReason(event.currentTarget.value)}
              data-test="cause-reason"
            />
          </label>
          <div class="chips" role="group" aria-label={words.say("cause.correct")}>
            {CAUSES.filter((cause) => cause !== value.cause).map((cause) => (
              <button
                key={cause}
                type="button"
                class="chip"
                disabled={busy}
                onClick={() => void say(cause)}
                data-test={`cause-${cause}`}
              >
                {capital(causeWord(cause, words))}
              </button>
            ))}
          </div>
        </>
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          {words.say("failure.recorded", { why: failure })}
        </p>
      )}
    </div>
  );
}
