/** `/meja/`: what needs somebody now, most urgent first; two clicks take it in hand. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { giveBack } from "../acts";
import { mayAct, useDesk } from "../context";
import { useKeys } from "../keys";
import { go, usePlace } from "../navigation";
import { PlanBox, scopeOf, scopeOfDevices, type Plan, type Subject } from "../planning";
import { INCIDENTS, incidentPath, devicePath } from "../route";
import { useInSight } from "../rows";
import { Take } from "../take";
import { subject } from "../texts";
import type { Words } from "../words";
import { useAnnouncements } from "./announce";
import { Filters } from "./filters";
import {
  filterIn,
  findProblems,
  fits,
  isUntaken,
  settle,
  type Problem,
} from "./problems";
import { HeadRow, Row } from "./row";
import { describe } from "./words";

/** Of more rows only those in sight are drawn: a storm must not slow the page down. */
const MANY_ROWS = 200;

/** How long a take can be taken back from where it was done. */
const UNDO_MS = 10_000;

export function ProblemsPage(): JSX.Element {
  const desk = useDesk();
  const { words, city, incidents, condition } = desk;
  const { path, query } = usePlace();
  const [focus, setFocus] = useState<string | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [taking, setTaking] = useState<readonly Problem[] | null>(null);
  const [planning, setPlanning] = useState<{ plan: Plan; key: string; subject: Subject } | null>(
    null,
  );
  const [undo, setUndo] = useState<ReadonlyMap<number, number>>(new Map());
  const table = useRef<HTMLDivElement>(null);
  /** The row that is about to get the focus. */
  const wantedRow = useRef<string | null>(null);
  const shown = useRef<readonly Problem[] | null>(null);
  const hands = useHands(table);

  const devices = city?.devices;
  const known = incidents.open !== null && devices !== undefined;
  const all = useMemo(
    () =>
      // Half of it would be another list: nothing is shown before the incidents are here as well.
      incidents.open === null || devices === undefined
        ? []
        : findProblems({
            incidents: incidents.open.values(),
            devices,
            blind: condition === "blind",
          }),
    [incidents.open, devices, condition],
  );
  const filter = filterIn(query);
  const wanted = all.filter((one) => fits(one, filter));
  const held = taking !== null || planning !== null || hands.busy;
  const settled = settle(wanted, hands.view === query.toString() ? shown.current : null, held);
  shown.current = settled.rows;
  hands.view = query.toString();
  useAnnouncements(all, known);

  const { rows } = settled;
  const sight = useInSight(table, rows.length, meanHeight);
  const { first, last } = rows.length > MANY_ROWS ? sight : { first: 0, last: rows.length };
  const now = performance.now();
  const at = rows.findIndex((one) => one.key === focus);
  const current = rows[at];

  const move = (by: number): void => {
    // From where the last key went: a key that is held down is faster than the drawing.
    const from = rows.findIndex((one) => one.key === (wantedRow.current ?? focus));
    const next = rows[from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + by))];
    if (next === undefined) return;
    wantedRow.current = next.key;
    setFocus(next.key);
    const reach = (): void => {
      if (wantedRow.current !== next.key) return;
      wantedRow.current = null;
      table.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(next.key)}"]`)?.focus();
    };
    if (rows.length <= MANY_ROWS) reach();
    else {
      sight.show(rows.indexOf(next));
      requestAnimationFrame(reach);
    }
  };
  const open = (one: Problem | undefined): void => {
    const [device] = one?.devices ?? [];
    if (one?.incident != null) go(incidentPath(one.incident.id));
    else if (one?.devices.length === 1 && device !== undefined) go(devicePath(device.id));
    else if (one !== undefined && device !== undefined) go(listOf(one));
  };
  const begin = (one: Problem | undefined): void => {
    if (!mayAct(desk)) return;
    const chosen = marked.size > 0 ? rows.filter((row) => marked.has(row.key)) : one ? [one] : [];
    const takeable = chosen.filter((row) => isUntaken(row) && !settled.over.has(row.key));
    if (takeable.length > 0) setTaking(takeable);
  };
  const plan = (what: Plan, one: Problem | undefined): void => {
    const about = one === undefined ? null : subjectOf(one, words);
    if (mayAct(desk) && one !== undefined && about !== null) {
      setPlanning({ plan: what, key: one.key, subject: about });
    }
  };
  const mark = (one: Problem | undefined): void => {
    if (one === undefined || !isUntaken(one)) return;
    const next = new Set(marked);
    if (!next.delete(one.key)) next.add(one.key);
    setMarked(next);
  };
  const taken = (ids: readonly number[]): void => {
    setUndo(new Map([...undo, ...ids.map((id) => [id, performance.now() + UNDO_MS] as const)]));
    setMarked(new Set());
  };
  const back = (id: number): void => {
    void giveBack(id).then((one) => desk.store.put(one), () => desk.store.want([id]));
    setUndo(new Map([...undo].filter(([key]) => key !== id)));
  };

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => open(current),
    t: () => begin(current),
    b: () => plan("silence", current),
    p: () => plan("maintenance", current),
    x: () => mark(current),
    c: () => current?.incident != null && go(`${incidentPath(current.incident.id)}#catatan`),
    Escape: () => {
      setMarked(new Set());
      hands.release();
    },
  });

  const untaken = all.filter(isUntaken).length;
  const anchor = taking === null ? null : (taking[0]?.key ?? null);
  return (
    <>
      <h1 data-test="title">{headline(all.length, untaken, desk)}</h1>
      {known && <Filters all={all} filter={filter} path={path} query={query} />}
      {settled.waiting > 0 && (
        <button type="button" class="waiting" onClick={hands.release} data-test="waiting">
          {words.count("problems.waiting", settled.waiting)}
        </button>
      )}
      {rows.length > 0 ? (
        <div
          class="problems"
          role="table"
          ref={table}
          aria-label={words.say("page.problems")}
          aria-rowcount={rows.length + 1}
        >
          <HeadRow />
          {first > 0 && <div style={{ height: `${first * sight.rowPx}px` }} />}
          {rows.slice(first, last).map((one, index) => (
            <Row
              key={one.key}
              problem={one}
              over={settled.over.has(one.key)}
              index={first + index}
              first={focus === null ? first + index === 0 : one.key === focus}
              marked={marked.has(one.key)}
              undoSeconds={secondsLeft(one, undo, now)}
              onFocus={() => setFocus(one.key)}
              onOpen={() => open(one)}
              onTake={() => begin(one)}
              onSilence={() => plan("silence", one)}
              onUndo={() => one.incident !== null && back(one.incident.id)}
            >
              {taking !== null && one.key === anchor && (
                <Take
                  incidents={taking.flatMap(({ incident }) => (incident === null ? [] : [incident]))}
                  title={takeTitle(taking, desk)}
                  onTaken={taken}
                  onClose={() => setTaking(null)}
                />
              )}
              {planning !== null && one.key === planning.key && (
                <PlanBox
                  plan={planning.plan}
                  subject={planning.subject}
                  onClose={() => setPlanning(null)}
                />
              )}
            </Row>
          ))}
          {last < rows.length && (
            <div style={{ height: `${(rows.length - last) * sight.rowPx}px` }} />
          )}
        </div>
      ) : (
        <Empty all={all.length} path={path} />
      )}
    </>
  );
}

