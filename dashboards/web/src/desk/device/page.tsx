/** `/meja/perangkat/ID`: how a device is, since when and why, and what stands around it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { CheckView, Device as DeviceView } from "../../shared/api/schema";
import type { Device, State } from "../../shared/model";
import { tellsDetail } from "../../shared/texts";
import { age, clock } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { useKeys } from "../keys";
import { Link } from "../navigation";
import { PlanBox, scopeOfDevices, type Plan } from "../planning";
import { devicePath, DEVICES, incidentPath } from "../route";
import {
  areaName,
  capital,
  detailWord,
  joined,
  kindWord,
  longDuration,
  moment,
  reasonOf,
  sinceInZone,
} from "../texts";
import { HistoryCard, usePast, type Span } from "./bar";
import { IncidentsCard, NeighboursCard, OwnersCard, UptimeCard } from "./cards";
import { ProvenanceCard } from "../register/provenance";
import { ChartsCard } from "./charts";

export function DevicePage({ id }: { id: string }): JSX.Element {
  const { words, city } = useDesk();
  const seen = city?.devices.get(id);
  const { value, trouble, renew } = useAnswer(`device ${id}`, (signal) =>
    ask("GET /devices/{device_id}", { at: [id], signal }),
  );
  // Its state follows the stream; what hangs on it is asked for anew when that changes.
  const version = `${seen?.state} ${seen?.since}`;
  useEffect(renew, [version]);
  if (value === null) {
    const text =
      trouble === null
        ? words.say("loading")
        : (words.find(`problem.${trouble.code}`) ?? words.say("problem.other"));
    return (
      <p class="empty" data-test="empty">
        {text} <Link to={DEVICES}>{words.say("page.devices")}</Link>
      </p>
    );
  }
  return <DeviceArticle view={value} seen={seen} version={version} />;
}

interface DeviceProps {
  readonly view: DeviceView;
  /** The device as the stream has it; undefined: it left the inventory. */
  readonly seen: Device | undefined;
  readonly version: string;
}

function DeviceArticle({ view, seen, version }: DeviceProps): JSX.Element {
  const desk = useDesk();
  const { words, areas } = desk;
  const [days, setDays] = useState<Span>(1);
  const past = usePast(view.id, stateOf(view, seen), version, days);
  return (
    <article data-test="device-page">
      <p class="crumbs">
        <Link to={DEVICES}>{words.say("page.devices")}</Link> /{" "}
        <Link to={`${DEVICES}?wilayah=${view.area}`}>{areaName(view.area, areas)}</Link> /{" "}
        {view.site_name}
      </p>
      <header class="title">
        <h1 data-test="title">
          {view.name} <span class="tag">{kindWord(view.kind, 1, words)}</span>
        </h1>
        {mayAct(desk) && view.retired_at === null && <Actions view={view} seen={seen} />}
      </header>
      <Sentence view={view} seen={seen} />
      <div class="two-columns">
        <div class="column">
          <HistoryCard past={past} onSpan={setDays} />
          <ChecksCard device={view.id} version={version} />
          <IncidentsCard device={view.id} version={version} />
          <ChartsCard device={view.id} past={past} />
        </div>
        <div class="column">
          <NeighboursCard view={view} />
          <UptimeCard device={view.id} version={version} />
          <OwnersCard view={view} />
          <ProvenanceCard device={view.id} />
        </div>
      </div>
    </article>
  );
}

