/** `/meja/kesehatan`: whether Pantau itself is well; what is wrong first, the figures below. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { CollectorHealth, HealthView, TroubleView } from "../../shared/api/schema";
import { percent } from "../../shared/texts";
import { duration } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAttempt } from "../attempt";
import { mayAct, useDesk } from "../context";
import { Failure } from "../failure";
import { PagedList, usePaged } from "../paged";
import { moment, sinceInZone } from "../texts";
import { bytes, counted, seconds, troubleWords, useOwnHealth } from "./asking";

const RENEW_MS = 5_000;

export default function HealthPage(): JSX.Element {
  const { words } = useDesk();
  const { value: view, trouble, renew } = useOwnHealth(RENEW_MS);
  if (view === null) {
    return (
      <>
        <h1 data-test="title">{words.say("page.health")}</h1>
        <p class="empty">{words.say(trouble === null ? "loading" : "problem.unreachable")}</p>
      </>
    );
  }
  return (
    <>
      <h1 data-test="title">{words.say("page.health")}</h1>
      <Sentence view={view} old={trouble !== null} />
      {view.troubles.length > 1 && <Others troubles={view.troubles.slice(1)} />}
      <Collectors list={view.collectors} />
      <div class="cards">
        <Readings view={view} onChange={renew} />
        <Alerts view={view} />
        <Machine view={view} />
      </div>
    </>
  );
}

function Sentence({ view, old }: { view: HealthView; old: boolean }): JSX.Element {
  const { words } = useDesk();
  const [worst] = view.troubles;
  if (old || worst === undefined) {
    const healthy = words.say(old ? "health.old" : "health.well");
    return (
      <p class="say" data-state={old ? "unknown" : "up"} data-test="health-sentence">
        <Glyph name={old ? "unknown" : "up"} />
        <span>
          <span class="main-sentence">
            <b>{healthy}</b>
          </span>
        </span>
      </p>
    );
  }
  const { what, remedy } = troubleWords(worst, words);
  const state = stateOf(worst);
  return (
    <p class="say" data-state={state} role="status" data-test="health-sentence">
      <Glyph name={state} />
      <span>
        <span class="main-sentence">
          <b>{what}</b>
          <Since trouble={worst} />
        </span>
        <br />
        {remedy}
      </span>
    </p>
  );
}

function stateOf(one: TroubleView): "down" | "degraded" {
  return one.level === "broken" ? "down" : "degraded";
}

function Since({ trouble }: { trouble: TroubleView }): JSX.Element | null {
  const { words, at, zone } = useDesk();
  if (trouble.since_at === null) return null;
  const began = Date.parse(trouble.since_at);
  return (
    <>
      {" · "}
      {sinceInZone(began, at, zone, words)} · {duration(at - began, words)}
    </>
  );
}

function Others({ troubles }: { troubles: readonly TroubleView[] }): JSX.Element {
  const { words } = useDesk();
  return (
    <ul class="card entries troubles" data-test="health-others">
      {troubles.map((one) => {
        const { what, remedy } = troubleWords(one, words);
        return (
          <li key={`${one.code} ${one.who}`} data-state={stateOf(one)}>
            <Glyph name={stateOf(one)} />
            <span>
              <b>{what}</b>
              <Since trouble={one} />
            </span>
            <small>{remedy}</small>
          </li>
        );
      })}
    </ul>
  );
}

function Collectors({ list }: { list: readonly CollectorHealth[] | null }): JSX.Element {
  const { words } = useDesk();
  return (
    <section class="part" data-test="health-collectors">
      <h2>{words.say("health.collectors")}</h2>
      {list === null || list.length === 0 ? (
        <p class="empty">{words.say(list === null ? "health.no_store" : "health.no_collector")}</p>
      ) : (
        <table class="list">
          <thead>
            <tr>
              <th>{words.say("health.collector")}</th>
              <th>{words.say("health.beat")}</th>
              <th>{words.say("health.running")}</th>
              <th class="number">{words.say("health.due")}</th>
              <th class="number">{words.say("health.done")}</th>
              <th class="number">{words.say("health.late")}</th>
              <th class="number">{words.say("health.lag")}</th>
              <th class="number">{words.say("health.cpu")}</th>
              <th>{words.say("health.hears")}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <Collector key={one.id} one={one} />
            ))}
          </tbody>
        </table>
      )}
      <p class="quiet">{words.say("health.collectors_hint")}</p>
    </section>
  );
}

function Collector({ one }: { one: CollectorHealth }): JSX.Element {
  const { words, at, zone } = useDesk();
  const beat = Date.parse(one.heartbeat_at);
  const started = Date.parse(one.started_at);
  const state = one.alive ? "up" : "down";
  const skipped = one.checks_skipped ?? 0;
  const blind = one.checks_blind ?? 0;
  const missed = one.checks_missed ?? 0;
  const behind = one.checks_behind_seconds ?? 0;
  return (
    <tr data-test="collector" data-state={state}>
      <td>
        <span class="cell-state">
          <Glyph name={state} /> <b class="name">{one.id}</b>
        </span>
      </td>
      <td data-name={words.say("health.beat")} title={moment(beat, zone, words)}>
        {words.say("ago", { age: duration(at - beat, words) })}
      </td>
      <td data-name={words.say("health.running")} title={moment(started, zone, words)}>
        {duration(beat - started, words)}
      </td>
      <td class="number" data-name={words.say("health.due")}>
        {counted(one.checks_due, words)}
      </td>
      <td class="number" data-name={words.say("health.done")}>
        {counted(one.checks_done, words)}
        {skipped > 0 && <small>{words.say("health.skipped", { n: counted(skipped, words) })}</small>}
        {missed > 0 && <small>{words.say("health.missed", { n: counted(missed, words) })}</small>}
        {blind > 0 && <small>{words.say("health.blind", { n: counted(blind, words) })}</small>}
      </td>
      <td class="number" data-name={words.say("health.late")}>
        {words.say("health.late_two", {
          half: seconds(one.check_late_p50_seconds, words),
          worst: seconds(one.check_late_p99_seconds, words),
        })}
        {behind >= 1 && (
          <small>
            {words.say("health.waiting_checks", {
              n: counted(one.checks_waiting, words),
              age: duration(behind * 1000, words),
            })}
          </small>
        )}
      </td>
      <td class="number" data-name={words.say("health.lag")}>
        {words.say("health.seconds", { n: seconds(one.loop_lag_worst_seconds, words) })}
      </td>
      <td class="number" data-name={words.say("health.cpu")}>
        {one.cpu_share === null ? "–" : percent(100 * one.cpu_share, words, 1)}
        {one.checks_a_minute !== null && (
          <small>{words.say("health.rate", { n: counted(one.checks_a_minute, words) })}</small>
        )}
      </td>
      <td data-name={words.say("health.hears")}>{hears(one, words) || "–"}</td>
    </tr>
  );
}

function hears(one: CollectorHealth, words: ReturnType<typeof useDesk>["words"]): string {
  const parts: string[] = [];
  if (one.mqtt_connected !== null) {
    parts.push(words.say(one.mqtt_connected > 0 ? "health.mqtt" : "health.mqtt_off"));
  }
  if (one.traps_listening !== null) {
    parts.push(words.say(one.traps_listening > 0 ? "health.traps" : "health.traps_off"));
  }
  return parts.join(", ");
}

function Readings({ view, onChange }: { view: HealthView; onChange: () => void }): JSX.Element {
  const { words, at, zone } = useDesk();
  const { spool } = view;
  if (spool === null) {
    return (
      <section class="card" data-test="health-readings">
        <h2>{words.say("health.readings")}</h2>
        <p>{words.say(view.readings_kept === "file" ? "health.in_file" : "health.no_spool")}</p>
      </section>
    );
  }
  const rolls = spool.roll_ups;
  return (
    <section class="card" data-test="health-readings">
      <h2>{words.say("health.readings")}</h2>
      <dl>
        <dt>{words.say("health.waits")}</dt>
        <dd>
          {spool.oldest_at === null
            ? words.say("health.nothing_waits")
            : words.say("health.waiting", {
                n: words.number(spool.lines),
                size: bytes(spool.bytes, words),
                age: duration(at - Date.parse(spool.oldest_at), words),
              })}
        </dd>
        {spool.trouble?.words != null && (
          <>
            <dt>{words.say("health.why")}</dt>
            <dd>{spool.trouble.words}</dd>
          </>
        )}
        <dt>{words.say("health.room")}</dt>
        <dd>
          {bytes(spool.limit_bytes, words)} · {duration(spool.limit_age_seconds * 1000, words)}
        </dd>
        <dt>{words.say("health.sent")}</dt>
        <dd>{words.number(spool.sent_lines)}</dd>
        <dt>{words.say("health.lost")}</dt>
        <dd>{words.number(spool.dropped_lines + spool.damaged_lines + spool.dead_dropped)}</dd>
        <dt>{words.say("health.courier")}</dt>
        <dd>
          {spool.courier === null
            ? words.say("health.never")
            : running(spool.courier.alive, Date.parse(spool.courier.started_at), at, words)}
        </dd>
        {rolls !== null && (
          <>
            <dt>{words.say("health.rolls")}</dt>
            <dd>
              {rolls.newest_at === null
                ? "–"
                : words.say("health.rolls_to", { at: moment(Date.parse(rolls.newest_at), zone, words) })}
              {rolls.waiting_hours > 0 &&
                `, ${words.say("health.rolls_wait", { n: words.number(rolls.waiting_hours) })}`}
            </dd>
          </>
        )}
        <dt>{words.say("health.dead")}</dt>
        <dd>{words.number(spool.dead_letters)}</dd>
      </dl>
      {spool.dead_letters > 0 && <DeadLetters onChange={onChange} />}
    </section>
  );
}

/** Lines that InfluxDB never takes, with its words; for those who may try them again. */
function DeadLetters({ onChange }: { onChange: () => void }): JSX.Element | null {
  const desk = useDesk();
  const { words, zone } = desk;
  const may = mayAct(desk);
  const [open, setOpen] = useState(false);
  const { busy, failure, attempt } = useAttempt();
  const list = usePaged(`dead letters ${open}`, (cursor, signal) =>
    open
      ? ask("GET /spool/dead-letters", { query: { limit: 20, cursor }, signal })
      : Promise.resolve({ items: [], next: null }),
  );
  if (!may) return null;
  return (
    <div class="dead-letters">
      <p class="buttons">
        <button type="button" onClick={() => setOpen(!open)} data-test="dead-show">
          {words.say(open ? "health.dead_hide" : "health.dead_show")}
        </button>
        <button
          type="button"
          disabled={busy}
          onClick={() =>
            attempt(async () => {
              await ask("POST /spool/dead-letters/retry");
              list.renew();
              onChange();
            })
          }
          data-test="dead-retry"
        >
          {words.say("health.dead_retry")}
        </button>
      </p>
      <Failure why={failure} />
      {open && (
        <PagedList list={list} none={words.say("loading")}>
          {(items) => (
            <ul class="letters">
              {items.map((one) => (
                <li key={one.id}>
                  <b>{one.words}</b>
                  <small>
                    {moment(Date.parse(one.at), zone, words)}
                    {one.status > 0 && ` · HTTP ${one.status}`}
                  </small>
                  <code>{one.line}</code>
                </li>
              ))}
            </ul>
          )}
        </PagedList>
      )}
    </div>
  );
}