/** Rows of a table are of one height, cards of a phone are not: what is in sight says how high. */
function meanHeight(list: HTMLElement): number {
  const rows = [...list.querySelectorAll<HTMLElement>("[data-key]")];
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return 60;
  const box = [first, last].map((one) => one.getBoundingClientRect());
  const all = (box[1]?.bottom ?? 0) - (box[0]?.top ?? 0);
  return Math.max(44, Math.round(all / rows.length));
}

function headline(all: number, untaken: number, { words, incidents, city }: ReturnType<typeof useDesk>): string {
  if (incidents.open === null || city === null) return words.say("page.problems");
  if (all === 0) return words.say("problems.none");
  const head = words.count("problems.count", all);
  return untaken === 0 ? head : `${head}, ${words.count("problems.untaken", untaken)}`;
}

function takeTitle(taking: readonly Problem[], { words }: ReturnType<typeof useDesk>): string {
  const [only] = taking;
  if (taking.length === 1 && only?.incident != null) {
    return words.say("take.title", { what: subject(only.incident, words) });
  }
  return words.count("take.many", taking.length);
}

/** What silencing or planned work on a row would cover. */
function subjectOf(one: Problem, words: Words): Subject | null {
  const scope = one.incident === null ? scopeOfDevices(one.devices) : scopeOf(one.incident);
  return scope === null ? null : { name: describe(one, words).title, scope, since: one.since };
}

function secondsLeft(one: Problem, undo: ReadonlyMap<number, number>, now: number): number | null {
  const until = one.incident === null ? undefined : undo.get(one.incident.id);
  return until === undefined || until <= now ? null : Math.ceil((until - now) / 1000);
}

/** The devices that a row without an incident is about. */
function listOf(one: Problem): string {
  return `${INCIDENTS.replace("insiden", "perangkat")}?keadaan=${one.state}&wilayah=${one.area}`;
}

function Empty({ all, path }: { all: number; path: string }): JSX.Element {
  const { words, incidents, city } = useDesk();
  if (incidents.open === null || city === null) {
    return <p class="empty">{words.say(incidents.trouble === null ? "loading" : "problem.unreachable")}</p>;
  }
  if (city.devices.size === 0) return <p class="empty">{words.say("devices.empty")}</p>;
  if (all === 0) return <p class="empty" data-test="empty">{words.say("problems.calm")}</p>;
  return (
    <p class="empty" data-test="empty">
      {words.count("problems.filtered", all)}{" "}
      <button type="button" class="link" onClick={() => go(path)}>
        {words.say("filter.clear")}
      </button>
    </p>
  );
}

/** After so long without a key or a move of the pointer nobody is reading that row any more. */
const HANDS_MS = 15_000;

interface Hands {
  /** Somebody works in the list: nothing may move. */
  readonly busy: boolean;
  /** Let the list move again. */
  readonly release: () => void;
  /** The filters that were shown last. */
  view: string;
}

/** Whether somebody works in the list, by pointer or by keys. The page is drawn every second. */
function useHands(table: { readonly current: HTMLDivElement | null }): Hands {
  const lastMono = useRef(-HANDS_MS);
  const view = useRef({ view: "" });
  const [, redraw] = useState(0);
  useEffect(() => {
    const look = (event: Event): void => {
      const inside = event.target instanceof Node && table.current?.contains(event.target) === true;
      lastMono.current = inside ? performance.now() : -HANDS_MS;
    };
    const events = ["focusin", "pointermove", "pointerdown", "keydown"] as const;
    for (const name of events) document.addEventListener(name, look, { passive: true });
    return () => {
      for (const name of events) document.removeEventListener(name, look);
    };
  }, [table]);
  const release = (): void => {
    lastMono.current = -HANDS_MS;
    redraw((count) => count + 1);
  };
  return Object.assign(view.current, {
    busy: performance.now() - lastMono.current < HANDS_MS,
    release,
  });
}
