/**
 * `/meja/peta`: the city as it lies, site by site; `/meja/peta/SITE` tells what stands at one. As on
 * the wall the outlines are those of the city's own sites: no tiles, no internet.
 */

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { ask } from "../../shared/api/client";
import { count } from "../../shared/city";
import { makeRegions, type Dot, type Point, type Positions } from "../../shared/geography";
import { BADNESS, STATES, type Device, type State } from "../../shared/model";
import { shortName } from "../../shared/places";
import { duration } from "../../shared/time";
import { makeTiles } from "../../shared/tiles";
import { Glyph } from "../../shared/view/glyphs";
import { useBox } from "../../shared/view/hooks";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { Link, usePlace, go } from "../navigation";
import type { PageProps } from "../pages";
import { Choice } from "../problems/filters";
import { devicePath, pagePath, withQuery } from "../route";
import { capital, kindWord, reasonOf } from "../texts";
import "./style.css";

/** Room around the outermost sites, in CSS pixels. */
const MARGIN = 52;
/** Names stand below the middle, where a mark may be. */
const LABEL_BELOW = 25;
/** More sites than this in the list beside the map are found by a filter. */
const MOST_LISTED = 60;

export default function MapPage({ part }: PageProps): JSX.Element {
  const { words, city, condition } = useDesk();
  const { query } = usePlace();
  const path = part === null ? pagePath("map") : pagePath("map", part);
  const kind = query.get("jenis");
  const asked = query.get("keadaan");
  const state = asked !== null && asked in BADNESS ? (asked as State) : null;
  const devices = city?.devices;
  const all = useMemo(() => [...(devices?.values() ?? [])], [devices]);
  const ofKind = useMemo(() => all.filter((one) => kind === null || one.kind === kind), [all, kind]);
  const shown = useMemo(
    () => ofKind.filter((one) => state === null || one.state === state),
    [ofKind, state],
  );
  const counts = useMemo(() => count(ofKind), [ofKind]);
  const kinds = useMemo(() => tally(all), [all]);
  const to = (changes: Record<string, string | null>): string => withQuery(path, query, changes);
  return (
    <>
      <h1 data-test="title">{words.say("page.map")}</h1>
      <nav class="chips" aria-label={words.say("filter.label")}>
        <Link to={to({ keadaan: null })} class={state === null ? "chip on" : "chip"}>
          {words.say("filter.all")} {words.number(ofKind.length)}
        </Link>
        {STATES.filter((one) => counts[one] > 0 || one === state).map((one) => (
          <Link key={one} to={to({ keadaan: one })} class={one === state ? "chip on" : "chip"}>
            <span data-state={one}>
              <Glyph name={one} />
            </span>{" "}
            {capital(words.say(`state.${one}`))} {words.number(counts[one])}
          </Link>
        ))}
        <Choice
          name={words.say("filter.kind")}
          value={kind}
          options={kinds.map(([value, number]) => ({
            value,
            label: capital(kindWord(value, 1, words)),
            count: number,
          }))}
          onChoose={(value) => go(to({ jenis: value }), "replace")}
        />
      </nav>
      <div class="map-columns">
        <CityMap devices={shown} site={part} link={(id) => withQuery(pagePath("map", id), query, {})} />
        <Side
          devices={shown}
          site={part}
          blind={condition === "blind"}
          link={(id) => withQuery(pagePath("map", id), query, {})}
        />
      </div>
    </>
  );
}

function tally(devices: readonly Device[]): [string, number][] {
  const found = new Map<string, number>();
  for (const { kind } of devices) found.set(kind, (found.get(kind) ?? 0) + 1);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Where the sites are; null: not known yet. */
function usePositions(): Positions | null {
  const { city } = useDesk();
  const { value } = useAnswer(`sites ${city?.areas.length}`, (signal) => ask("GET /sites", { signal }));
  return useMemo(
    () =>
      value === null
        ? null
        : new Map(
            value.items.flatMap(({ id, latitude, longitude }) =>
              latitude === null || longitude === null ? [] : [[id, { latitude, longitude }] as const],
            ),
          ),
    [value],
  );
}

interface CityMapProps {
  readonly devices: readonly Device[];
  /** The site that is told about. */
  readonly site: string | null;
  readonly link: (site: string) => string;
}

function CityMap({ devices, site, link }: CityMapProps): JSX.Element {
  const { words, city } = useDesk();
  const positions = usePositions();
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref, positions === null);
  const areas = city?.areas;
  const regions = useMemo(
    () =>
      box.width === 0 || positions === null
        ? []
        : makeRegions(makeTiles(areas ?? [], devices), positions, box, MARGIN),
    [areas, devices, positions, box],
  );
  const dots = regions.flatMap((one) => one.dots);
  const isLoud = (dot: Dot): boolean => BADNESS[dot.state] < BADNESS.up || dot.site === site;
  if (positions !== null && positions.size === 0) {
    return (
      <p class="card empty" data-test="no-positions">
        {words.say("map.none")}
      </p>
    );
  }
  return (
    <div class="card desk-map" ref={ref} data-test="desk-map">
      <svg width={box.width} height={box.height} aria-hidden="true">
        {regions.map(({ tile, hull }) => (
          <path key={tile.code} class="region" d={outline(hull)} />
        ))}
        {dots
          .filter((dot) => !isLoud(dot))
          .map(({ site: id, x, y }) => (
            <circle key={id} class="quiet-site" cx={x} cy={y} r={3} onClick={() => go(link(id))} />
          ))}
        {regions.map(({ tile, middle }) => (
          <text key={tile.code} x={middle.x} y={middle.y + LABEL_BELOW}>
            {shortName(tile.name)}
          </text>
        ))}
      </svg>
      {dots.filter(isLoud).map((dot) => (
        <Link
          key={dot.site}
          to={link(dot.site)}
          class={dot.site === site ? "site here" : "site"}
          label={`${dot.name}: ${words.say(`state.${dot.state}`)}`}
          place={dot}
          state={dot.state}
        >
          <Glyph name={dot.state} />
        </Link>
      ))}
    </div>
  );
}

