/**
 * `/meja/rancangan`: everything the desk and the wall are made of, drawn from a city that never
 * changes. What looks wrong here is wrong everywhere; its picture is the test of the style sheets.
 */

import type { ComponentChildren, JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { apply } from "../../shared/city";
import { STATES, type City } from "../../shared/model";
import { GLYPHS, Glyph } from "../../shared/view/glyphs";
import { readEvent } from "../../shared/wire";
import { DeskContext, useDesk, type Desk } from "../context";
import { Bar } from "../device/bar";
import { Drawing } from "../device/drawing";
import { compareProblems, findProblems, type Problem } from "../problems/problems";
import { HeadRow, Row } from "../problems/row";
import { TakeFace } from "../take";
import { capital, ownersOf } from "../texts";
import { sceneCity, SCENES } from "./city";
import { Swatches } from "./colours";
import { DAY } from "./day";
import { WallWindow } from "./wall";
import "./style.css";

export default function DesignPage(): JSX.Element {
  const desk = useDesk();
  const still = useStill(desk);
  const { words } = desk;
  return (
    <DeskContext.Provider value={still}>
      <div class="design" data-test="design">
        <h1 data-test="title">{words.say("page.design")}</h1>
        <p class="quiet">{words.say("design.about")}</p>
        <Section title={words.say("design.glyphs")}>
          <ul class="glyphs">
            {GLYPHS.map((name) => (
              <li key={name} data-state={name}>
                <Glyph name={name} />
                <span>{words.find(`state.${name}`) ?? words.find(`service.${name}`) ?? words.find(`design.glyph.${name}`)}</span>
              </li>
            ))}
          </ul>
        </Section>
        <Section title={words.say("design.colours")}>
          <Swatches />
        </Section>
        <Section title={words.say("design.type")}>
          <Both>
            <Type />
          </Both>
        </Section>
        <Section title={words.say("design.states")}>
          <Both>
            <States />
          </Both>
        </Section>
        <Section title={words.say("design.rows")}>
          <p class="quiet">{words.say("design.rows.note")}</p>
          <div class="sample light">
            <Rows />
          </div>
          <div class="sample dark">
            <Rows />
          </div>
        </Section>
        <Section title={words.say("design.history")}>
          <Both>
            <History />
          </Both>
        </Section>
        <Section title={words.say("design.parts")}>
          <Both>
            <Parts />
          </Both>
        </Section>
        <Section title={words.say("design.wall")}>
          <div class="walls">
            {SCENES.map((scene) => (
              <WallWindow
                key={scene}
                scene={scene}
                page="ringkasan"
                title={words.say(`design.scene.${scene}`)}
              />
            ))}
            <WallWindow scene="work" page="insiden" title={words.say("design.scene.incidents")} />
            <WallWindow scene="work" page="peta" title={words.say("design.scene.map")} />
          </div>
        </Section>
      </div>
    </DeskContext.Provider>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** The same twice: as it looks by day, and in the dark. */
function Both({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="both">
      <div class="sample light">{children}</div>
      <div class="sample dark">{children}</div>
    </div>
  );
}

/** The desk with the city that never changes; nothing here reaches the API. */
function useStill(desk: Desk): Desk {
  return useMemo(() => {
    const { at, snapshot, incidents } = sceneCity("work");
    const { city } = apply(null, [readEvent("snapshot", JSON.stringify(snapshot))]);
    return {
      ...desk,
      city,
      at,
      zone: "Asia/Makassar",
      incidents: { open: new Map(incidents.map((one) => [one.id, one])), trouble: null },
      owners: ownersOf(city?.devices.values() ?? []),
      areas: namesOf(city),
      visitor: { ...desk.visitor, role: "operator" },
    };
    // The real city goes on; this one does not.
  }, [desk.words]);
}

function namesOf(city: City | null): ReadonlyMap<string, string> {
  return new Map(city?.areas.map(({ code, name }) => [code, name]));
}

function Type(): JSX.Element {
  const { words } = useDesk();
  const sample = words.say("design.sample");
  return (
    <>
      <p class="title-sample">{sample}</p>
      <p class="heading-sample">{sample}</p>
      <p>{sample}</p>
      <p>
        <small>{sample}</small>
      </p>
      <p>
        <b>1.234</b> · 03.26.41 · 99,27% <kbd>T</kbd> <kbd>G</kbd> <kbd>M</kbd>
      </p>
    </>
  );
}

function States(): JSX.Element {
  const { words } = useDesk();
  return (
    <>
      {STATES.map((state) => (
        <div key={state} class="say" data-state={state}>
          <Glyph name={state} />
          <p class="main-sentence">
            <b>{capital(words.say(`state.${state}`))}</b> {words.say("since.today", { time: "02.14" })}
          </p>
        </div>
      ))}
    </>
  );
}

const nothing = (): void => undefined;

/** Every kind of row: taken and not, degraded, unknown, over, marked, with ten seconds to undo. */
function Rows(): JSX.Element {
  const { city, incidents, words } = useDesk();
  const rows = useMemo(
    () =>
      findProblems({
        incidents: incidents.open?.values() ?? [],
        devices: city?.devices ?? new Map(),
        blind: false,
      }).sort(compareProblems),
    [city, incidents],
  );
  const [first] = rows;
  const over: Problem | undefined = first === undefined ? first : { ...first, key: "over" };
  return (
    <div class="problems" role="table" aria-label={words.say("design.rows")}>
      <HeadRow />
      {[...rows, ...(over === undefined ? [] : [over])].map((problem, index) => (
        <Row
          key={problem.key}
          problem={problem}
          over={problem === over}
          index={index}
          first={index === 0}
          marked={index === 1}
          undoSeconds={problem.takenBy === null ? null : 7}
          onFocus={nothing}
          onOpen={nothing}
          onTake={nothing}
          onSilence={nothing}
          onUndo={nothing}
        >
          {null}
        </Row>
      ))}
    </div>
  );
}

/** A day: slow since noon, silent for an hour, planned work, dead since then; limits and gaps. */
function History(): JSX.Element {
  const { words } = useDesk();
  const [chosen, setChosen] = useState<number | null>(3);
  return (
    <>
      <Bar list={DAY.list} from={DAY.from} to={DAY.to} chosen={chosen} onChoose={setChosen} />
      <figure class="chart">
        <Drawing
          name={words.say("metric.ping_rtt_seconds")}
          unit="s"
          readings={DAY.readings}
          states={DAY.list}
          limits={DAY.limits}
        />
      </figure>
    </>
  );
}

function Parts(): JSX.Element {
  const { words } = useDesk();
  return (
    <>
      <p class="parts">
        <button type="button" class="primary">
          {words.say("design.primary")} <kbd aria-hidden="true">T</kbd>
        </button>
        <button type="button">{words.say("design.plain")}</button>
        <button type="button" disabled>
          {words.say("design.disabled")}
        </button>
        <button type="button" class="link">
          {words.say("design.link")}
        </button>
      </p>
      <p class="parts">
        <span class="chip on">
          {words.say("filter.untaken")} {words.number(3)}
        </span>
        <span class="chip">
          <span data-state="down">
            <Glyph name="down" />
          </span>{" "}
          {capital(words.say("state.down"))} {words.number(12)}
        </span>
        <label class="chip">
          {words.say("design.choice")}:{" "}
          <select aria-label={words.say("design.choice")}>
            <option>{words.say("filter.any")}</option>
          </select>
        </label>
        <span class="tag">{words.say("design.tag")}</span>
        <span class="tag">
          <Glyph name="flapping" /> {words.say("state.flapping")}
        </span>
        <span class="entry">
          <i class="hot">{words.number(3)}</i>
        </span>
      </p>
      <div class="writing parts">
        <input type="text" aria-label={words.say("design.text")} value={words.say("design.sample")} />
      </div>
      <table class="list">
        <thead>
          <tr>
            <th>{words.say("column.area")}</th>
            <th>{words.say("column.state")}</th>
            <th class="number">{words.say("column.duration")}</th>
          </tr>
        </thead>
        <tbody>
          {STATES.slice(0, 3).map((state, index) => (
            <tr key={state}>
              <td>Panakkukang</td>
              <td data-state={state}>
                <span class="cell-state">
                  <Glyph name={state} /> {capital(words.say(`state.${state}`))}
                </span>
              </td>
              <td class="number">{words.say("duration.minutes", { m: 24 * (index + 1) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="trouble stale still">
        <Glyph name="stale" />
        <b>{words.say("stale.title", { age: words.say("duration.minutes", { m: 2 }) })}</b>
        <span>{words.say("stale.again")}</span>
      </p>
      <p class="trouble blind still">
        <Glyph name="unknown" />
        <b>{words.say("blind.title")}</b>
        <span>{words.say("blind.body")}</span>
      </p>
      <button type="button" class="waiting">
        {words.count("problems.waiting", 2)}
      </button>
      <div class="popover take still">
        <TakeFace
          title={words.say("take.title", { what: "Switch Panakkukang 01" })}
          busy={false}
          failure={words.say("problem.incident_taken")}
          onChoose={nothing}
          onAgain={nothing}
          onClose={nothing}
        />
      </div>
    </>
  );
}
