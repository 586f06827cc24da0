/** Rows with what becomes of each: which fields say something else than before. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ImportItem } from "../../shared/api/schema";
import { useDesk } from "../context";
import { Link } from "../navigation";
import { kindWord } from "../texts";
import { devicePath } from "../route";
import { OUTCOMES, type Outcome } from "./lists";
import { fieldWord } from "./reading";

const ROWS = 100;

export interface ItemsProps {
  readonly items: readonly ImportItem[];
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly title: string;
}

export function Items({ items, counts, title }: ItemsProps): JSX.Element {
  const { words } = useDesk();
  const first = OUTCOMES.find((one) => one !== "same" && counts[one] > 0) ?? "same";
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [shown, setShown] = useState(ROWS);
  const on = outcome !== null && counts[outcome] > 0 ? outcome : first;
  const found = items.filter((one) => one.outcome === on);
  return (
    <section class="part" data-test="items">
      <h2>{title}</h2>
      <div class="chips" role="group" aria-label={title}>
        {OUTCOMES.filter((one) => counts[one] > 0).map((one) => (
          <button
            key={one}
            type="button"
            class={one === on ? "chip on" : "chip"}
            aria-pressed={one === on}
            onClick={() => {
              setOutcome(one);
              setShown(ROWS);
            }}
          >
            {words.number(counts[one])} {words.say(`imp.outcome.${one}`)}
          </button>
        ))}
      </div>
      {found.length === 0 ? (
        <p class="quiet">{words.say("imp.no_items")}</p>
      ) : (
        <table class="list">
          <thead>
            <tr>
              <th>{words.say("imp.device")}</th>
              <th>{words.say("imp.place")}</th>
              <th>{words.say("imp.changes")}</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((one) => (
              <Row key={`${one.key} ${one.row}`} item={one} isNew={on === "created"} />
            ))}
          </tbody>
        </table>
      )}
      {found.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + ROWS)}>
          {words.say("more")}
        </button>
      )}
      {counts[on] > found.length && (
        <p class="quiet">
          {words.say("imp.first", {
            shown: words.number(found.length),
            all: words.number(counts[on]),
          })}
        </p>
      )}
    </section>
  );
}

function Row({ item, isNew }: { item: ImportItem; isNew: boolean }): JSX.Element {
  const { words, city } = useDesk();
  const { device, why_not: why } = item;
  const name = item.name ?? item.key;
  const said = (field: string, value: string | null): string => {
    if (value === null) return words.say("imp.empty");
    return field === "kind" ? kindWord(value, 1, words) : value;
  };
  const known = why === "hand_written" || why === "no_address" ? why : "other";
  return (
    <tr data-test="item">
      <td>
        {device !== null && city?.devices.has(device) === true ? (
          <Link to={devicePath(device)} class="strong">
            {name}
          </Link>
        ) : (
          <b>{name}</b>
        )}{" "}
        <small class="lines">{item.key}</small>
        {!item.watched && item.outcome !== "retired" && (
          <span class="tag">{words.say(`imp.not_watched.${known}`)}</span>
        )}
      </td>
      <td>{item.row === null ? "–" : words.say("imp.row", { row: item.row })}</td>
      <td>
        {item.changes.map((one) => (
          <span key={one.field} class="lines">
            {fieldWord(one.field, words)}:{" "}
            {!isNew && (
              <>
                <s>{said(one.field, one.old)}</s> →{" "}
              </>
            )}
            {said(one.field, one.new)}
          </span>
        ))}
      </td>
    </tr>
  );
}
