/** Muting what is known: whom, why, until when; how much that is stands there before it is done. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import { clock } from "../../shared/time";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { Fault, faultsOf, Field, type Faults } from "../maintenance/fields";
import { useSettled } from "../maintenance/form";
import { go, Link } from "../navigation";
import { pagePath } from "../route";
import { isEmpty, PARTS, scopeOf, type Chosen } from "../scope/options";
import { Picker, useOptions } from "../scope/picker";
import { longDuration, moment } from "../texts";
import { endOf, SPANS, type Span } from "../until";
import { writtenAt } from "../zoned";
import { bodyOf, endsAt, lacking, type Draft } from "./draft";

export function SilenceForm({ chosen }: { chosen: Chosen }): JSX.Element {
  const { words, at, zone } = useDesk();
  const options = useOptions(PARTS);
  const [draft, setDraft] = useState<Draft>({
    chosen,
    reason: "",
    starts: "",
    span: null,
    ends: "",
  });
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const put = (changes: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...changes }));
    setFaults({});
  };
  const send = async (): Promise<void> => {
    const lacks = Object.entries(lacking(draft, at, zone));
    if (lacks.length > 0) {
      setFaults(Object.fromEntries(lacks.map(([field, key]) => [field, words.say(key)])));
      return;
    }
    setBusy(true);
    try {
      await ask("POST /silences", { body: bodyOf(draft, at, zone) });
      go(`${pagePath("silences")}${draft.starts === "" ? "" : "?tahap=datang"}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFaults(faultsOf(error, words));
      setBusy(false);
    }
  };
  const ends = endsAt(draft, at, zone);
  return (
    <form
      class="card form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      data-test="form"
    >
      <Picker
        label={words.say("mnt.whom")}
        options={options}
        chosen={draft.chosen}
        onChange={(next) => put({ chosen: next })}
        fault={faults["scope"] ?? faults["owners"] ?? faults["kinds"]}
      />
      {(draft.chosen.owners.length > 0 || draft.chosen.kinds.length > 0) && (
        <p class="quiet">{words.say("sil.together")}</p>
      )}
      <Muted chosen={draft.chosen} />
      <Field name={words.say("plan.reason")} fault={faults["reason"]}>
        <input
          name="reason"
          value={draft.reason}
          maxLength={2000}
          autocomplete="off"
          onInput={(event) => put({ reason: event.currentTarget.value })}
        />
      </Field>
      <div class="fields">
        <label class="check-line">
          <input
            type="checkbox"
            checked={draft.starts === ""}
            onChange={(event) =>
              put({ starts: event.currentTarget.checked ? "" : writtenAt(at + 3_600_000, zone) })
            }
            data-test="from-now"
          />{" "}
          {words.say("sil.from_now")}
        </label>
        {draft.starts !== "" && (
          <Field name={words.say("mnt.starts")} fault={faults["starts_at"]}>
            <input
              type="datetime-local"
              name="starts"
              value={draft.starts}
              onInput={(event) => put({ starts: event.currentTarget.value })}
            />
          </Field>
        )}
      </div>
      <Until draft={draft} put={put} fault={faults["ends_at"]} />
      {ends !== null && (
        <p class="quiet" data-test="ends">
          {words.say("sil.ends")} {moment(ends, zone, words)}
        </p>
      )}
      <p class="quiet">{words.say("sil.hint")}</p>
      <Fault fault={faults[""]} />
      <footer>
        <button type="submit" class="primary" disabled={busy} data-test="send">
          {words.say("sil.make")}
        </button>
        <Link to={pagePath("silences")} class="button">
          {words.say("cancel")}
        </Link>
      </footer>
    </form>
  );
}

interface UntilProps {
  readonly draft: Draft;
  readonly put: (changes: Partial<Draft>) => void;
  readonly fault: string | undefined;
}

function Until({ draft, put, fault }: UntilProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const spans: readonly (Span | "pick")[] = [...SPANS.silence, "pick"];
  const nameOf = (span: Span | "pick"): string => {
    if (span === "pick") return words.say("sil.pick");
    return span === "morning"
      ? `${words.say("plan.morning")} (${clock(endOf(span, at, zone), zone, words)})`
      : longDuration(span * 60_000, words);
  };
  return (
    <div class="field">
      <span class="field-name">{words.say("sil.until")}</span>
      <div class="chips" role="group" aria-label={words.say("sil.until")}>
        {spans.map((span) => (
          <button
            key={span}
            type="button"
            class={draft.span === span ? "chip on" : "chip"}
            aria-pressed={draft.span === span}
            onClick={() =>
              put(
                span === "pick"
                  ? { span, ends: draft.ends || writtenAt(at + 7_200_000, zone) }
                  : { span },
              )
            }
            data-test={`span-${span}`}
          >
            {nameOf(span)}
          </button>
        ))}
        {draft.span === "pick" && (
          <input
            type="datetime-local"
            name="ends"
            aria-label={words.say("sil.ends")}
            value={draft.ends}
            onInput={(event) => put({ ends: event.currentTarget.value })}
          />
        )}
      </div>
      <Fault fault={fault} />
    </div>
  );
}

/** An hour: whom a silence mutes does not depend on when. */
const SOON_MS = 3_600_000;

/** How much it would mute, asked when nobody types any more. */
function Muted({ chosen }: { chosen: Chosen }): JSX.Element | null {
  const { words, at } = useDesk();
  const wanted = isEmpty(chosen) ? "" : JSON.stringify(chosen);
  const settled = useSettled(wanted);
  const { value, trouble } = useAnswer(`muted ${settled}`, (signal) => {
    if (settled === "") return Promise.resolve(null);
    const asked = JSON.parse(settled) as Chosen;
    return ask("POST /silences/preview", {
      body: {
        scope: scopeOf(asked),
        owners: asked.owners,
        kinds: asked.kinds,
        reason: "-",
        ends_at: new Date(at + SOON_MS).toISOString(),
      },
      signal,
    });
  });
  if (wanted === "") return null;
  if (trouble !== null && trouble.faults.length > 0) {
    return <Fault fault={trouble.faults.map((one) => one.message).join("; ")} />;
  }
  if (value === null || settled !== wanted) return <p class="quiet">{words.say("loading")}</p>;
  return (
    <div class="preview" role="status" data-test="preview">
      <p>
        {value.count === 0 ? (
          words.say("sil.nothing")
        ) : (
          <>
            <b>{words.count("sil.mutes", value.count)}</b>{" "}
            {value.firing === 0
              ? words.say("sil.firing_none")
              : words.count("sil.firing", value.firing)}
          </>
        )}
      </p>
    </div>
  );
}
