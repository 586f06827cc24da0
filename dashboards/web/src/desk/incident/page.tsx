/** `/meja/insiden/ID`: what happened in its order, what it took, why, and what to do about it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { IncidentDetail, NotificationView } from "../../shared/api/schema";
import { shortName } from "../../shared/places";
import { clock, since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { giveBack, note, resolve, whyNot } from "../acts";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { useKeys } from "../keys";
import { Link } from "../navigation";
import { PlanBox, scopeOf, type Plan } from "../planning";
import { incidentPath, INCIDENTS } from "../route";
import { Take } from "../take";
import {
  capital,
  causeOf,
  joined,
  longDuration,
  moment,
  sinceInZone,
  stateOf,
  subject,
} from "../texts";
import { useKeep } from "../waiting";
import { CauseCard, ImpactCard } from "./cards";
import { tell } from "./story";
import { ToldCard, useTelling } from "./told";

export function IncidentPage({ id }: { id: number }): JSX.Element {
  const { words, live, store } = useDesk();
  const { value, trouble, renew, put } = useAnswer(`incident ${id}`, (signal) =>
    ask("GET /incidents/{incident_id}", { at: [id], signal }),
  );
  useEffect(
    () =>
      live.hear((event) => {
        const ours =
          event.type === "incident" && (event.incidents.ids?.includes(id) ?? true);
        if (ours || event.type === "snapshot") renew();
      }),
    [live, id, renew],
  );
  if (value === null) {
    const text =
      trouble === null
        ? words.say("loading")
        : (words.find(`problem.${trouble.code}`) ?? words.say("problem.other"));
    return (
      <p class="empty" data-test="empty">
        {text} <Link to={INCIDENTS}>{words.say("page.incidents")}</Link>
      </p>
    );
  }
  const took = (one: IncidentDetail): void => {
    put(one);
    store.put(one);
  };
  return <Incident incident={value} onChange={took} />;
}

interface IncidentProps {
  readonly incident: IncidentDetail;
  /** An action's answer. */
  readonly onChange: (incident: IncidentDetail) => void;
}

function Incident({ incident, onChange }: IncidentProps): JSX.Element {
  const desk = useDesk();
  const { words } = desk;
  const telling = useTelling(incident);
  const area = incident.area_name === null ? "" : shortName(incident.area_name);
  const name = subject(incident, words);
  return (
    <article data-test="incident-page">
      <p class="crumbs">
        <Link to={INCIDENTS}>{words.say("page.incidents")}</Link> / {incident.id}
      </p>
      <header class="title">
        <h1 data-test="title">
          {area === "" || area === name ? name : `${name}, ${area}`}
        </h1>
        {mayAct(desk) && <Actions incident={incident} onChange={onChange} />}
      </header>
      <Sentence incident={incident} />
      <div class="two-columns">
        <Story incident={incident} told={telling?.notifications ?? []} onChange={onChange} />
        <div class="column">
          <ImpactCard incident={incident} />
          <CauseCard incident={incident} onChange={onChange} />
          {telling !== null && <ToldCard telling={telling} />}
        </div>
      </div>
    </article>
  );
}

