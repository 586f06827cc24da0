/** One thing that was heard: what it says, what it could be, and what is made of it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { AdoptedView, Entry } from "../../shared/api/schema";
import { duration, since } from "../../shared/time";
import { useAnswer } from "../answer";
import { useAttempt } from "../attempt";
import { useDesk } from "../context";
import { Failure } from "../failure";
import { Link } from "../navigation";
import { devicePath, pagePath } from "../route";
import { moment } from "../texts";
import { AdoptForm } from "./adopt";

export function EntryPage({ id }: { id: number }): JSX.Element {
  const { words } = useDesk();
  const { value, trouble, put } = useAnswer(`entry ${id}`, (signal) =>
    ask("GET /quarantine/{entry_id}", { at: [id], signal }),
  );
  if (value === null) {
    const gone = trouble?.code === "unknown_entry";
    return (
      <>
        <Crumbs />
        <p class="empty" data-test="empty">
          {words.say(
            gone ? "quarantine.gone" : trouble === null ? "loading" : "problem.unreachable",
          )}
        </p>
      </>
    );
  }
  return <Shown entry={value} onChange={put} />;
}

function Crumbs(): JSX.Element {
  const { words } = useDesk();
  return (
    <p class="crumbs">
      <Link to={pagePath("quarantine")}>{words.say("page.quarantine")}</Link>
    </p>
  );
}

interface ShownProps {
  readonly entry: Entry;
  readonly onChange: (entry: Entry) => void;
}

function Shown({ entry, onChange }: ShownProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const { busy, failure, attempt } = useAttempt();
  const [adopted, setAdopted] = useState<AdoptedView | null>(null);
  const first = Date.parse(entry.first_seen_at);
  const last = Date.parse(entry.last_seen_at);
  const place = { at: [entry.id] };
  return (
    <>
      <Crumbs />
      <div class="title">
        <h1 data-test="title">
          {entry.name} <span class="tag">{words.say(`quarantine.is_${known(entry.state)}`)}</span>
        </h1>
        {adopted === null && entry.state !== "adopted" && (
          <button
            type="button"
            disabled={busy}
            onClick={() =>
              attempt(async () =>
                onChange(
                  await (entry.state === "ignored"
                    ? ask("POST /quarantine/{entry_id}/unignore", place)
                    : ask("DELETE /quarantine/{entry_id}", place)),
                ),
              )
            }
            data-test={entry.state === "ignored" ? "unignore" : "ignore"}
          >
            {words.say(entry.state === "ignored" ? "quarantine.unignore" : "quarantine.ignore")}
          </button>
        )}
      </div>
      <p class="quiet">
        {words.say("quarantine.line", {
          n: words.number(entry.messages),
          since: since(first, at, zone, words),
          age: duration(at - last, words),
        })}
        {entry.decided_by !== null &&
          entry.decided_at !== null &&
          ` · ${words.say("quarantine.by", {
            who: entry.decided_by,
            at: moment(Date.parse(entry.decided_at), zone, words),
          })}`}
      </p>
      <Failure why={failure} />
      {(adopted?.device ?? entry.device) !== null && (
        <p class="say" data-state="up" data-test="adopted">
          <span>
            <span class="main-sentence">
              <b>
                {words.say("quarantine.became")}{" "}
                <Link to={devicePath(adopted?.device ?? entry.device ?? "")}>
                  {adopted?.name ?? entry.device}
                </Link>
              </b>
            </span>
            {adopted !== null && !adopted.watched && (
              <>
                <br />
                {words.say("quarantine.soon")}
              </>
            )}
          </span>
        </p>
      )}
      <div class="two-columns">
        <div class="column">
          {adopted === null && entry.state === "waiting" && (
            <AdoptForm entry={entry} onAdopted={setAdopted} />
          )}
          {adopted === null && entry.state === "ignored" && (
            <p class="card">{words.say("quarantine.ignored_hint")}</p>
          )}
          <Shape entry={entry} />
        </div>
        <div class="column">
          <Heard entry={entry} />
        </div>
      </div>
    </>
  );
}

function known(state: string): "waiting" | "ignored" | "adopted" {
  return state === "ignored" || state === "adopted" ? state : "waiting";
}

/** Keys and types of what it sent last; never a value, for those may be anybody's. */
function Shape({ entry }: { entry: Entry }): JSX.Element {
  const { words } = useDesk();
  const keys = Object.entries(entry.shape);
  return (
    <section class="card" data-test="shape">
      <h2>{words.say("quarantine.shape")}</h2>
      {keys.length === 0 ? (
        <p class="quiet">{words.say("quarantine.no_shape")}</p>
      ) : (
        <dl class="shape">
          {keys.map(([key, type]) => (
            <>
              <dt>
                <code>{key}</code>
              </dt>
              <dd>{type}</dd>
            </>
          ))}
        </dl>
      )}
    </section>
  );
}

function Heard({ entry }: { entry: Entry }): JSX.Element {
  const { words } = useDesk();
  const about = Object.entries(entry.about);
  return (
    <>
      <section class="card" data-test="places">
        <h2>{words.say("quarantine.places")}</h2>
        <ul class="places">
          {entry.places.map((place) => (
            <li key={place}>
              <code>{place}</code>
            </li>
          ))}
        </ul>
      </section>
      {about.length > 0 && (
        <section class="card">
          <h2>{words.say("quarantine.says")}</h2>
          <dl>
            {about.map(([key, value]) => (
              <>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
        </section>
      )}
      <section class="card">
        <h2>{words.say("quarantine.fits")}</h2>
        {entry.fits.length === 0 ? (
          <p class="quiet">{words.say("quarantine.fits_none")}</p>
        ) : (
          <dl>
            {entry.fits.map((one) => (
              <>
                <dt>{one.profile}</dt>
                <dd>{one.name}</dd>
              </>
            ))}
          </dl>
        )}
      </section>
    </>
  );
}
