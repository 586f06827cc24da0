/** Choosing whom something is about: one field that searches places, labels and devices. */

import type { JSX } from "preact";
import { useId, useMemo, useRef, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk, type Desk } from "../context";
import { capital, joined, kindWord } from "../texts";
import {
  choose,
  find,
  leave,
  optionsOf,
  PARTS,
  type Chosen,
  type Option,
  type Part,
} from "./options";

const MOST = 8;

/** Everything that can be chosen; null while the places are not here. */
export function useOptions(parts: readonly Part[]): readonly Option[] | null {
  const { city, owners, words } = useDesk();
  const { value } = useAnswer("places", async (signal) => {
    const [areas, sites, tags] = await Promise.all([
      ask("GET /areas", { signal }),
      ask("GET /sites", { signal }),
      ask("GET /tags", { signal }),
    ]);
    return { areas: areas.items, sites: sites.items, tags: tags.items };
  });
  // Names do not change with states: as long as as many devices are there, they are the same.
  const size = city?.devices.size ?? 0;
  const key = parts.join(" ");
  return useMemo(() => {
    if (value === null || city === null) return null;
    const kindName = (kind: string): string => capital(kindWord(kind, 1, words));
    return optionsOf({ ...value, devices: city.devices.values(), owners, kindName }, parts);
  }, [value, size, owners, words, key]);
}

export interface PickerProps {
  readonly label: string;
  readonly options: readonly Option[] | null;
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
  /** What is wrong with what was chosen, for people. */
  readonly fault?: string | undefined;
}

export function Picker({ label, options, chosen, onChange, fault }: PickerProps): JSX.Element {
  const { words } = useDesk();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const found = useMemo(
    () => find(options ?? [], text, chosen, MOST),
    [options, text, chosen],
  );
  const pick = (one: Option | undefined): void => {
    if (one === undefined) return;
    onChange(choose(chosen, one));
    setText("");
    setAt(0);
    // It would lie over what comes next in the form; the next letter, or a click, opens it again.
    setOpen(false);
    field.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    const last = found.shown.length - 1;
    if (event.key === "ArrowDown") setAt(open ? Math.min(last, at + 1) : 0);
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && open && found.shown.length > 0) pick(found.shown[at]);
    else if (event.key === "Escape" && open) {
      setOpen(false);
      event.stopPropagation();
      return;
    } else if (event.key === "Backspace" && text === "") {
      const newest = picked(chosen, options).at(-1);
      if (newest !== undefined) onChange(leave(chosen, newest));
      return;
    } else return;
    setOpen(event.key !== "Enter");
    event.preventDefault();
  };
  return (
    <div class="picker" data-test="picker">
      <label for={`${id}-field`}>{label}</label>
      <ul class="picked">
        {picked(chosen, options).map((one) => (
          <li key={`${one.part} ${one.id}`} class="tag" data-test="picked">
            {partWord(one.part, words)} <b>{one.name}</b>
            <button
              type="button"
              class="link"
              aria-label={words.say("scope.leave", { name: one.name })}
              onClick={() => onChange(leave(chosen, one))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <input
        id={`${id}-field`}
        ref={field}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found.shown.length > 0 ? `${id}-${at}` : undefined}
        aria-invalid={fault !== undefined}
        autocomplete="off"
        placeholder={words.say(options === null ? "loading" : "scope.search")}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setAt(0);
        }}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
        data-test="picker-field"
      />
      {open && options !== null && (
        <div class="offered">
          <ul id={`${id}-list`} role="listbox" aria-label={label}>
            {found.shown.map((one, index) => (
              <li
                key={`${one.part} ${one.id}`}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at}
                // Before the field loses the focus, which would close the list.
                onPointerDown={(event) => {
                  event.preventDefault();
                  pick(one);
                }}
                data-test="offered"
              >
                <span>
                  <b>{one.name}</b> <small>{joined(partWord(one.part, words), one.note)}</small>
                </span>
                {one.devices !== null && (
                  <small>{words.count("devices.count", one.devices)}</small>
                )}
              </li>
            ))}
          </ul>
          {found.total === 0 && <p class="quiet">{words.say("scope.none")}</p>}
          {found.total > found.shown.length && (
            <p class="quiet">
              {words.say("and_more", { n: words.number(found.total - found.shown.length) })}
            </p>
          )}
        </div>
      )}
      {fault !== undefined && (
        <p class="fault" role="alert">
          <Glyph name="degraded" /> {fault}
        </p>
      )}
    </div>
  );
}

function partWord(part: Part, words: Desk["words"]): string {
  return words.say(`scope.${part}`);
}

/** What was chosen, with names where they are known. */
export function picked(
  chosen: Chosen,
  options: readonly Option[] | null,
): Pick<Option, "part" | "id" | "name">[] {
  return PARTS.flatMap((part) =>
    chosen[part].map((id) => ({
      part,
      id,
      name: options?.find((one) => one.part === part && one.id === id)?.name ?? id,
    })),
  );
}

const SHOWN = 3;

/** A scope as a list carries it: `Panakkukang, Titik Losari + 4 lainnya`. */
export function scopeSaid(
  scope: Partial<Chosen>,
  options: readonly Option[] | null,
  words: Desk["words"],
): string {
  const all = PARTS.flatMap((part) => (scope[part] ?? []).map((id) => ({ part, id })));
  const nameOf = ({ part, id }: Pick<Option, "part" | "id">): string => {
    const name = options?.find((one) => one.part === part && one.id === id)?.name ?? id;
    return part === "tags" ? `${partWord(part, words)} ${name}` : name;
  };
  const said = all.slice(0, SHOWN).map(nameOf).join(", ");
  return all.length > SHOWN
    ? `${said} ${words.say("and_more", { n: words.number(all.length - SHOWN) })}`
    : said;
}
