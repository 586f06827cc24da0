/**
 * `/dinding/peta`: the city as it lies, beside the five worst incidents. No tiles, no internet:
 * the outlines are those of the city's own sites. `?titik=SITE` points to one of them.
 */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { State } from "../../shared/model";
import { shortName } from "../../shared/places";
import { Glyph } from "../../shared/view/glyphs";
import { useBox, type Box } from "../../shared/view/hooks";
import { makeRegions, spread, type Point, type Region } from "../../shared/geography";
import { affected } from "../incidents";
import { headline, joined, lateAge, tileNumber } from "../sentences";
import { drawMap } from "../view/drawing";
import { Hand, lasted, More, placeOf, rowClass, useRows, type RowProps } from "../view/list";
import { Blind, Calm } from "../view/panels";
import { isCalm, untilAt, type View } from "../view/view";

/** Height of a row with its gap, of the line below them, and the size of a flag, in rem. */
const ROW_REM = 17;
const MORE_REM = 4;
const MOST_ROWS = 5;
const FLAG_REM: Box = { width: 21, height: 11 };
const MARGIN_REM = 6;
/** A flag this far from its region has a line to it. */
const LEADER_REM = 5;
/** Colours fade at dusk; a drawing follows in steps. */
const REDRAW_MS = 15_000;

export function CityMap(view: View): JSX.Element {
  const { summary, condition, positions, words } = view;
  return (
    <div class="city">
      {positions !== null && positions.size === 0 ? (
        <section class="panel" data-test="no-positions">
          <h2>{words.say("map.none")}</h2>
          <p>{words.say("map.none_body")}</p>
        </section>
      ) : (
        <Drawing {...view} />
      )}
      {condition === "blind" ? (
        <Blind view={view} />
      ) : isCalm(summary) ? (
        <Calm view={view} />
      ) : (
        <Worst {...view} />
      )}
    </div>
  );
}

function Drawing(view: View): JSX.Element {
  const { summary, condition, positions, words, rem, at, pointed, late } = view;
  const ref = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useBox(ref, null);
  const blind = condition === "blind";
  const regions = useMemo(
    () => makeRegions(summary.tiles, positions ?? new Map(), box, MARGIN_REM * rem),
    [summary.tiles, positions, box, rem],
  );
  const old = [...late.keys()].sort().join(" ");
  const flags = useMemo(() => flagsOf(regions, blind, old, box, rem), [regions, blind, old, box, rem]);
  const aim = regions.flatMap(({ dots }) => dots).find(({ site }) => site === pointed) ?? null;
  const light = ref.current?.ownerDocument.documentElement.dataset["light"];
  const step = Math.floor(at / REDRAW_MS);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context == null || box.width === 0) return;
    const hatched = new Set(old.split(" "));
    drawMap(context, { regions, untaken: summary.untaken, flags, aim, blind, hatched, box, rem });
  }, [regions, flags, summary.untaken, aim, blind, old, box, rem, light, step]);
  const named = new Set(flags.map(({ region }) => region));
  const quiet = regions.filter((region) => !named.has(region));
  const shown = blind ? [] : namesOf(quiet, flags, rem);
  return (
    <div class="city-map" ref={ref} data-test="city-map">
      <canvas ref={canvas} />
      {shown.map(({ tile, middle }) => (
        <span key={tile.code} class="city-name" style={placed(middle)}>
          {shortName(tile.name)}
        </span>
      ))}
      {flags.map(({ region: { tile }, state, number, place }) => (
        <div
          key={tile.code}
          class={!blind && summary.untaken.has(tile.code) ? "flag solid-down" : "flag"}
          data-state={state}
          data-test="flag"
          style={placed(place)}
        >
          <b>
            <Glyph name={state} />
            {tileNumber(number, words)}
          </b>
          <span>{shortName(tile.name)}</span>
          {late.has(tile.code) && (
            <span class="tile-late" data-test="tile-late">
              {words.say("tile.late", { age: lateAge(late.get(tile.code) ?? 0, words) })}
            </span>
          )}
        </div>
      ))}
      {aim !== null && (
        <p class="city-aim" data-test="aim" style={placed({ x: aim.x, y: aim.y + 4.4 * rem })}>
          {aim.name}
        </p>
      )}
      {quiet.length > shown.length && !blind && (
        <p class="city-rest">{words.count("tile.normal", quiet.length - shown.length)}</p>
      )}
    </div>
  );
}

