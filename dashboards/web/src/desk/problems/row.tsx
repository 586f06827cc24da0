/** One row of the list: a line of a table on a screen, a card on a phone. */

import type { ComponentChildren, JSX } from "preact";
import { duration, since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { mayAct, useDesk } from "../context";
import { areaName, capital, moment } from "../texts";
import { usePending } from "../waiting";
import { isUntaken, type Problem } from "./problems";
import { describe } from "./words";

export function HeadRow(): JSX.Element {
  const { words } = useDesk();
  const columns = ["state", "problem", "area", "duration", "cause", "owner", "taken"] as const;
  return (
    <div class="problem head" role="row">
      {columns.map((name) => (
        <span key={name} role="columnheader" class={`cell-${name}`}>
          {words.say(`column.${name}`)}
        </span>
      ))}
    </div>
  );
}

export interface RowProps {
  readonly problem: Problem;
  /** It is over, and stays only until nobody works in the list. */
  readonly over: boolean;
  /** Its place in the whole list. */
  readonly index: number;
  /** The one row that Tab reaches. */
  readonly first: boolean;
  readonly marked: boolean;
  readonly undoSeconds: number | null;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
  readonly onTake: () => void;
  readonly onSilence: () => void;
  readonly onUndo: () => void;
  readonly children: ComponentChildren;
}

export function Row(props: RowProps): JSX.Element {
  const { problem, over, first, marked, onFocus, onOpen, children } = props;
  const { words, at, zone, owners, areas } = useDesk();
  const { title, detail, cause } = describe(problem, words);
  const untaken = isUntaken(problem) && !over;
  const flapping = problem.devices.length === 1 && problem.devices[0]?.flapping === true;
  const began = problem.since;
  return (
    <div
      class={["problem", untaken ? "untaken" : "", over ? "over" : ""].join(" ")}
      role="row"
      aria-rowindex={props.index + 2}
      tabIndex={first ? 0 : -1}
      aria-selected={marked}
      data-state={over ? "up" : problem.state}
      data-key={problem.key}
      data-test="problem"
      onFocus={onFocus}
      onClick={onOpen}
    >
      <span role="cell" class="cell-state">
        <Glyph name={over ? "up" : problem.state} />
        {over ? words.say("problem.over") : capital(words.say(`state.${problem.state}`))}
      </span>
      <span role="cell" class="cell-problem">
        <b>
          {title}
          {flapping && (
            <span class="tag">
              <Glyph name="flapping" /> {words.say("state.flapping")}
            </span>
          )}
        </b>
        <small>{detail}</small>
      </span>
      <span role="cell" class="cell-area">{areaName(problem.area, areas)}</span>
      <span
        role="cell"
        class="cell-duration"
        title={began === null ? undefined : moment(began, zone, words)}
      >
        <b>{began === null ? "–" : duration(at - began, words)}</b>
        <small>{began === null ? "" : since(began, at, zone, words)}</small>
      </span>
      <span role="cell" class="cell-cause" title={cause}>
        {cause}
      </span>
      <span role="cell" class="cell-owner">
        {problem.owner === null ? "" : (owners.get(problem.owner) ?? problem.owner)}
      </span>
      <span role="cell" class="cell-taken">
        <Hand {...props} />
        {children}
      </span>
    </div>
  );
}

function Hand({ problem, over, undoSeconds, onTake, onSilence, onUndo }: RowProps): JSX.Element | null {
  const desk = useDesk();
  const { words, at, zone } = desk;
  const { incident, takenBy } = problem;
  const pending = usePending();
  const stop = (call: () => void) => (event: Event) => {
    event.stopPropagation();
    call();
  };
  if (incident === null) {
    // It works, or nobody knows: there is no outage to take in hand.
    if (over) return null;
    return (
      <>
        {mayAct(desk) && (
          <button type="button" onClick={stop(onSilence)} data-test="silence-button">
            {words.say("plan.silence.do")} <kbd aria-hidden="true">B</kbd>
          </button>
        )}
        <small>{words.say("problem.no_outage")}</small>
      </>
    );
  }
  const kept = pending.of(incident.id);
  if (kept !== undefined) {
    return (
      <>
        <span class="hand">
          <Glyph name="acknowledged" /> <span class="who">{kept.who}</span>
        </span>
        <small data-test="unseen">{words.say("pending.unseen")}</small>
      </>
    );
  }
  if (takenBy === null) {
    if (over) return null;
    if (!mayAct(desk)) return <span class="todo">{words.say("untaken")}</span>;
    return (
      <button type="button" class="primary" onClick={stop(onTake)} data-test="take-button">
        {words.say("take.do")} <kbd aria-hidden="true">T</kbd>
      </button>
    );
  }
  const when = incident.acknowledged_at === null ? null : Date.parse(incident.acknowledged_at);
  return (
    <>
      <span class="hand">
        <Glyph name="acknowledged" /> <span class="who">{takenBy}</span>
      </span>
      {undoSeconds === null ? (
        <small title={when === null ? undefined : moment(when, zone, words)}>
          {when === null ? "" : since(when, at, zone, words)}
        </small>
      ) : (
        <button type="button" class="link" onClick={stop(onUndo)} data-test="undo">
          {words.say("undo", { s: undoSeconds })}
        </button>
      )}
    </>
  );
}
