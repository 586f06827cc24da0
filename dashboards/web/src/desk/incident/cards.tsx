/** Beside the story: what the incident took, and what it is put down to. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../shared/api/client";
import type { CauseClass, IncidentDetail, IncidentOutage } from "../../shared/api/schema";
import { correctCause, whyNot } from "../acts";
import { mayAct, useDesk } from "../context";
import { Link } from "../navigation";
import { devicePath } from "../route";
import { capital, causeOf, causeWord, joined } from "../texts";

/** Minutes in which devices did not work, summed over the outages, floored. */
export function lostMinutes(outages: readonly IncidentOutage[], now: number): number {
  const lost = outages.reduce((sum, one) => {
    const end = one.ended_at === null ? now : Date.parse(one.ended_at);
    return sum + Math.max(0, end - Date.parse(one.started_at));
  }, 0);
  return Math.floor(lost / 60_000);
}

const MOST_DEVICES = 8;

export function ImpactCard({ incident }: { incident: IncidentDetail }): JSX.Element {
  const { words, at, owners } = useDesk();
  const { first_outages: outages } = incident;
  const complete = outages.length >= incident.outages;
  const minutes = words.number(lostMinutes(outages, at));
  const booked = incident.responsible;
  const devices = [...new Map(outages.map((one) => [one.device, one.device_name]))];
  return (
    <section class="card" data-test="impact">
      <h2>{words.say("impact.title")}</h2>
      <dl>
        <dt>{words.say("impact.devices")}</dt>
        <dd>
          <b>{words.number(incident.devices)}</b>{" "}
          {incident.recovered_at === null &&
            `(${(["down", "unreachable"] as const)
              .filter((state) => incident[state] > 0)
              .map((state) => `${words.number(incident[state])} ${words.say(`state.${state}`)}`)
              .join(", ")})`}
        </dd>
        <dt>{words.say("impact.sites")}</dt>
        <dd>{words.number(incident.sites)}</dd>
        <dt>{words.say("impact.minutes")}</dt>
        <dd>{complete ? minutes : words.say("at_least", { n: minutes })}</dd>
        <dt>{words.say("impact.booked")}</dt>
        <dd>
          {joined(
            causeWord(incident.cause, words),
            booked === null ? words.say("impact.nobody") : (owners.get(booked) ?? booked),
          )}
        </dd>
      </dl>
      <ul class="devices">
        {devices.slice(0, MOST_DEVICES).map(([id, name]) => (
          <li key={id}>
            <Link to={devicePath(id)}>{name}</Link>
          </li>
        ))}
        {incident.devices > MOST_DEVICES && (
          <li>{words.say("and_more", { n: words.number(incident.devices - MOST_DEVICES) })}</li>
        )}
      </ul>
    </section>
  );
}

/** What a person may say it was; `upstream` follows from the topology and is not offered. */
const CAUSES: readonly CauseClass[] = ["power", "link", "device", "planned", "unknown"];

export interface CauseCardProps {
  readonly incident: IncidentDetail;
  readonly onChange: (incident: IncidentDetail) => void;
}

export function CauseCard({ incident, onChange }: CauseCardProps): JSX.Element {
  const desk = useDesk();
  const { words } = desk;
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const say = async (cause: CauseClass): Promise<void> => {
    setBusy(true);
    try {
      onChange(await correctCause(incident, cause, words.say("cause.said_at_desk")));
      setFailure(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    } finally {
      setBusy(false);
    }
  };
  const proposed = incident.cause_rule !== null;
  const confirmable = proposed && incident.cause !== "unknown" && incident.cause !== "upstream";
  const own = incident.first_outages.some((one) => one.root === null);
  return (
    <section class="card" data-test="cause">
      <h2>{words.say("cause.title")}</h2>
      <p>
        <b>{capital(causeOf(incident, words))}</b>
      </p>
      <p class="quiet">
        {incident.cause_rule === null
          ? words.say("cause.by_person")
          : capital(words.say(`rule.${incident.cause_rule}`))}
      </p>
      {mayAct(desk) && own && (
        <div class="chips" role="group" aria-label={words.say("cause.correct")}>
          {confirmable && (
            <button
              type="button"
              class="chip"
              disabled={busy}
              onClick={() => void say(incident.cause)}
            >
              {words.say("cause.right")}
            </button>
          )}
          {CAUSES.filter((cause) => cause !== incident.cause).map((cause) => (
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
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          {words.say("failure.recorded", { why: failure })}
        </p>
      )}
    </section>
  );
}
