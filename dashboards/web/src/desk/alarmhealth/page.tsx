/** `/meja/kesehatan-alarm`: how much is asked of those who get alerts, and what to mend first. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { AlarmHealth, JudgedMeasure, VerdictWords } from "../../shared/api/schema";
import { date, duration } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import { devicePath, pagePath, withQuery } from "../route";
import { capital, moment } from "../texts";
import type { Words } from "../words";
import { spanIn, SPANS, windowsOf, type Window } from "./windows";

export default function AlarmHealthPage(): JSX.Element {
  const { words, city, at } = useDesk();
  const { query } = usePlace();
  const days = spanIn(query);
  // As of when the page was opened: figures that move under the reader would not be read.
  const known = city !== null;
  const windows = useMemo(() => windowsOf(days, at), [days, known]);
  const { value, trouble } = useAnswer(`alarm health ${windows[0]?.to}`, (signal) =>
    asked(windows[0], signal),
  );
  return (
    <>
      <h1 data-test="title">{words.say("page.alarms")}</h1>
      <nav class="chips" aria-label={words.say("alarms.span")}>
        {SPANS.map((one) => (
          <Link
            key={one}
            to={withQuery(pagePath("alarms"), query, { hari: one === 7 ? null : String(one) })}
            class={one === days ? "chip on" : "chip"}
          >
            {words.count("long.days", one)}
          </Link>
        ))}
      </nav>
      {value === null ? (
        <p class="empty">{words.say(trouble === null ? "loading" : "problem.unreachable")}</p>
      ) : (
        <>
          <Verdict view={value} />
          <Advice view={value} />
          <Measures list={value.measures} />
          <Before windows={windows} now={value} />
          <Noisy view={value} />
          <div class="cards">
            <Held view={value} />
            <Receivers view={value} />
            <Stale view={value} />
          </div>
        </>
      )}
    </>
  );
}

function asked(window: Window | undefined, signal: AbortSignal): Promise<AlarmHealth> {
  const { from, to } = window ?? { from: 0, to: 0 };
  return ask("GET /alarm-health", {
    query: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    signal,
  });
}

/** Words of the API in the page's language. */
function inWords(said: { readonly id: string; readonly en: string }, words: Words): string {
  return words.language === "en" ? said.en : said.id;
}

const STATES = { good: "up", manageable: "degraded", too_much: "down" } as const;

function stateOf(verdict: VerdictWords | null): "up" | "degraded" | "down" | "unknown" {
  return verdict === null ? "unknown" : (STATES[verdict.verdict] ?? "unknown");
}

function Verdict({ view }: { view: AlarmHealth }): JSX.Element {
  const { words } = useDesk();
  const state = stateOf(view.verdict);
  return (
    <p class="say" data-state={state} data-test="alarms-verdict">
      <Glyph name={state} />
      <span>
        <span class="main-sentence">
          <b>{words.say(`alarms.verdict_${view.verdict.verdict}`)}</b>
        </span>
        <br />
        {words.say("alarms.told", {
          told: words.number(view.told.messages),
          raised: words.number(view.raised.count),
        })}
      </span>
    </p>
  );
}

const PERCENTS: readonly string[] = ["flood", "critical", "noisy", "fleeting"];

/** A figure of a measure: a share, a time, a count. Floored. */
function figure(measure: string, value: number, words: Words): string {
  if (measure === "acknowledged_after") return duration(value * 1000, words);
  const text = words.number(Math.floor(value * 10) / 10);
  return PERCENTS.includes(measure) ? words.say("alarms.percent", { n: text }) : text;
}

