/** What report is wanted: of when, of what, as which files. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import { whyNot } from "../acts";
import { useDesk } from "../context";
import { kindWord } from "../texts";
import { bodyOf, emptyForm, FORMATS, monthBefore, type Form } from "./asking";

export interface ReportFormProps {
  readonly contracts: readonly string[];
  readonly onMade: () => void;
}

export function ReportForm({ contracts, onMade }: ReportFormProps): JSX.Element {
  const { words, at, zone, city, areas, owners } = useDesk();
  const [form, setForm] = useState(() => emptyForm(at, zone, words.language));
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (changes: Partial<Form>): void => setForm((before) => ({ ...before, ...changes }));
  const kinds = [...new Set([...(city?.devices.values() ?? [])].map((one) => one.kind))].sort();

  const send = async (): Promise<void> => {
    if (form.formats.length === 0 && !form.pack) {
      setFailure(words.say("rep.pick"));
      return;
    }
    setBusy(true);
    try {
      await ask("POST /reports", { body: bodyOf(form) });
      setFailure(null);
      onMade();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(
        error.code === "too_many_reports"
          ? words.say("rep.busy")
          : error.faults.map((one) => one.message).join("; ") || whyNot(error, words),
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="card report-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      data-test="report-form"
    >
      <div class="fields">
        <Choice
          name={words.say("rep.period")}
          value={form.monthly ? "month" : "other"}
          onChange={(value) => change({ monthly: value === "month" })}
          options={[
            ["month", words.say("rep.a_month")],
            ["other", words.say("rep.other")],
          ]}
        />
        {form.monthly ? (
          <Choice
            name={words.say("rep.month")}
            value={form.month}
            onChange={(month) => change({ month })}
            options={monthsBefore(at, zone).map((month) => [
              month,
              `${words.month(Number(month.slice(5)))} ${month.slice(0, 4)}`,
            ])}
          />
        ) : (
          <>
            <Day
              name={words.say("rep.from")}
              value={form.from}
              onChange={(from) => change({ from })}
            />
            <Day
              name={words.say("rep.until")}
              value={form.until}
              onChange={(until) => change({ until })}
            />
          </>
        )}
        <Choice
          name={words.say("rep.area")}
          value={form.area}
          onChange={(area) => change({ area })}
          options={[["", words.say("rep.all")], ...byName(areas)]}
        />
        <Choice
          name={words.say("rep.owner")}
          value={form.owner}
          onChange={(owner) => change({ owner })}
          options={[["", words.say("rep.all")], ...byName(owners)]}
        />
        <Choice
          name={words.say("rep.kind")}
          value={form.kind}
          onChange={(kind) => change({ kind })}
          options={[
            ["", words.say("rep.all")],
            ...kinds.map((kind): Option => [kind, kindWord(kind, 1, words)]),
          ]}
        />
        {contracts.length > 0 && (
          <Choice
            name={words.say("rep.contract")}
            value={form.contract}
            onChange={(contract) => change({ contract })}
            options={[
              ["", words.say("rep.in_force")],
              ...contracts.map((name): Option => [name, name]),
            ]}
          />
        )}
        <Choice
          name={words.say("rep.language")}
          value={form.language}
          onChange={(language) => change({ language: language === "en" ? "en" : "id" })}
          options={[
            ["id", words.say("rep.id")],
            ["en", words.say("rep.en")],
          ]}
        />
      </div>
      <fieldset>
        <legend>{words.say("rep.files")}</legend>
        {FORMATS.map((format) => (
          <label key={format}>
            <input
              type="checkbox"
              checked={form.formats.includes(format)}
              onChange={(event) =>
                change({
                  formats: FORMATS.filter((one) =>
                    one === format ? event.currentTarget.checked : form.formats.includes(one),
                  ),
                })
              }
              data-test={`format-${format}`}
            />
            {words.say(`rep.${format}`)}
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={form.pack}
            onChange={(event) => change({ pack: event.currentTarget.checked })}
            data-test="pack"
          />
          {words.say("rep.pack")}
        </label>
      </fieldset>
      <footer>
        <button type="submit" class="primary" disabled={busy} data-test="make">
          {words.say("rep.make")}
        </button>
        {failure !== null && (
          <p class="failure" role="alert" data-test="failure">
            {failure}
          </p>
        )}
      </footer>
    </form>
  );
}

type Option = readonly [value: string, name: string];

function byName(names: ReadonlyMap<string, string>): readonly Option[] {
  return [...names].sort(([, a], [, b]) => a.localeCompare(b));
}

/** The twelve months before a moment, the last one first. */
function monthsBefore(at: number, zone: string): readonly string[] {
  const months = [monthBefore(at, zone)];
  while (months.length < 12) {
    const [year = 0, month = 0] = (months.at(-1) ?? "").split("-").map(Number);
    months.push(month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, "0")}`);
  }
  return months;
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}

function Choice({ name, value, options, onChange }: ChoiceProps): JSX.Element {
  return (
    <label>
      {name}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([one, said]) => (
          <option key={one} value={one}>
            {said}
          </option>
        ))}
      </select>
    </label>
  );
}

interface DayProps {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Day({ name, value, onChange }: DayProps): JSX.Element {
  return (
    <label>
      {name}
      <input
        type="date"
        required
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
