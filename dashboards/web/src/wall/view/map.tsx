/** The areas as tiles, each with a mark for every device; tiles never move. */

import type { JSX, RefObject } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { STATES, type State } from "../../shared/model";
import { shortName } from "../../shared/places";
import { Glyph } from "../../shared/view/glyphs";
import { useBox, type Box } from "../../shared/view/hooks";
import { drawField, fitGrid, statesIn, type Grid } from "../field";
import { lateAge, tileNumber } from "../sentences";
import { columnsOf, type Tile } from "../../shared/tiles";
import type { Words } from "../words";
import type { View } from "./view";

/** Largest distance of two marks, in rem. */
const LARGEST_PITCH_REM = 2.9;
/**
 * How many kinds fit beside a number of one, two, three digits. If they do not all fit, none is
 * shown: two of four would say that the other two are well.
 */
const KINDS_BESIDE_DIGITS = [4, 4, 2, 0] as const;

export function TileMap({ view }: { view: View }): JSX.Element {
  const { summary, condition, words, rem } = view;
  // Nobody watches: nothing is known of any device.
  const blind = condition === "blind";
  const { tiles, normal } = summary.map;
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref, tiles[0]?.code);
  const most = Math.max(0, ...tiles.map((tile) => tile.devices.length));
  const largest = LARGEST_PITCH_REM * rem;
  // One grid for all tiles: marks of one size, so that areas can be compared.
  const fitting = useMemo(() => fitGrid(most, box, largest), [most, box, largest]);
  // The banner of a stale or blind wall takes a little height; marks keep their places.
  const kept = useRef<Grid | null>(null);
  if (condition === "live" && box.width > 0) kept.current = fitting;
  const grid = kept.current ?? fitting;
  const cells = tiles.length + (normal > 0 ? 1 : 0);
  return (
    <section class="map" data-columns={columnsOf(cells)} data-test="map">
      {tiles.map((tile, index) => (
        <TileView
          key={tile.code}
          tile={tile}
          late={view.late.get(tile.code) ?? null}
          untaken={!blind && summary.untaken.has(tile.code)}
          blind={blind}
          words={words}
          fieldRef={index === 0 ? ref : null}
          grid={grid}
          box={box}
        />
      ))}
      {normal > 0 && (
        <div class="tile">
          <h2>{words.count("tile.normal", normal)}</h2>
        </div>
      )}
    </section>
  );
}

interface TileProps {
  readonly tile: Tile;
  /** How old its newest result is, if that is too old. */
  readonly late: number | null;
  readonly untaken: boolean;
  readonly blind: boolean;
  readonly words: Words;
  readonly fieldRef: RefObject<HTMLDivElement | null> | null;
  readonly grid: Grid;
  readonly box: Box;
}

function TileView(props: TileProps): JSX.Element {
  const { tile, late, untaken, blind, words, fieldRef, grid, box } = props;
  const state: State = blind ? "unknown" : tile.worst;
  const number = blind ? tile.devices.length : tile.abnormal;
  // A text, and made anew only with the tile: the clock draws every tile each second.
  const states = useMemo(
    () => tile.devices.map((device) => (blind ? "unknown" : device.state)).join(" "),
    [tile, blind],
  );
  return (
    <article
      class={`${tileClass(state, untaken)}${late === null ? "" : " late"}`}
      data-state={state}
      data-test="tile"
    >
      <h2>{shortName(tile.name)}</h2>
      {late !== null && (
        <p class="tile-late" data-test="tile-late">
          {words.say("tile.late", { age: lateAge(late, words) })}
        </p>
      )}
      <div class="field" ref={fieldRef}>
        <Field states={states} grid={grid} box={box} />
      </div>
      <div class="tile-foot">
        {number > 0 && (
          <b data-test="tile-number">
            <Glyph name={state} />
            {tileNumber(number, words)}
          </b>
        )}
        <span class="tile-kinds">
          {!blind &&
            tile.services.length <= (KINDS_BESIDE_DIGITS[String(number).length] ?? 0) &&
            tile.services.map((service) => <Glyph key={service} name={service} />)}
        </span>
        {!blind && tile.maintenance > 0 && (
          <span class="tile-maintenance" data-state="maintenance">
            <Glyph name="maintenance" /> {words.number(tile.maintenance)}
          </span>
        )}
      </div>
    </article>
  );
}

function tileClass(state: State, untaken: boolean): string {
  if (untaken) return "tile solid-down";
  if (state === "unknown") return "tile hatched";
  return state === "up" || state === "maintenance" ? "tile" : "tile abnormal";
}

interface FieldProps {
  /** The states in the order of their marks: a text, so that an unchanged tile is not redrawn. */
  readonly states: string;
  readonly grid: Grid;
  readonly box: Box;
}

function Field({ states, grid, box }: FieldProps): JSX.Element | null {
  return useMemo(() => {
    if (box.width === 0) return null;
    const { paths, radius } = drawField(statesIn(states), grid);
    return (
      <svg width={box.width} height={box.height} aria-hidden="true" data-test="field">
        {STATES.map((state) => {
          const path = paths[state];
          if (path === undefined) return null;
          return <path key={state} data-state={state} d={path} {...strokeOf(state, radius)} />;
        })}
      </svg>
    );
  }, [states, grid, box]);
}

/** Widths that follow the size of the marks; colours are the style sheet's. */
function strokeOf(state: State, radius: number): Readonly<Record<string, string | number>> {
  if (state === "up") return { "stroke-width": Math.max(1.5, radius * 0.62) };
  if (state !== "unknown") return {};
  const dash = (2 * Math.PI * radius * 0.84) / 8;
  return {
    "stroke-width": Math.max(1, radius * 0.3),
    "stroke-dasharray": `${(dash * 0.64).toFixed(2)} ${(dash * 0.36).toFixed(2)}`,
  };
}
