/** What the table is about, as chips: the month, by what it is grouped, what it is narrowed to. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../context";
import { go, Link } from "../navigation";
import { Choice } from "../problems/filters";
import { withQuery } from "../route";
import { capital, kindWord } from "../texts";
import { monthTitle } from "./said";
import {
  dayAfter,
  dayOf,
  EXCLUDES,
  groupWord,
  monthBefore,
  monthOf,
  PATH,
  QUERY,
  type Exclude,
  type View,
} from "./view";

/** How many months before the last one are offered; older ones are reached by their days. */
const OLDER_MONTHS = 11;

const GROUPS = ["area", "site", "device", "kind", "owner"] as const;

export interface ChipsProps {
  readonly view: View;
  readonly query: URLSearchParams;
}

export function Chips({ view, query }: ChipsProps): JSX.Element {
  const { words, at, zone, city, owners } = useDesk();
  const [open, setOpen] = useState(view.span.is === "days");
  const to = (changes: Record<string, string | null>): string => withQuery(PATH, query, changes);
  const toMonth = (month: string | null): string =>
    to({ [QUERY.month]: month, [QUERY.from]: null, [QUERY.to]: null });
  const now = monthOf(at, zone);
  const last = monthBefore(now, 1);
  const month = view.span.is === "month" ? view.span.month : null;
  const older = Array.from({ length: OLDER_MONTHS }, (_, index) => monthBefore(now, index + 2));
  const devices = [...(city?.devices.values() ?? [])];
  return (
    <>
      <nav class="chips" aria-label={words.say("filter.label")} data-test="chips">
        <Link to={toMonth(null)} class={chip(month === now)} current={month === now}>
          {words.say("up.this_month")}
        </Link>
        <Link to={toMonth(last)} class={chip(month === last)} current={month === last}>
          {words.say("up.last_month")}
        </Link>
        <Pick
          name={words.say("up.month")}
          value={month !== null && month !== now && month !== last ? month : ""}
          empty={words.say("up.older")}
          options={[...new Set([...older, ...(month === null ? [] : [month])])]
            .filter((one) => one !== now && one !== last)
            .map((one) => ({ value: one, label: monthTitle(one, words) }))}
          onChoose={(value) => go(toMonth(value))}
          test="month"
        />
        <button
          type="button"
          class={chip(view.span.is === "days")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          data-test="range"
        >
          {words.say("up.range")}
        </button>
        <Pick
          name={words.say("up.group")}
          value={groupWord(view.group)}
          options={GROUPS.map((one) => ({
            value: groupWord(one),
            label: words.say(`up.group.${one}`),
          }))}
          onChoose={(value) => go(to({ [QUERY.group]: value, [QUERY.device]: null }))}
          test="group"
        />
        <Choice
          name={words.say("filter.kind")}
          value={view.kind}
          options={tally(devices.map(({ kind }) => kind), (kind) => capital(kindWord(kind, 1, words)))}
          onChoose={(value) => go(to({ [QUERY.kind]: value }))}
        />
        <Choice
          name={words.say("filter.owner")}
          value={view.owner}
          options={tally(
            devices.flatMap(({ ownerId }) => (ownerId === null ? [] : [ownerId])),
            (id) => owners.get(id) ?? id,
          )}
          onChoose={(value) => go(to({ [QUERY.owner]: value }))}
        />
        <Pick
          name={words.say("up.exclude")}
          value={view.exclude}
          options={(Object.keys(EXCLUDES) as Exclude[]).map((one) => ({
            value: one,
            label: words.say(`up.exclude.${one}`),
          }))}
          onChoose={(value) =>
            go(to({ [QUERY.exclude]: value === "pemeliharaan" ? null : value }))
          }
          test="exclude"
        />
      </nav>
      {open && <Range view={view} to={to} />}
    </>
  );
}

function chip(on: boolean): string {
  return on ? "chip on" : "chip";
}

function tally(
  values: readonly string[],
  label: (value: string) => string,
): { value: string; label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count, label: label(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

interface PickProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** What stands where none of them is chosen; without it one always is. */
  readonly empty?: string;
  readonly onChoose: (value: string) => void;
  readonly test: string;
}

/** A chip that always has a value. */
function Pick({ name, value, options, empty, onChoose, test }: PickProps): JSX.Element {
  return (
    <label class={chip(empty !== undefined && value !== "")}>
      {empty === undefined && `${name}: `}
      <select
        value={value}
        aria-label={name}
        onChange={(event) => onChoose(event.currentTarget.value)}
        data-test={test}
      >
        {empty !== undefined && (
          <option value="" disabled={value !== ""}>
            {empty}
          </option>
        )}
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface RangeProps {
  readonly view: View;
  readonly to: (changes: Record<string, string | null>) => string;
}

/** Days from one to another, both included. */
function Range({ view, to }: RangeProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const today = dayOf(at, zone);
  const { span } = view;
  const [first, setFirst] = useState(span.is === "days" ? span.first : dayAfter(today, -6));
  const [last, setLast] = useState(span.is === "days" ? span.last : today);
  const wrong = first === "" || last === "" || first > last || first > today;
  return (
    <form
      class="range"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) go(to({ [QUERY.month]: null, [QUERY.from]: first, [QUERY.to]: last }));
      }}
      data-test="days"
    >
      <label>
        {words.say("up.first_day")}{" "}
        <input
          type="date"
          name="first"
          value={first}
          max={today}
          onInput={(event) => setFirst(event.currentTarget.value)}
        />
      </label>
      <label>
        {words.say("up.last_day")}{" "}
        <input
          type="date"
          name="last"
          value={last}
          max={today}
          onInput={(event) => setLast(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={wrong}>
        {words.say("up.show")}
      </button>
      {first > last && last !== "" && <p class="failure">{words.say("up.days_turned")}</p>}
    </form>
  );
}
