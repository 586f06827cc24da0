/** `/meja/ketersediaan`: uptime of a month, the worst first, down to each outage and its cause. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ask, search } from "../../shared/api/client";
import type { Uptime } from "../../shared/api/schema";
import { useAnswer } from "../answer";
import { whyNot } from "../acts";
import { useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import { withQuery } from "../route";
import { longDuration } from "../texts";
import { Chips } from "./chips";
import { Notes } from "./notes";
import { Outages } from "./outages";
import { spanTitle } from "./said";
import { Table } from "./table";
import { dayOf, PATH, QUERY, questionOf, viewIn, type View } from "./view";

/** Sums of a past month are made when they are first asked for; afterwards they are there. */
const PATIENCE_MS = 180_000;

export default function UptimePage(): JSX.Element {
  const { words, city } = useDesk();
  // Which month it is depends on the city's zone, which comes with the first snapshot.
  if (city === null) return <p class="empty">{words.say("loading")}</p>;
  return <UptimeView />;
}

function UptimeView(): JSX.Element {
  const { words, zone, at } = useDesk();
  const { query } = usePlace();
  const view = viewIn(query, at, zone);
  const question = questionOf(view);
  const key = `uptime ${search(question)}`;
  const { value, trouble, renew } = useAnswer(key, (signal) =>
    ask("GET /uptime", { query: question, signal, patience: PATIENCE_MS }),
  );
  const file = (format: "csv" | "csv-id"): string =>
    `/api/v1/uptime${search({ ...question, format })}`;
  return (
    <>
      <div class="title">
        <h1 data-test="title">
          {words.say("page.uptime")}, {spanTitle(view.span, dayOf(at, zone), words)}
        </h1>
        <div class="files">
          <a class="button" href={file("csv-id")} download data-test="csv-id">
            {words.say("up.csv_excel")}
          </a>
          <a class="button" href={file("csv")} download data-test="csv">
            {words.say("up.csv_programs")}
          </a>
        </div>
      </div>
      <Chips view={view} query={query} />
      <Crumbs view={view} query={query} table={value} />
      {value === null ? (
        trouble !== null && trouble.status >= 400 && trouble.status < 500 ? (
          <p class="empty" data-test="refused">
            {trouble.faults.map((one) => one.message).join("; ") || whyNot(trouble, words)}{" "}
            <Link to={PATH}>{words.say("filter.clear")}</Link>
          </p>
        ) : (
          <Waiting key={key} lost={trouble !== null} />
        )
      ) : (
        <>
          <Table table={value} view={view} query={query} />
          <Notes table={value} onRenew={renew} />
          {view.device !== null && (
            <Outages device={view.device} from={value.from} to={value.to} onCorrected={renew} />
          )}
        </>
      )}
    </>
  );
}

/** What takes long says for how long, and why. */
function Waiting({ lost }: { lost: boolean }): JSX.Element {
  const { words } = useDesk();
  const began = useRef(performance.now());
  const waited = performance.now() - began.current;
  return (
    <p class="empty" role="status" data-test="waiting">
      {lost
        ? words.say("problem.unreachable")
        : waited < 2_000
          ? words.say("loading")
          : words.say("up.reckoning", { age: longDuration(waited, words) })}
    </p>
  );
}

interface CrumbsProps {
  readonly view: View;
  readonly query: URLSearchParams;
  readonly table: Uptime | null;
}

/** The way back up: each place that was gone through. */
function Crumbs({ view, query, table }: CrumbsProps): JSX.Element | null {
  const { words, areas, city } = useDesk();
  // A device that is not in use any more is known to the table alone.
  const named = useRef(new Map<string, string>());
  useEffect(() => {
    for (const row of table?.items ?? []) named.current.set(`${table?.group_by} ${row.key}`, row.name);
  }, [table]);
  const { area, site, device } = view;
  if (area === null && site === null && device === null) return null;
  const nameOf = (what: "site" | "device", id: string): string => {
    if (what === "device") {
      return city?.devices.get(id)?.name ?? named.current.get(`device ${id}`) ?? id;
    }
    const there = [...(city?.devices.values() ?? [])].find((one) => one.site === id);
    return there?.siteName ?? named.current.get(`site ${id}`) ?? id;
  };
  const none = { [QUERY.group]: null, [QUERY.device]: null };
  const to = (changes: Record<string, string | null>): string =>
    withQuery(PATH, query, { ...none, ...changes });
  const steps = [
    { to: to({ [QUERY.area]: null, [QUERY.site]: null }), name: words.say("up.everywhere") },
    ...(area === null
      ? []
      : [{ to: to({ [QUERY.site]: null }), name: areas.get(area) ?? area }]),
    ...(site === null ? [] : [{ to: to({}), name: nameOf("site", site) }]),
    ...(device === null ? [] : [{ to: "", name: nameOf("device", device) }]),
  ];
  return (
    <nav class="crumbs steps" aria-label={words.say("up.way")} data-test="crumbs">
      {steps.map((step, index) => (
        <span key={step.name}>
          {index > 0 && " › "}
          {index === steps.length - 1 ? (
            <b aria-current="page">{step.name}</b>
          ) : (
            <Link to={step.to}>{step.name}</Link>
          )}
        </span>
      ))}
    </nav>
  );
}