function Actions({ view, seen }: Omit<DeviceProps, "version">): JSX.Element {
  const { words } = useDesk();
  const [open, setOpen] = useState<Plan | null>(null);
  useKeys({ b: () => setOpen("silence"), p: () => setOpen("maintenance") });
  const since = seen === undefined || seen.state === "up" ? null : seen.since;
  return (
    <div class="actions">
      {(["silence", "maintenance"] as const).map((plan) => (
        <button key={plan} type="button" onClick={() => setOpen(plan)} data-test={plan}>
          {words.say(`plan.${plan}.do`)}
        </button>
      ))}
      {open !== null && (
        <PlanBox
          plan={open}
          subject={{ name: view.name, scope: scopeOfDevices([view]), since }}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

function stateOf(view: DeviceView, seen: Device | undefined): State {
  if (seen !== undefined) return seen.state;
  return view.maintenance ? "maintenance" : view.state;
}

function Sentence({ view, seen }: Omit<DeviceProps, "version">): JSX.Element {
  const { words, at, zone, city, incidents, owners } = useDesk();
  const state = stateOf(view, seen);
  const device = seen ?? fromView(view);
  const { since, confirmedAt } = device;
  const root = device.cause === null ? null : (city?.devices.get(device.cause) ?? null);
  const behind = [...(city?.devices.values() ?? [])].filter((one) => one.cause === view.id).length;
  const incident = [...(incidents.open?.values() ?? [])].find((one) => one.device === view.id);
  const owner = view.owner === null ? "" : (owners.get(view.owner) ?? view.owner);
  const failing = state === "down" || state === "degraded" || state === "unreachable";
  const late = failing && since !== null && confirmedAt !== null && confirmedAt > since;
  return (
    <section class="say" data-state={state} data-test="sentence">
      <Glyph name={state} />
      <div>
        <p class="main-sentence">
          <b>
            {joined(
              since === null
                ? capital(words.say(`state.${state}`))
                : `${capital(words.say(`state.${state}`))} ${sinceInZone(since, at, zone, words)}`,
              since === null ? "" : longDuration(at - since, words),
            )}
          </b>
          {` · ${joined(
            state === "up" ? "" : reasonOf(device, words),
            owner === "" ? "" : words.say("sentence.owner", { owner }),
          )}`.replace(/ · $/u, "")}
        </p>
        <p>
          {joined(
            late
              ? words.say("sentence.confirmed", {
                  first: clock(since, zone, words, true),
                  sure: clock(confirmedAt, zone, words, true),
                })
              : "",
            behind > 0 ? words.count("device.behind", behind) : "",
            view.retired_at === null
              ? ""
              : words.say("device.retired", { at: moment(Date.parse(view.retired_at), zone, words) }),
          )}
        </p>
        {root !== null && (
          <p>
            {words.say("device.root")} <Link to={devicePath(root.id)}>{root.name}</Link>
          </p>
        )}
        {device.flapping && (
          <p>
            <span class="tag">
              <Glyph name="flapping" /> {words.say("state.flapping")}
            </span>
          </p>
        )}
        {incident !== undefined && (
          <p>
            <Link to={incidentPath(incident.id)}>
              {words.say("device.incident", { id: incident.id })}
            </Link>{" "}
            {incident.acknowledged_by === null
              ? words.say("untaken")
              : words.say("sentence.taken_by", { who: incident.acknowledged_by })}
          </p>
        )}
      </div>
    </section>
  );
}

/** A device that is not in the stream (any more), in the stream's terms. */
function fromView(view: DeviceView): Pick<
  Device,
  "since" | "confirmedAt" | "cause" | "reason" | "detail" | "flapping"
> {
  return {
    since: view.since === null ? null : Date.parse(view.since),
    confirmedAt: view.confirmed_at === null ? null : Date.parse(view.confirmed_at),
    cause: view.cause,
    reason: view.reason,
    detail: view.detail,
    flapping: view.flapping,
  };
}

/** A check's verdict as a state, for its glyph and word. */
const STATE_OF_VERDICT: Readonly<Record<CheckView["verdict"], State>> = {
  ok: "up",
  warning: "degraded",
  critical: "down",
  none: "unknown",
};

const CHECKS_MS = 15_000;

function ChecksCard({ device, version }: { device: string; version: string }): JSX.Element {
  const { words, at } = useDesk();
  const { value, renew } = useAnswer(`checks ${device}`, (signal) =>
    ask("GET /devices/{device_id}/checks", { at: [device], signal }),
  );
  useEffect(renew, [version]);
  useEffect(() => {
    const timer = setInterval(renew, CHECKS_MS);
    return () => clearInterval(timer);
  }, [renew]);
  return (
    <section class="card checks" data-test="checks">
      <h2>{words.say("checks.title")}</h2>
      <div role="table" aria-label={words.say("checks.title")}>
        {value?.items.map((check) => (
          <Check key={check.id} check={check} at={at} />
        ))}
      </div>
      {value?.items.length === 0 && <p class="quiet">{words.say("checks.none")}</p>}
    </section>
  );
}

function Check({ check, at }: { check: CheckView; at: number }): JSX.Element {
  const { words } = useDesk();
  const skipped = check.verdict === "none" && check.outcome === "unknown";
  const state = STATE_OF_VERDICT[check.verdict];
  const last = check.last_result_at === null ? null : Date.parse(check.last_result_at);
  const said = reasonOf(check, words);
  // What no catalogue can say stays as it was said, and says in which language.
  const rest = detailWord(check.detail, words) === null && !tellsDetail(check) ? check.detail : "";
  return (
    <div class="check" role="row" data-state={state} data-test="check">
      <span role="cell" class="cell-state">
        <Glyph name={state} />
        {capital(words.say(`verdict.${check.verdict}`))}
      </span>
      <b role="cell">{check.name}</b>
      <span role="cell">
        {skipped && last === null ? (
          words.say("checks.not_asked")
        ) : check.verdict === "ok" ? (
          ""
        ) : (
          <>
            {said} {rest !== "" && <small lang="en">{rest}</small>}
          </>
        )}
      </span>
      <span role="cell" class="number">
        {check.latency_seconds === null
          ? "–"
          : words.say("milliseconds", { n: words.number(Math.round(check.latency_seconds * 1000)) })}
      </span>
      <span role="cell" class="number quiet">
        {last === null ? "–" : words.say("ago", { age: age(at - last, words) })}
      </span>
    </div>
  );
}