function outline(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  // A line of no length has no round ends.
  const tail = rest.length === 0 ? [{ x: first.x + 0.01, y: first.y }] : rest;
  return `M${first.x} ${first.y}${tail.map(({ x, y }) => `L${x} ${y}`).join("")}Z`;
}

interface SideProps {
  readonly devices: readonly Device[];
  readonly site: string | null;
  readonly blind: boolean;
  readonly link: (site: string) => string;
}

interface SiteSum {
  readonly id: string;
  readonly name: string;
  readonly devices: readonly Device[];
  readonly worst: State;
  readonly abnormal: number;
}

/** Each site once, the worst first. */
export function sitesOf(devices: readonly Device[]): SiteSum[] {
  const groups = new Map<string, Device[]>();
  for (const one of devices) groups.set(one.site, [...(groups.get(one.site) ?? []), one]);
  return [...groups]
    .map(([id, inside]): SiteSum => {
      const sorted = [...inside].sort(
        (a, b) => BADNESS[a.state] - BADNESS[b.state] || (a.name < b.name ? -1 : 1),
      );
      return {
        id,
        name: sorted[0]?.siteName ?? id,
        devices: sorted,
        worst: sorted[0]?.state ?? "up",
        abnormal: sorted.filter((one) => BADNESS[one.state] < BADNESS.maintenance).length,
      };
    })
    .sort(
      (a, b) =>
        BADNESS[a.worst] - BADNESS[b.worst] || b.abnormal - a.abnormal || (a.name < b.name ? -1 : 1),
    );
}

/** The devices of the site that was chosen; without one, the sites where something is wrong. */
function Side({ devices, site, blind, link }: SideProps): JSX.Element {
  const { words, at } = useDesk();
  const sites = useMemo(() => sitesOf(devices), [devices]);
  const chosen = sites.find(({ id }) => id === site);
  if (chosen !== undefined) {
    return (
      <section class="card map-side" data-test="map-site">
        <header class="card-head">
          <h2>{chosen.name}</h2>
          <Link to={pagePath("map")}>{words.say("map.back")}</Link>
        </header>
        <ul>
          {chosen.devices.map((one) => (
            <li key={one.id} data-state={one.state}>
              <Glyph name={one.state} />
              <span>
                <Link to={devicePath(one.id)} class="strong">
                  {one.name}
                </Link>
                <small>
                  {capital(words.say(`state.${one.state}`))}
                  {one.since !== null && ` · ${duration(at - one.since, words)}`}
                  {one.state !== "up" && ` · ${reasonOf(one, words)}`}
                </small>
              </span>
            </li>
          ))}
        </ul>
      </section>
    );
  }
  const wrong = sites.filter(({ worst }) => BADNESS[worst] < BADNESS.maintenance);
  return (
    <section class="card map-side" data-test="map-sites">
      <h2>{words.count("map.wrong", wrong.length)}</h2>
      {blind && <p class="quiet">{words.say("blind.body")}</p>}
      <ul>
        {wrong.slice(0, MOST_LISTED).map((one) => (
          <li key={one.id} data-state={one.worst}>
            <Glyph name={one.worst} />
            <span>
              <Link to={link(one.id)} class="strong">
                {one.name}
              </Link>
              <small>{words.count("map.of", one.abnormal, { all: words.number(one.devices.length) })}</small>
            </span>
          </li>
        ))}
      </ul>
      {wrong.length > MOST_LISTED && (
        <p class="quiet">{words.say("and_more", { n: words.number(wrong.length - MOST_LISTED) })}</p>
      )}
    </section>
  );
}
