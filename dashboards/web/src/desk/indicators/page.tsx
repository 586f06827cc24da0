/** `/meja/indikator`: what assessments ask for; `/meja/indikator/ID`: the evidence for one of it. */

import type { JSX } from "preact";
import { ask } from "../../shared/api/client";
import type {
  IndicatorFigures,
  IndicatorPage,
  IndicatorView,
  IndicatorWords,
} from "../../shared/api/schema";
import { percent } from "../../shared/texts";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { go, Link, usePlace } from "../navigation";
import type { PageProps } from "../pages";
import { pagePath, withQuery } from "../route";
import { kindWord } from "../texts";
import { monthTitle } from "../uptime/said";
import { isKnown, monthBefore, monthOf } from "../uptime/view";
import type { Words } from "../words";

const MONTHS = 24;

export default function IndicatorsPage({ part }: PageProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const { path, query } = usePlace();
  const now = monthOf(at, zone);
  const asked = query.get("bulan");
  const { value, trouble } = useAnswer(`indicators ${asked}`, (signal) =>
    ask("GET /indicators", { query: { month: asked }, signal }),
  );
  const months = Array.from({ length: MONTHS }, (_, before) => monthBefore(now, before));
  if (value === null) {
    const said = trouble === null ? "ind.reckoning" : "problem.unreachable";
    return (
      <>
        <h1 data-test="title">{words.say("page.indicators")}</h1>
        <p class="empty">{words.say(said)}</p>
      </>
    );
  }
  const one = part === null ? undefined : value.items.find(({ id }) => id === part);
  const title = one === undefined ? words.say("page.indicators") : said(one.name, words);
  return (
    <div class="indicators">
      <h1 data-test="title">{title}</h1>
      {one !== undefined && (
        <p>
          <Link to={withQuery(pagePath("indicators"), query, {})}>{words.say("ind.every")}</Link>
        </p>
      )}
      <p class="asked">
        <label>
          {words.say("ind.month")}{" "}
          <select
            value={value.month}
            onChange={({ currentTarget }) =>
              go(withQuery(path, query, { bulan: currentTarget.value }), "replace")
            }
            data-test="month"
          >
            {(months.includes(value.month) ? months : [value.month, ...months]).map((month) => (
              <option key={month} value={month}>
                {monthTitle(month, words)}
              </option>
            ))}
          </select>
        </label>
      </p>
      {one === undefined ? <Every answer={value} part={part} /> : <One one={one} answer={value} />}
    </div>
  );
}

function Every({ answer, part }: { answer: IndicatorPage; part: string | null }): JSX.Element {
  const { words } = useDesk();
  const { query } = usePlace();
  return (
    <>
      {part !== null && <p class="empty">{words.say("ind.unknown", { id: part })}</p>}
      {answer.frameworks.map((framework) => (
        <section key={framework.id} data-test="framework">
          <h2>{said(framework.name, words)}</h2>
          {framework.note !== null && <p>{said(framework.note, words)}</p>}
          <table class="list">
            <thead>
              <tr>
                <th>{words.say("ind.name")}</th>
                <th>{words.say("ind.evidence")}</th>
                <th class="number">{words.say("ind.working")}</th>
                <th>{words.say("ind.certainty")}</th>
              </tr>
            </thead>
            <tbody>
              {answer.items
                .filter((one) => one.framework === framework.id)
                .map((one) => (
                  <tr key={one.id} data-test="indicator">
                    <td>
                      <Link to={withQuery(pagePath("indicators", one.id), query, {})}>
                        {said(one.name, words)}
                      </Link>
                    </td>
                    <td>{one.evidence.map(({ title }) => said(title, words)).join(" · ")}</td>
                    <td class="number">{one.figures === null ? "–" : points(one.figures, words)}</td>
                    <td>{words.say(`ind.${one.certainty}`)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ))}
    </>
  );
}

function One({ one, answer }: { one: IndicatorView; answer: IndicatorPage }): JSX.Element {
  const { words } = useDesk();
  const framework = answer.frameworks.find(({ id }) => id === one.framework);
  const { figures } = one;
  return (
    <>
      <p>
        {framework === undefined ? "" : `${said(framework.name, words)} · `}
        {words.say("ind.source", { source: one.source })} · {words.say(`ind.${one.certainty}`)}
      </p>
      {figures !== null && (
        <p data-test="figures">
          {words.say("ind.counted", {
            kinds: one.counts.map((kind) => kindWord(kind, 2, words)).join(", "),
            all: words.number(figures.devices),
            points: points(figures, words),
            coverage: percent(figures.coverage_percent, words),
          })}
        </p>
      )}
      <h2>{words.say("ind.evidence")}</h2>
      <table class="list">
        <tbody>
          {one.evidence.map(({ evidence, title, how }) => (
            <tr key={evidence} data-test="evidence">
              <td>{said(title, words)}</td>
              <td>
                <code>{how}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** `59,1 (58,9–59,3)`: points that worked, with what it would be had unknown time been down or up. */
function points(figures: IndicatorFigures, words: Words): string {
  const { working_points: working, working_points_low: low, working_points_high: high } = figures;
  if (working === null || !isKnown(figures.coverage_percent)) return "–";
  const bounds = low === null || high === null ? "" : ` (${words.number(low)}–${words.number(high)})`;
  return `${words.number(working)}${bounds}`;
}

function said(one: IndicatorWords, words: Words): string {
  return one[words.language];
}