function Measures({ list }: { list: readonly JudgedMeasure[] }): JSX.Element {
  const { words } = useDesk();
  return (
    <table class="list" data-test="alarms-measures">
      <thead>
        <tr>
          <th>{words.say("alarms.measure")}</th>
          <th class="number">{words.say("alarms.value")}</th>
          <th class="number">{words.say("alarms.good")}</th>
          <th class="number">{words.say("alarms.manageable")}</th>
          <th>{words.say("alarms.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((one) => {
          const state = stateOf(one.verdict);
          return (
            <tr key={one.measure} data-state={state} data-test="measure">
              <td>{words.find(`measure.${one.measure}`) ?? one.measure}</td>
              <td class="number">
                <b>{one.value === null ? "–" : figure(one.measure, one.value, words)}</b>
              </td>
              <td class="number" data-name={words.say("alarms.good")}>
                {figure(one.measure, one.good_up_to, words)}
              </td>
              <td class="number" data-name={words.say("alarms.manageable")}>
                {figure(one.measure, one.manageable_up_to, words)}
              </td>
              <td>
                <span class="cell-state">
                  <Glyph name={state} />{" "}
                  {one.verdict === null
                    ? words.say("alarms.too_few")
                    : capital(inWords(one.verdict, words))}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Advice({ view }: { view: AlarmHealth }): JSX.Element | null {
  const { words } = useDesk();
  if (view.advice.length === 0) return null;
  return (
    <section class="part" data-test="alarms-advice">
      <h2>{words.say("alarms.advice")}</h2>
      <ol class="card advice">
        {view.advice.map((one, index) => (
          <li key={index}>
            {inWords(one, words)}{" "}
            {one.device !== null && (
              <Link to={devicePath(one.device)}>{words.say("alarms.open")}</Link>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The same figures of the spans before, so that it is seen whether it gets better. */
function Before({ windows, now }: { windows: readonly Window[]; now: AlarmHealth }): JSX.Element {
  const { words, zone } = useDesk();
  const { value } = useAnswer(`alarm health before ${windows[0]?.to}`, async (signal) => {
    const found: AlarmHealth[] = [];
    // One after another: each reads the alerts of its whole span.
    for (const window of windows.slice(1)) found.push(await asked(window, signal));
    return found;
  });
  const all = [now, ...(value ?? [])];
  const most = Math.max(1, ...all.map(perDay));
  return (
    <section class="part" data-test="alarms-before">
      <h2>{words.say("alarms.over_time")}</h2>
      <table class="list">
        <thead>
          <tr>
            <th>{words.say("alarms.when")}</th>
            <th>{words.say("alarms.a_day")}</th>
            <th class="number">{words.say("alarms.peak")}</th>
            <th class="number">{words.say("alarms.raised")}</th>
            <th>{words.say("alarms.verdict")}</th>
          </tr>
        </thead>
        <tbody>
          {windows.map((window, index) => {
            const one = all[index];
            const state = one === undefined ? "unknown" : stateOf(one.verdict);
            return (
              <tr key={window.to} data-state={state} data-test="window">
                <td>
                  {date(window.from, zone, words)} – {date(window.to, zone, words)}
                </td>
                <td>
                  {one !== undefined && (
                    <span class="measured">
                      <meter min={0} max={most} value={perDay(one)} aria-hidden="true" />
                      {figure("per_day", perDay(one), words)}
                    </span>
                  )}
                </td>
                <td class="number" data-name={words.say("alarms.peak")}>
                  {one !== undefined && figure("peak", valueOf(one, "peak"), words)}
                </td>
                <td class="number" data-name={words.say("alarms.raised")}>
                  {one !== undefined && words.number(one.raised.count)}
                </td>
                <td>
                  {one === undefined ? (
                    "…"
                  ) : (
                    <span class="cell-state">
                      <Glyph name={state} /> {capital(inWords(one.verdict, words))}
                    </span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function valueOf(view: AlarmHealth, measure: string): number {
  return view.measures.find((one) => one.measure === measure)?.value ?? 0;
}

/** Messages a day to the busiest receiver. */
function perDay(view: AlarmHealth): number {
  return valueOf(view, "per_day");
}

function Noisy({ view }: { view: AlarmHealth }): JSX.Element {
  const { words } = useDesk();
  return (
    <section class="part" data-test="alarms-noisy">
      <h2>{words.say("alarms.noisy")}</h2>
      {view.noisy.length === 0 ? (
        <p class="empty">{words.say("alarms.no_noisy")}</p>
      ) : (
        <table class="list">
          <thead>
            <tr>
              <th>{words.say("alarms.device")}</th>
              <th class="number">{words.say("alarms.alerts")}</th>
              <th class="number">{words.say("alarms.share")}</th>
              <th class="number">{words.say("alarms.short")}</th>
              <th class="number">{words.say("alarms.flapping")}</th>
              <th class="number">{words.say("alarms.confirm")}</th>
            </tr>
          </thead>
          <tbody>
            {view.noisy.map((one) => (
              <tr key={one.device} data-test="noisy">
                <td>
                  <Link to={devicePath(one.device)} class="strong">
                    {one.name ?? one.device}
                  </Link>{" "}
                  {one.chattering && <span class="tag">{words.say("alarms.chatters")}</span>}
                </td>
                <td class="number" data-name={words.say("alarms.alerts")}>
                  {words.number(one.alerts)}
                </td>
                <td class="number" data-name={words.say("alarms.share")}>
                  {figure("noisy", one.percent, words)}
                </td>
                <td class="number" data-name={words.say("alarms.short")}>
                  {words.number(one.fleeting)}
                </td>
                <td class="number" data-name={words.say("alarms.flapping")}>
                  {words.number(one.flapping)}
                </td>
                <td class="number" data-name={words.say("alarms.confirm")}>
                  {one.confirm === null ? "–" : words.number(one.confirm)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Held({ view }: { view: AlarmHealth }): JSX.Element {
  const { words } = useDesk();
  return (
    <section class="card">
      <h2>{words.say("alarms.held")}</h2>
      {view.held.length === 0 ? (
        <p class="quiet">{words.say("alarms.none_held")}</p>
      ) : (
        <dl>
          {view.held.map((one) => (
            <>
              <dt>{words.find(`hold.${one.reason}`) ?? one.reason}</dt>
              <dd>{words.number(one.alerts)}</dd>
            </>
          ))}
        </dl>
      )}
    </section>
  );
}

function Receivers({ view }: { view: AlarmHealth }): JSX.Element {
  const { words } = useDesk();
  return (
    <section class="card">
      <h2>{words.say("alarms.receivers")}</h2>
      {view.told.receivers.length === 0 ? (
        <p class="quiet">{words.say("alarms.nobody")}</p>
      ) : (
        <dl>
          {view.told.receivers.map((one) => (
            <>
              <dt>{one.receiver}</dt>
              <dd>
                {words.say("alarms.receiver", {
                  n: words.number(one.count),
                  day: figure("per_day", one.per_day, words),
                })}
              </dd>
            </>
          ))}
        </dl>
      )}
      {view.told.dead > 0 && (
        <p class="failure">{words.count("alarms.dead", view.told.dead)}</p>
      )}
    </section>
  );
}

function Stale({ view }: { view: AlarmHealth }): JSX.Element {
  const { words, zone } = useDesk();
  return (
    <section class="card">
      <h2>{words.say("alarms.stale")}</h2>
      {view.stale.items.length === 0 ? (
        <p class="quiet">{words.say("alarms.no_stale")}</p>
      ) : (
        <ul class="entries">
          {view.stale.items.map((one) => (
            <li key={one.device} data-state={one.state}>
              <Glyph name={one.state} />
              <Link to={devicePath(one.device)}>{one.name ?? one.device}</Link>
              <small>{moment(Date.parse(one.since), zone, words)}</small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
