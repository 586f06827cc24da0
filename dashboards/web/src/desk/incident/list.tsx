/** `/meja/insiden`: every incident, newest first, by what became of it. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { IncidentPhase, IncidentView } from "../../shared/api/schema";
import { duration, since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useDesk } from "../context";
import { go, Link, usePlace } from "../navigation";
import { PagedList, usePaged } from "../paged";
import { incidentPath, INCIDENTS, withQuery } from "../route";
import { capital, causeOf, extent, joined, moment, stateOf, subject } from "../texts";
import { shortName } from "../../shared/places";

const PHASES = ["open", "recovered", "resolved"] as const;

function phaseIn(query: URLSearchParams): IncidentPhase | null {
  return PHASES.find((phase) => phase === query.get("tahap")) ?? null;
}

export function IncidentsPage(): JSX.Element {
  const { words, incidents } = useDesk();
  const { query } = usePlace();
  const phase = phaseIn(query);
  const list = usePaged(`incidents ${phase}`, (cursor, signal) =>
    ask("GET /incidents", { query: { phase, limit: 50, cursor }, signal }),
  );
  // Something is new or changed: what is shown is asked for again, in place.
  useEffect(list.renew, [incidents.open]);

  const to = (next: IncidentPhase | null): string => withQuery(INCIDENTS, query, { tahap: next });
  return (
    <>
      <h1 data-test="title">{words.say("page.incidents")}</h1>
      <nav class="chips" aria-label={words.say("filter.label")}>
        {[null, ...PHASES].map((one) => (
          <Link key={one} to={to(one)} class={one === phase ? "chip on" : "chip"}>
            {words.say(one === null ? "filter.all" : `phase.${one}`)}
          </Link>
        ))}
      </nav>
      <PagedList
        list={list}
        none={words.say(phase === null ? "incidents.none" : "incidents.none_so")}
      >
        {(items) => (
          <div class="incidents" role="table" aria-label={words.say("page.incidents")}>
            {items.map((one) => (
              <Row key={one.id} incident={one} />
            ))}
          </div>
        )}
      </PagedList>
    </>
  );
}

function Row({ incident }: { incident: IncidentView }): JSX.Element {
  const { words, at, zone } = useDesk();
  const began = Date.parse(incident.started_at);
  const ended = incident.recovered_at === null ? at : Date.parse(incident.recovered_at);
  const state = stateOf(incident);
  const untaken = incident.recovered_at === null && incident.acknowledged_by === null;
  return (
    <div
      class={untaken ? "incident untaken" : "incident"}
      role="row"
      data-state={state}
      data-test="incident"
      onClick={() => go(incidentPath(incident.id))}
    >
      <span role="cell" class="cell-state">
        <Glyph name={state} />
        {incident.recovered_at === null
          ? capital(words.say(`state.${state}`))
          : words.say(incident.resolved_at === null ? "phase.recovered" : "phase.resolved")}
      </span>
      <span role="cell" class="cell-problem">
        <Link to={incidentPath(incident.id)} class="strong">
          {subject(incident, words)}
        </Link>
        <small>
          {joined(
            incident.area_name === null || incident.group === "area"
              ? ""
              : shortName(incident.area_name),
            incident.recovered_at === null
              ? extent(incident, words)
              : words.count("devices.count", incident.devices),
          )}
        </small>
      </span>
      <span role="cell" class="cell-duration" title={moment(began, zone, words)}>
        <b>{duration(ended - began, words)}</b>
        <small>{since(began, at, zone, words)}</small>
      </span>
      <span role="cell" class="cell-cause">{causeOf(incident, words)}</span>
      <span role="cell" class="cell-taken">
        {incident.acknowledged_by === null ? (
          untaken && <span class="todo">{words.say("untaken")}</span>
        ) : (
          <span class="hand">
            <Glyph name="acknowledged" /> <span class="who">{incident.acknowledged_by}</span>
          </span>
        )}
      </span>
    </div>
  );
}
