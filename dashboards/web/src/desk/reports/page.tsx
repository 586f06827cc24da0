/** `/meja/laporan`: reports, asked for here and made beside; each with its files. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { ReportPage, ReportView } from "../../shared/api/schema";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { PagedList } from "../paged";
import { kindWord, moment } from "../texts";
import { periodOf, progressOf } from "./asking";
import { ReportForm } from "./form";

const ASK_AGAIN_MS = 1_000;

export default function ReportsPage(): JSX.Element {
  const desk = useDesk();
  const { words } = desk;
  const { value, trouble, renew } = useAnswer("reports", (signal) =>
    ask("GET /reports", { signal }),
  );
  const running = value?.items.some((one) => one.state === "running") === true;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(renew, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, renew]);
  const items = value?.items ?? null;
  return (
    <>
      <h1 data-test="title">{words.say("page.reports")}</h1>
      {mayAct(desk) && <ReportForm contracts={value?.contracts ?? []} onMade={renew} />}
      {value !== null && <Schedule schedule={value.schedule} />}
      <PagedList
        list={{ items, more: false, trouble, loadMore: renew, renew }}
        none={words.say("rep.none")}
      >
        {(found) => <Reports items={found} />}
      </PagedList>
    </>
  );
}

function Reports({ items }: { items: readonly ReportView[] }): JSX.Element {
  const { words, zone } = useDesk();
  return (
    <table class="list">
      <thead>
        <tr>
          <th>{words.say("rep.period")}</th>
          <th>{words.say("rep.of")}</th>
          <th>{words.say("rep.state")}</th>
          <th>{words.say("rep.files")}</th>
          <th>{words.say("rep.by")}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id} data-test="report" data-state={one.state}>
            <td>{periodOf(one, words, zone)}</td>
            <td>
              <Of one={one} />
            </td>
            <td data-test="state">
              {one.state === "running" ? (
                <>
                  <progress
                    aria-label={progressOf(one, words)}
                    {...(one.progress.of > 1
                      ? { value: one.progress.done, max: one.progress.of }
                      : {})}
                  />
                  <small role="status">{progressOf(one, words)}</small>
                </>
              ) : one.state === "done" ? (
                words.say("rep.done")
              ) : (
                words.say("rep.failed", { why: one.message })
              )}
            </td>
            <td>
              <ul class="report-files">
                {one.files.map((file) => (
                  <li key={file.name}>
                    <a
                      href={`/api/v1/reports/${one.id}/files/${encodeURIComponent(file.name)}`}
                      download={file.name}
                      data-test="file"
                    >
                      {file.name}
                    </a>{" "}
                    <small>
                      {words.say("rep.size", { kb: words.number(Math.ceil(file.bytes / 1000)) })}
                    </small>
                  </li>
                ))}
              </ul>
            </td>
            <td>
              {one.author} <small>{moment(Date.parse(one.started_at), zone, words)}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Which devices it is of, and by which contract. */
function Of({ one }: { one: ReportView }): JSX.Element {
  const { words, areas, owners } = useDesk();
  const { area, owner, kind, site } = one.filters;
  const parts = [
    ...(kind == null ? [] : [kindWord(kind, 1, words)]),
    ...(area == null ? [] : [areas.get(area) ?? area]),
    ...(site == null ? [] : [site]),
    ...(owner == null ? [] : [owners.get(owner) ?? owner]),
    ...(one.contract === null ? [] : [one.contract]),
  ];
  return <>{parts.length === 0 ? words.say("rep.all") : parts.join(", ")}</>;
}

function Schedule({ schedule }: Pick<ReportPage, "schedule">): JSX.Element {
  const { words, zone } = useDesk();
  return (
    <p class="report-schedule" data-test="schedule">
      {schedule === null
        ? words.say("rep.no_schedule")
        : words.say("rep.schedule", {
            day: schedule.day,
            hour: words.language === "id" ? `${schedule.hour}.00` : `${schedule.hour}:00`,
            receivers: schedule.receivers.join(", "),
            next: moment(Date.parse(schedule.next_at), zone, words),
          })}
    </p>
  );
}