function Actions({ incident, onChange }: IncidentProps): JSX.Element {
  const { words } = useDesk();
  const [open, setOpen] = useState<"take" | "resolve" | Plan | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const over = incident.resolved_at !== null || incident.merged_into !== null;
  const scope = scopeOf(incident);
  const plannable = !over && scope !== null;
  const takeable = !over && incident.acknowledged_by === null;
  useKeys({
    t: () => takeable && setOpen("take"),
    b: () => plannable && setOpen("silence"),
    p: () => plannable && setOpen("maintenance"),
    c: () => document.getElementById("catatan")?.focus(),
    Escape: () => setOpen(null),
  });
  const back = async (): Promise<void> => {
    try {
      onChange(await giveBack(incident.id));
      setFailure(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    }
  };
  return (
    <div class="actions">
      {takeable && (
        <button
          type="button"
          class="primary"
          onClick={() => setOpen("take")}
          data-test="take-button"
        >
          {words.say("take.do")} <kbd aria-hidden="true">T</kbd>
        </button>
      )}
      {!over && incident.acknowledged_by !== null && (
        <button type="button" onClick={() => void back()} data-test="give-back">
          {words.say("give_back")}
        </button>
      )}
      {plannable &&
        (["silence", "maintenance"] as const).map((plan) => (
          <button key={plan} type="button" onClick={() => setOpen(plan)} data-test={plan}>
            {words.say(`plan.${plan}.do`)}
          </button>
        ))}
      {!over && (
        <button
          type="button"
          disabled={incident.recovered_at === null}
          title={incident.recovered_at === null ? words.say("resolve.not_yet") : undefined}
          onClick={() => setOpen("resolve")}
          data-test="resolve-button"
        >
          {words.say("resolve.do")}
        </button>
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          {words.say("failure.recorded", { why: failure })}
        </p>
      )}
      {open === "take" && (
        <Take
          incidents={[incident]}
          title={words.say("take.title", { what: subject(incident, words) })}
          onTaken={() => undefined}
          onClose={() => setOpen(null)}
        />
      )}
      {(open === "silence" || open === "maintenance") && scope !== null && (
        <PlanBox
          plan={open}
          subject={{
            name: subject(incident, words),
            scope,
            since: Date.parse(incident.started_at),
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "resolve" && (
        <Writing
          id="penyelesaian"
          label={words.say("resolve.how")}
          button={words.say("resolve.do")}
          send={async (text) => {
            onChange(await resolve(incident.id, text));
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}

function Sentence({ incident }: { incident: IncidentDetail }): JSX.Element {
  const { words, at, zone, owners } = useDesk();
  const state = stateOf(incident);
  const behind = incident.group === "device" ? incident.unreachable : 0;
  const began = Date.parse(incident.started_at);
  const opened = Date.parse(incident.opened_at);
  const recovered = incident.recovered_at === null ? null : Date.parse(incident.recovered_at);
  const owner =
    incident.responsible === null
      ? ""
      : (owners.get(incident.responsible) ?? incident.responsible);
  const taken = incident.acknowledged_at === null ? null : Date.parse(incident.acknowledged_at);
  return (
    <section
      class={incident.acknowledged_by === null && recovered === null ? "say untaken" : "say"}
      data-state={state}
      data-test="sentence"
    >
      <Glyph name={state} />
      <div>
        <p class="main-sentence">
          <b>
            {recovered === null
              ? joined(
                  `${capital(words.say(`state.${state}`))} ${sinceInZone(began, at, zone, words)}`,
                  longDuration(at - began, words),
                )
              : joined(
                  words.say("sentence.recovered", {
                    since: sinceInZone(recovered, at, zone, words),
                  }),
                  longDuration(recovered - began, words),
                )}
          </b>
          {` · ${joined(
            words.say("sentence.cause", { cause: causeOf(incident, words) }),
            owner === "" ? "" : words.say("sentence.owner", { owner }),
          )}`}
        </p>
        <p>
          {joined(
            words.say("sentence.confirmed", {
              first: clock(began, zone, words, true),
              sure: clock(opened, zone, words, true),
            }),
            behind > 0 ? words.count("device.behind", behind) : "",
          )}
        </p>
        {taken !== null && (
          <p class="hand" title={moment(taken, zone, words)}>
            <Glyph name="acknowledged" />{" "}
            {words.say("sentence.taken", {
              who: incident.acknowledged_by ?? "",
              since: since(taken, at, zone, words),
            })}
          </p>
        )}
        {incident.merged_into !== null && (
          <p>
            {words.say("sentence.merged")}{" "}
            <Link to={incidentPath(incident.merged_into)}>{incident.merged_into}</Link>
          </p>
        )}
      </div>
    </section>
  );
}

function Story({
  incident,
  told,
  onChange,
}: IncidentProps & { told: readonly NotificationView[] }): JSX.Element {
  const desk = useDesk();
  const { words, at, zone } = desk;
  const lines = tell(incident, told, at, words);
  const keep = useKeep();
  return (
    <section class="card story">
      <h2>{words.say("story.title")}</h2>
      <ol>
        {lines.map((line) => (
          <li key={line.key} class={line.tone} data-test="line">
            <time
              dateTime={new Date(line.at).toISOString()}
              title={moment(line.at, zone, words)}
            >
              {clock(line.at, zone, words, true)}
            </time>
            <b>{line.title}</b>
            {line.detail !== "" && <small>{line.detail}</small>}
          </li>
        ))}
      </ol>
      {mayAct(desk) && (
        <Writing
          id="catatan"
          label={words.say("note.write")}
          button={words.say("note.save")}
          send={async (text) => {
            try {
              onChange(await note(incident.id, text));
            } catch (error) {
              const away = error instanceof ApiError && error.status === 0;
              if (!away || !keep({ kind: "note", incident: incident.id, text })) throw error;
            }
          }}
        />
      )}
    </section>
  );
}

interface WritingProps {
  readonly id: string;
  readonly label: string;
  readonly button: string;
  /** Throws `ApiError`: what was written stays in the field. */
  readonly send: (text: string) => Promise<void>;
}

/** A field and its button; what could not be recorded is not lost. */
function Writing({ id, label, button, send }: WritingProps): JSX.Element {
  const { words } = useDesk();
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (location.hash === `#${id}` || id === "penyelesaian") document.getElementById(id)?.focus();
  }, [id]);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "" || busy) return;
    setBusy(true);
    try {
      await send(text.trim());
      setText("");
      setFailure(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="writing" onSubmit={(event) => void submit(event)}>
      <input
        id={id}
        value={text}
        maxLength={2000}
        placeholder={label}
        aria-label={label}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        data-test={id}
      />
      <button type="submit" disabled={busy || text.trim() === ""}>
        {button}
      </button>
      {failure !== null && (
        <p class="failure" role="alert" data-test="failure">
          {words.say("failure.recorded", { why: failure })}
        </p>
      )}
    </form>
  );
}
