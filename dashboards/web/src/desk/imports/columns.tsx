/** What each column of a list means, and what holds where a row does not say it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListPreview } from "../../shared/api/schema";
import { useDesk } from "../context";
import { FIELDS, fieldsOf, fieldWord, isOpen } from "./reading";

export interface ColumnsProps {
  readonly preview: ListPreview;
  /** A field, or null: the column is not used. */
  readonly onColumn: (heading: string, field: string | null) => void;
  readonly onDefaults: (defaults: Readonly<Record<string, string>>) => void;
}

export function Columns({ preview, onColumn, onDefaults }: ColumnsProps): JSX.Element | null {
  const { words } = useDesk();
  const { columns } = preview;
  if (columns.length === 0) return null;
  const fields = fieldsOf(words, FIELDS);
  return (
    <details class="part" open={isOpen(columns)} data-test="columns">
      <summary>
        {words.say("imp.columns")} ({words.number(columns.length)})
      </summary>
      <p class="quiet">{words.say("imp.columns_hint")}</p>
      <table class="list">
        <thead>
          <tr>
            <th>{words.say("imp.column")}</th>
            <th>{words.say("imp.examples")}</th>
            <th>{words.say("imp.means")}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((one) => (
            <tr key={one.letter} data-test="column" data-why={one.why}>
              <td>
                {one.letter} <b>{one.heading || "–"}</b>
              </td>
              <td class="pale">{one.examples.join(" · ")}</td>
              <td>
                <select
                  value={one.field ?? ""}
                  aria-label={`${one.letter} ${one.heading}`}
                  disabled={one.heading === ""}
                  onChange={(event) => onColumn(one.heading, event.currentTarget.value || null)}
                  data-test={`means-${one.letter}`}
                >
                  <option value="">{words.say("imp.unused")}</option>
                  {fields.map(([name, word]) => (
                    <option key={name} value={name}>
                      {word}
                    </option>
                  ))}
                </select>{" "}
                <small class={one.why === "unknown" ? "todo" : undefined}>
                  {words.find(`imp.why.${one.why}`) ?? one.why}
                </small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Defaults defaults={preview.defaults} onChange={onDefaults} />
    </details>
  );
}

interface DefaultsProps {
  readonly defaults: Readonly<Record<string, string>>;
  readonly onChange: (defaults: Readonly<Record<string, string>>) => void;
}

/** A list of cameras has no column that says so. */
function Defaults({ defaults, onChange }: DefaultsProps): JSX.Element {
  const { words } = useDesk();
  const [field, setField] = useState("kind");
  const [value, setValue] = useState("");
  const without = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(defaults).filter(([one]) => one !== name));
  return (
    <form
      class="defaults"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== "") onChange({ ...defaults, [field]: value.trim() });
        setValue("");
      }}
    >
      <span class="field-name">{words.say("imp.defaults")}</span>
      <ul class="picked">
        {Object.entries(defaults).map(([name, said]) => (
          <li key={name} class="tag">
            {fieldWord(name, words)} <b>{said}</b>
            <button
              type="button"
              class="link"
              aria-label={words.say("imp.default_leave", { name: fieldWord(name, words) })}
              onClick={() => onChange(without(name))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <select
        value={field}
        aria-label={words.say("imp.means")}
        onChange={(event) => setField(event.currentTarget.value)}
      >
        {fieldsOf(words, FIELDS).map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
      <input
        value={value}
        maxLength={500}
        aria-label={words.say("imp.default_value")}
        onInput={(event) => setValue(event.currentTarget.value)}
        data-test="default-value"
      />
      <button type="submit">{words.say("imp.default_add")}</button>
    </form>
  );
}