function placed({ x, y }: Point): { left: string; top: string } {
  return { left: `${x}px`, top: `${y}px` };
}

export interface Flag {
  readonly region: Region;
  readonly state: State;
  readonly number: number;
  readonly place: Point;
  /** It stands away from its region: a line leads there. */
  readonly led: boolean;
}

/** One flag an abnormal region, and one whose data is old; blind, every region has one. */
function flagsOf(
  regions: readonly Region[],
  blind: boolean,
  old: string,
  box: Box,
  rem: number,
): Flag[] {
  const late = new Set(old.split(" "));
  const flagged = regions.filter(({ tile }) => blind || tile.abnormal > 0 || late.has(tile.code));
  const size = { width: FLAG_REM.width * rem, height: FLAG_REM.height * rem };
  const places = spread(
    flagged.map(({ middle }) => middle),
    size,
    box,
  );
  return flagged.flatMap((region, index): Flag[] => {
    const place = places[index];
    if (place === undefined) return [];
    const { tile, middle } = region;
    const away = Math.hypot(place.x - middle.x, place.y - middle.y);
    return [
      {
        region,
        place,
        state: blind ? "unknown" : tile.worst,
        number: blind ? tile.devices.length : tile.abnormal,
        led: away > LEADER_REM * rem,
      },
    ];
  });
}

/** The healthy regions whose name has room between the flags and the other names. */
function namesOf(quiet: readonly Region[], flags: readonly Flag[], rem: number): Region[] {
  const taken = flags.map(({ place }) => ({ place, height: FLAG_REM.height * rem }));
  return quiet.filter(({ middle, dots, tile }) => {
    const width = shortName(tile.name).length * 1.8 * rem;
    const wide = Math.max(...dots.map((dot) => dot.x)) - Math.min(...dots.map((dot) => dot.x));
    if (wide < width / 2) return false;
    const free = taken.every(
      ({ place, height }) =>
        Math.abs(place.x - middle.x) > (FLAG_REM.width * rem + width) / 2 ||
        Math.abs(place.y - middle.y) > (height + 4 * rem) / 2,
    );
    if (free) taken.push({ place: middle, height: 4 * rem });
    return free;
  });
}

function Worst(view: View): JSX.Element {
  const { summary, words, rem } = view;
  const at = untilAt(view);
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref, null);
  const room = Math.max(1, Math.min(MOST_ROWS, Math.floor((box.height / rem - MORE_REM) / ROW_REM)));
  const rows = useRows(summary, room, at);
  return (
    <section class="list" ref={ref} data-test="list">
      {rows.slice(0, room).map((row) => (
        <ShortRow key={row.key} incident={row} view={view} at={at} />
      ))}
      <More hidden={rows.slice(room)} maintenance={0} words={words} room={1} />
    </section>
  );
}

function ShortRow({ incident, view, at }: RowProps): JSX.Element {
  const { summary, words } = view;
  return (
    <article class={rowClass(incident, at)} data-state={incident.state} data-test="row">
      <div class="row-glyph">
        <Glyph name={incident.state} />
      </div>
      <div class="row-text">
        <div class="place">
          <b>{placeOf(incident, summary, words)}</b>
        </div>
        <div class="what">
          <span>{joined(headline(incident, words), words.number(affected(incident)))}</span>
        </div>
        <div class="why">
          <span>{lasted(incident, at, words)}</span>
          <Hand incident={incident} words={words} />
        </div>
      </div>
    </article>
  );
}
