/** The filters of the list as chips; they live in the address, each with its count. */

import type { JSX } from "preact";
import { STATES } from "../../shared/model";
import { shortName } from "../../shared/places";
import { Glyph } from "../../shared/view/glyphs";
import { useDesk } from "../context";
import { go, Link } from "../navigation";
import { withQuery } from "../route";
import { capital, kindWord } from "../texts";
import { fits, isUntaken, QUERY, type Filter, type Problem } from "./problems";

export interface FiltersProps {
  readonly all: readonly Problem[];
  readonly filter: Filter;
  readonly path: string;
  readonly query: URLSearchParams;
}

export function Filters({ all, filter, path, query }: FiltersProps): JSX.Element {
  const { words, owners, areas } = useDesk();
  // Counts are of what the other filters leave: they say what a click would show.
  const rest = (left: Partial<Filter>): readonly Problem[] =>
    all.filter((one) => fits(one, { ...filter, ...left }));
  const byState = rest({ untaken: false, state: null });
  const to = (changes: Record<string, string | null>): string => withQuery(path, query, changes);
  const none = { [QUERY.untaken]: null, [QUERY.state]: null };
  const states = STATES.filter(
    (state) => filter.state === state || byState.some((one) => one.state === state),
  );
  return (
    <nav class="chips" aria-label={words.say("filter.label")} data-test="chips">
      <Link to={to(none)} class={chip(!filter.untaken && filter.state === null)}>
        {words.say("filter.all")} {words.number(byState.length)}
      </Link>
      <Link to={to({ ...none, [QUERY.untaken]: "1" })} class={chip(filter.untaken)}>
        {words.say("filter.untaken")} {words.number(byState.filter(isUntaken).length)}
      </Link>
      {states.map((state) => (
        <Link key={state} to={to({ ...none, [QUERY.state]: state })} class={chip(filter.state === state)}>
          <span data-state={state}>
            <Glyph name={state} />
          </span>{" "}
          {capital(words.say(`state.${state}`))}{" "}
          {words.number(byState.filter((one) => one.state === state).length)}
        </Link>
      ))}
      <Choice
        name={words.say("filter.kind")}
        value={filter.kind}
        options={options(
          rest({ kind: null }).flatMap((one) => [...new Set(one.devices.map(({ kind }) => kind))]),
          (kind) => capital(kindWord(kind, 1, words)),
        )}
        onChoose={(kind) => go(to({ [QUERY.kind]: kind }), "replace")}
      />
      <Choice
        name={words.say("filter.area")}
        value={filter.area}
        options={options(
          rest({ area: null }).map(({ area }) => area),
          (code) => shortName(areas.get(code) ?? code),
        )}
        onChoose={(area) => go(to({ [QUERY.area]: area }), "replace")}
      />
      <Choice
        name={words.say("filter.owner")}
        value={filter.owner}
        options={options(
          rest({ owner: null }).flatMap(({ owner }) => (owner === null ? [] : [owner])),
          (id) => owners.get(id) ?? id,
        )}
        onChoose={(owner) => go(to({ [QUERY.owner]: owner }), "replace")}
      />
    </nav>
  );
}

function chip(on: boolean): string {
  return on ? "chip on" : "chip";
}

interface Option {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** Each value once, with how often it occurs, by its label. */
function options(values: readonly string[], label: (value: string) => string): Option[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count, label: label(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string | null;
  readonly options: readonly Option[];
  readonly onChoose: (value: string | null) => void;
}

/** A chip that opens the browser's own list: it works everywhere, also with a screen reader. */
export function Choice({ name, value, options: list, onChoose }: ChoiceProps): JSX.Element | null {
  const { words } = useDesk();
  if (list.length < 2 && value === null) return null;
  const known = value === null || list.some((one) => one.value === value);
  return (
    <label class={chip(value !== null)}>
      {name}:{" "}
      <select
        value={value ?? ""}
        aria-label={name}
        onChange={(event) => onChoose(event.currentTarget.value || null)}
      >
        <option value="">{words.say("filter.any")}</option>
        {!known && <option value={value ?? ""}>{value}</option>}
        {list.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label} ({words.number(one.count)})
          </option>
        ))}
      </select>
    </label>
  );
}
