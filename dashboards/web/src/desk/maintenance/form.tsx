/** Writing planned work down: what, when, how often, whom; what follows is told before it is made. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { WindowDetail, WindowPreview } from "../../shared/api/schema";
import { duration, zoneName } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { go, Link } from "../navigation";
import { pagePath } from "../route";
import { isEmpty, type Chosen } from "../scope/options";
import { Picker, useOptions } from "../scope/picker";
import { between, longDuration } from "../texts";
import { momentOf } from "../zoned";
import {
  beginningAt,
  bodyOf,
  draftOf,
  lacking,
  newDraft,
  recurrenceOf,
  timeLacking,
  type Draft,
} from "./draft";
import { Fault, faultsOf, Field, type Faults } from "./fields";
import { KINDS, placeOf, repeatOf, repeatSaid, WEEKDAYS, whichSaid, type Kind } from "./recurrence";

export const WINDOW_PARTS = ["areas", "sites", "tags", "devices"] as const;

/** Zones of Indonesia; another one that is in use is offered as well. */
const ZONES = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"] as const;

export interface FormProps {
  /** What it takes the place of; null: it is new. */
  readonly instead: WindowDetail | null;
  /** Whom the page that led here meant. */
  readonly chosen?: Chosen;
}

export function WindowForm({ instead, chosen }: FormProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const options = useOptions(WINDOW_PARTS);
  const [draft, setDraft] = useState<Draft>(() =>
    instead === null ? newDraft(at, zone, chosen) : draftOf(instead),
  );
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const put = (changes: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...changes }));
    setFaults({});
  };
  const send = async (): Promise<void> => {
    const lacks = Object.entries(lacking(draft));
    if (lacks.length > 0) {
      setFaults(Object.fromEntries(lacks.map(([field, key]) => [field, words.say(key)])));
      return;
    }
    setBusy(true);
    try {
      const body = bodyOf(draft);
      const { id } =
        instead === null
          ? await ask("POST /maintenance-windows", { body })
          : await ask("PUT /maintenance-windows/{window_id}", { at: [instead.id], body });
      go(pagePath("maintenance", String(id)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFaults(faultsOf(error, words));
      setBusy(false);
    }
  };
  return (
    <form
      class="card form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      data-test="form"
    >
      <Field name={words.say("mnt.title")} fault={faults["title"]}>
        <input
          name="title"
          value={draft.title}
          maxLength={200}
          autocomplete="off"
          onInput={(event) => put({ title: event.currentTarget.value })}
        />
      </Field>
      <Field name={words.say("plan.reason")} fault={faults["reason"]}>
        <input
          name="reason"
          value={draft.reason}
          maxLength={2000}
          autocomplete="off"
          onInput={(event) => put({ reason: event.currentTarget.value })}
        />
      </Field>
      <Times draft={draft} faults={faults} put={put} setDraft={setDraft} />
      <Repeating draft={draft} fault={faults["recurrence"]} put={put} />
      <Picker
        label={words.say("mnt.whom")}
        options={options}
        chosen={draft.chosen}
        onChange={(next) => put({ chosen: next })}
        fault={faults["scope"]}
      />
      <Consequences draft={draft} />
      <Fault fault={faults[""]} />
      <footer>
        <button type="submit" class="primary" disabled={busy} data-test="send">
          {words.say(instead === null ? "mnt.make" : "mnt.replace_do")}
        </button>
        <Link
          to={pagePath("maintenance", instead === null ? undefined : String(instead.id))}
          class="button"
        >
          {words.say("cancel")}
        </Link>
      </footer>
    </form>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly put: (changes: Partial<Draft>) => void;
}

function Times({
  draft,
  faults,
  put,
  setDraft,
}: PartProps & {
  readonly faults: Faults;
  readonly setDraft: (change: (before: Draft) => Draft) => void;
}): JSX.Element {
  const { words, at, zone } = useDesk();
  const starts = momentOf(draft.starts, draft.zone);
  const ends = momentOf(draft.ends, draft.zone);
  const zones = [...new Set<string>([...ZONES, zone, draft.zone])];
  return (
    <>
      <div class="fields">
        <Field name={words.say("mnt.starts")} fault={faults["starts_at"]}>
          <input
            type="datetime-local"
            name="starts"
            value={draft.starts}
            onInput={(event) => {
              const { value } = event.currentTarget;
              setDraft((before) => beginningAt(before, value));
              put({});
            }}
          />
        </Field>
        <Field name={words.say("mnt.ends")} fault={faults["ends_at"]}>
          <input
            type="datetime-local"
            name="ends"
            value={draft.ends}
            onInput={(event) => put({ ends: event.currentTarget.value })}
          />
        </Field>
        <Field name={words.say("mnt.zone")} fault={faults["zone"]}>
          <select
            name="zone"
            value={draft.zone}
            onChange={(event) => put({ zone: event.currentTarget.value })}
          >
            {zones.map((one) => (
              <option key={one} value={one}>
                {zoneName(one, at)}
              </option>
            ))}
          </select>
        </Field>
      </div>
      {starts !== null && ends !== null && ends > starts && (
        <p class="quiet" data-test="lasts">
          {words.say("mnt.lasts", { time: longDuration(ends - starts, words) })}
          {starts < at && ` ${words.say(ends <= at ? "mnt.was" : "mnt.began")}`}
        </p>
      )}
    </>
  );
}

/** How often, in words; every choice has the day on which the work begins among its days. */
function Repeating({
  draft,
  fault,
  put,
}: PartProps & { readonly fault: string | undefined }): JSX.Element {
  const { words } = useDesk();
  const day = draft.starts.slice(0, 10);
  const place = placeOf(day);
  const names = words.say("mnt.weekdays").split(" ");
  const until = draft.until === "" ? null : draft.until;
  const offered = KINDS.filter(
    (kind) =>
      (kind !== "monthly_nth" || place.nth <= 4) && (kind !== "monthly_last" || place.isLast),
  );
  const nameOf = (kind: Kind): string => {
    switch (kind) {
      case "once":
        return words.say("mnt.once");
      case "daily":
        return words.say("mnt.daily");
      case "weekly":
        return words.say("mnt.weekly");
      case "monthly_on":
        return words.say("mnt.monthly", { which: words.say("mnt.date", { day: place.date }) });
      case "monthly_nth":
        return words.say("mnt.monthly", { which: whichSaid(place, words) });
      case "monthly_last":
        return words.say("mnt.monthly", { which: whichSaid({ ...place, nth: -1 }, words) });
    }
  };
  const { kind } = draft;
  const repeats = kind !== "once" && kind !== null;
  return (
    <>
      <div class="fields">
        <Field name={words.say("mnt.repeat")} fault={fault}>
          <select
            name="repeat"
            value={kind ?? "rule"}
            onChange={(event) => {
              const chosen = KINDS.find((one) => one === event.currentTarget.value);
              if (chosen !== undefined) put({ kind: chosen });
            }}
          >
            {kind === null && <option value="rule">{draft.rule}</option>}
            {offered.map((one) => (
              <option key={one} value={one}>
                {nameOf(one)}
              </option>
            ))}
            {kind !== null && !offered.includes(kind) && (
              <option value={kind}>{nameOf(kind)}</option>
            )}
          </select>
        </Field>
        {repeats && (
          <>
            <Field
              name={words.say(
                `mnt.interval.${kind === "daily" || kind === "weekly" ? kind : "monthly"}`,
              )}
            >
              <input
                type="number"
                name="every"
                min="1"
                max="52"
                value={draft.every}
                onInput={(event) => {
                  const every = Math.min(52, Math.max(1, Math.floor(event.currentTarget.valueAsNumber)));
                  if (Number.isFinite(every)) put({ every });
                }}
              />
            </Field>
            <Field name={words.say("mnt.until")}>
              <input
                type="date"
                name="until"
                min={day}
                value={draft.until}
                onInput={(event) => put({ until: event.currentTarget.value })}
              />
            </Field>
          </>
        )}
      </div>
      {kind === "weekly" && (
        <div class="weekdays" role="group" aria-label={words.say("mnt.on_days")}>
          {WEEKDAYS.map((one, index) => (
            <label key={one}>
              <input
                type="checkbox"
                checked={one === place.weekday || draft.days.includes(one)}
                disabled={one === place.weekday}
                onChange={(event) =>
                  put({
                    days: event.currentTarget.checked
                      ? [...draft.days, one]
                      : draft.days.filter((other) => other !== one),
                  })
                }
                data-test={`day-${one}`}
              />{" "}
              {names[index]}
            </label>
          ))}
        </div>
      )}
      {repeats && (
        <p class="quiet" data-test="repeat">
          {repeatSaid(repeatOf(kind, day, { ...draft, until }), words)}
          {kind === "monthly_on" && place.date > 28 && `. ${words.say("mnt.skipped", { day: place.date })}`}
        </p>
      )}
    </>
  );
}

const SETTLE_MS = 400;
const SHOWN = 3;

/** What would follow, asked when nobody types any more. */
function Consequences({ draft }: { draft: Draft }): JSX.Element | null {
  const { words, zone } = useDesk();
  const ready = !isEmpty(draft.chosen) && Object.keys(timeLacking(draft)).length === 0;
  // Title and reason change nothing of it.
  const wanted = ready ? JSON.stringify(bodyOf({ ...draft, title: "", reason: "" })) : "";
  const settled = useSettled(wanted);
  const { value, trouble } = useAnswer<WindowPreview | null>(`window ${settled}`, (signal) =>
    settled === ""
      ? Promise.resolve(null)
      : ask("POST /maintenance-windows/preview", { body: JSON.parse(settled), signal }),
  );
  if (!ready) return null;
  if (trouble !== null && trouble.faults.length > 0) {
    return <Fault fault={trouble.faults.map((one) => one.message).join("; ")} />;
  }
  if (value === null || settled !== wanted) {
    return <p class="quiet">{words.say("loading")}</p>;
  }
  const lost = value.lost_seconds;
  return (
    <div class="preview" role="status" data-test="preview">
      <p>
        <Glyph name="maintenance" />{" "}
        <b>{words.count("mnt.covers", value.count)}</b>{" "}
        {words.say("mnt.effect")}
      </p>
      {lost !== null && lost > 0 && (
        <p>{words.say("mnt.lost", { time: duration(lost * 1000, words) })}</p>
      )}
      {lost === 0 && <p>{words.say("mnt.nothing_lost")}</p>}
      {recurrenceOf(draft) !== null && (
        <p>
          {words.say("mnt.next", {
            times: value.occurrences
              .slice(0, SHOWN)
              .map((one) =>
                between(Date.parse(one.starts_at), Date.parse(one.ends_at), zone, words),
              )
              .join(", "),
          })}
        </p>
      )}
    </div>
  );
}

/** A value once it has not changed for a moment. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