function Alerts({ view }: { view: HealthView }): JSX.Element {
  const { words, at, zone } = useDesk();
  const { alerts } = view;
  return (
    <section class="card" data-test="health-alerts">
      <h2>{words.say("health.alerts")}</h2>
      {alerts === null ? (
        <p>{words.say(view.expects_alerts ? "health.never" : "health.alerts_not_set")}</p>
      ) : (
        <>
          <dl>
            <dt>{words.say("health.process")}</dt>
            <dd>{running(alerts.alive, Date.parse(alerts.started_at), at, words)}</dd>
            <dt>{words.say("health.firing")}</dt>
            <dd>{words.number(alerts.firing)}</dd>
            <dt>{words.say("health.alert_lag")}</dt>
            <dd>{words.say("health.changes", { n: words.number(alerts.lag_transitions) })}</dd>
            <dt>{words.say("health.watcher")}</dt>
            <dd>
              {alerts.heartbeat_at === null
                ? words.say("health.no_watcher")
                : moment(Date.parse(alerts.heartbeat_at), zone, words)}
            </dd>
          </dl>
          {alerts.channels.length > 0 && (
            <table class="small">
              <thead>
                <tr>
                  <th>{words.say("health.channel")}</th>
                  <th class="number">{words.say("health.pending")}</th>
                  <th class="number">{words.say("health.channel_sent")}</th>
                  <th class="number">{words.say("health.given_up")}</th>
                </tr>
              </thead>
              <tbody>
                {alerts.channels.map((one) => (
                  <tr key={one.name}>
                    <td>{one.name}</td>
                    <td class="number">{words.number(one.pending)}</td>
                    <td class="number">{words.number(one.sent)}</td>
                    <td class="number">{words.number(one.given_up)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </section>
  );
}

function Machine({ view }: { view: HealthView }): JSX.Element {
  const { words, at } = useDesk();
  const { api, disk } = view;
  return (
    <section class="card" data-test="health-machine">
      <h2>{words.say("health.machine")}</h2>
      <dl>
        <dt>{words.say("health.version")}</dt>
        <dd>
          Pantau {api.version} · Python {api.python}
        </dd>
        <dt>{words.say("health.api")}</dt>
        <dd>{running(true, Date.parse(api.started_at), at, words)}</dd>
        <dt>{words.say("health.streams")}</dt>
        <dd>
          {words.number(api.streams)}
          {api.overflows > 0 &&
            ` · ${words.say("health.overflows", { n: words.number(api.overflows) })}`}
        </dd>
        {disk !== null && (
          <>
            <dt>{words.say("health.disk")}</dt>
            <dd>
              {words.say("health.free", {
                free: bytes(disk.free_bytes, words),
                all: bytes(disk.total_bytes, words),
              })}
            </dd>
            {Object.entries(disk.files).map(([name, size]) => (
              <>
                <dt>{words.find(`health.file.${name}`) ?? name}</dt>
                <dd>{bytes(size, words)}</dd>
              </>
            ))}
          </>
        )}
      </dl>
    </section>
  );
}

/** `berjalan 3 hari 4 j`, or that it does not report. */
function running(
  alive: boolean,
  started: number,
  at: number,
  words: ReturnType<typeof useDesk>["words"],
): string {
  return alive
    ? words.say("health.runs", { age: duration(at - started, words) })
    : words.say("health.silent");
}
