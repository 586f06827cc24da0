/** What stands around every page: rail, bar, what may be believed, the keys at the foot. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TroubleView, Visitor } from "../shared/api/schema";
import { checksLateMs, serverNow } from "../shared/condition";
import { age, clock, zoneName } from "../shared/time";
import { Glyph } from "../shared/view/glyphs";
import { LANGUAGES, type Language } from "../shared/words";
import { chooseLight, chosenLight, type Light } from "./choices";
import { useDesk } from "./context";
import { useOwnHealth } from "./health/asking";
import { useKeys } from "./keys";
import { go, Link, usePlace } from "./navigation";
import { PAGES, sees, type DeskPage } from "./pages";
import { DEVICES, INCIDENTS, pagePath, plainPages, PROBLEMS, withQuery, type Route } from "./route";
import { SoundSwitch } from "./sound";
import { useOutside } from "./take";
import { Waiting } from "./waiting";

export interface FrameProps {
  readonly route: Route;
  readonly mono: number;
  readonly onLanguage: (language: Language) => void;
  readonly onLeave: () => void;
  readonly children: ComponentChildren;
}

export function Frame({ route, mono, onLanguage, onLeave, children }: FrameProps): JSX.Element {
  const { words, visitor } = useDesk();
  const [help, setHelp] = useState(false);
  const [sheet, setSheet] = useState(false);
  useKeys({
    "g m": () => go(PROBLEMS),
    "g i": () => go(INCIDENTS),
    "g p": () => go(DEVICES),
    ...keysOfPages(visitor.role),
    "/": () => document.querySelector<HTMLInputElement>(".search input")?.focus(),
    "?": () => setHelp((shown) => !shown),
    Escape: () => {
      setHelp(false);
      setSheet(false);
    },
  });
  // Whoever went somewhere sees where they are.
  const place = JSON.stringify(route);
  useEffect(() => setSheet(false), [place]);
  return (
    <div class="app" data-page={route.page}>
      <a class="skip" href="#content">
        {words.say("skip")}
      </a>
      <Rail route={route} mono={mono} open={sheet} onLanguage={onLanguage} onLeave={onLeave} />
      <div class="main">
        <Bar mono={mono} />
        <Trouble mono={mono} />
        <Waiting />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <Foot onHelp={() => setHelp(true)} />
      </div>
      <Tabs route={route} open={sheet} onMore={() => setSheet((shown) => !shown)} />
      {help && <Help onClose={() => setHelp(false)} />}
      <p id="told" class="told" aria-live="polite" />
      <p id="urgent" class="told" aria-live="assertive" />
    </div>
  );
}

/** `G` and the key of each page that this role sees. */
function keysOfPages(role: Visitor["role"]): Record<string, () => void> {
  const keyed = plainPages().filter((page) => PAGES[page].key !== undefined && sees(role, page));
  return Object.fromEntries(keyed.map((page) => [`g ${PAGES[page].key}`, () => go(pagePath(page))]));
}

interface Entry {
  readonly to: string;
  readonly key: "problems" | "incidents" | "devices";
  readonly pages: readonly Route["page"][];
}

const ENTRIES: readonly Entry[] = [
  { to: PROBLEMS, key: "problems", pages: ["problems"] },
  { to: INCIDENTS, key: "incidents", pages: ["incidents", "incident"] },
  { to: DEVICES, key: "devices", pages: ["devices", "device"] },
];

/** How often Pantau is asked how it is, beside what the stream says. */
const HEALTH_MS = 30_000;

const GROUPS: readonly DeskPage["group"][] = ["work", "city", "records", "care"];

interface RailProps extends Omit<FrameProps, "children"> {
  /** On a phone, where it is a sheet above the tabs: whether it is shown. */
  readonly open: boolean;
}

function Rail({ route, mono, open: shown, onLanguage, onLeave }: RailProps): JSX.Element {
  const { words, city, incidents, visitor } = useDesk();
  const open = [...(incidents.open?.values() ?? [])];
  const untaken = open.filter((one) => one.acknowledged_by === null).length;
  const { value: health } = useOwnHealth(HEALTH_MS);
  const waiting = { quarantine: health?.quarantine_waiting ?? 0 };
  const numbers = { problems: untaken, incidents: open.length, devices: city?.devices.size ?? 0 };
  return (
    <nav class={shown ? "rail shown" : "rail"} id="rail" aria-label={words.say("rail.label")}>
      <p class="brand">
        Pantau
        <small>{cityName(city?.areas ?? [])}</small>
      </p>
      {ENTRIES.map(({ to, key, pages }) => (
        <Link
          key={key}
          to={to}
          class="entry"
          current={pages.includes(route.page)}
          test={`rail-${key}`}
        >
          {words.say(`page.${key}`)}
          {numbers[key] > 0 && (
            <i class={key === "problems" ? "hot" : undefined}>{words.number(numbers[key])}</i>
          )}
        </Link>
      ))}
      {GROUPS.map((group) => {
        const pages = plainPages().filter(
          (page) => PAGES[page].group === group && sees(visitor.role, page),
        );
        return (
          pages.length > 0 && (
            <div class="rail-group" key={group}>
              {pages.map((page) => (
                <Link
                  key={page}
                  to={pagePath(page)}
                  class="entry"
                  current={route.page === page}
                  test={`rail-${page}`}
                >
                  {words.say(`page.${page}`)}
                  {page === "quarantine" && waiting.quarantine > 0 && (
                    <i>{words.number(waiting.quarantine)}</i>
                  )}
                </Link>
              ))}
            </div>
          )
        );
      })}
      <div class="rail-foot">
        <Collectors mono={mono} />
        <OwnHealth troubles={health?.troubles ?? []} />
        {visitor.name !== "" && (
          <p>
            {visitor.name} · {words.say(`role.${visitor.role}`)}
          </p>
        )}
        <p class="switches">
          <LanguageSwitch onLanguage={onLanguage} />
          <LightSwitch />
        </p>
        <p>
          <SoundSwitch mono={mono} />
        </p>
        {visitor.name !== "" && (
          <button type="button" class="link" onClick={onLeave} data-test="leave">
            {words.say("leave")}
          </button>
        )}
      </div>
    </nav>
  );
}

/** The area that holds all others: the city. */
function cityName(areas: readonly { code: string; name: string }[]): string {
  const codes = areas.map(({ code }) => code);
  const root = areas.find(({ code }) => codes.every((one) => one.startsWith(code)));
  return root === undefined ? "" : `${root.name} · ${root.code}`;
}

function Collectors({ mono }: { mono: number }): JSX.Element | null {
  const { words, city, link } = useDesk();
  if (city === null) return null;
  const alive = city.collectors.filter((one) => one.alive).length;
  const beats = city.collectors.map((one) => one.heartbeatAt);
  const now = serverNow(link, mono);
  const newest = beats.length === 0 || now === null ? null : now - Math.max(...beats);
  const late = checksLateMs(city.collectors);
  const lacking = alive < city.collectors.length || alive === 0 || late > 0;
  return (
    <p class={lacking ? "lacking" : undefined}>
      <Link to={pagePath("health")} class="plain">
        <span class="dot" />
        {words.say("trust.collectors", { alive, all: city.collectors.length })}
        {newest !== null && `, ${words.say("beat", { age: age(newest, words) })}`}
        {late > 0 && `, ${words.say("trust.late", { age: age(late, words) })}`}
      </Link>
    </p>
  );
}

/** What is wrong with Pantau itself; where it leads says the rest. */
function OwnHealth({ troubles }: { troubles: readonly TroubleView[] }): JSX.Element | null {
  const { words } = useDesk();
  if (troubles.length === 0) return null;
  return (
    <p class="lacking" data-test="own-health">
      <Link to={pagePath("health")}>
        {words.say("health.trouble", { n: words.number(troubles.length) })}
      </Link>
    </p>
  );
}

function LanguageSwitch({ onLanguage }: Pick<FrameProps, "onLanguage">): JSX.Element {
  const { words } = useDesk();
  return (
    <span role="group" aria-label={words.say("language")}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          class="link"
          lang={language}
          aria-pressed={words.language === language}
          onClick={() => onLanguage(language)}
          data-test={`language-${language}`}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </span>
  );
}

const LIGHTS: readonly Light[] = ["auto", "light", "dark"];

function LightSwitch(): JSX.Element {
  const { words } = useDesk();
  const [light, setLight] = useState(chosenLight);
  return (
    <select
      value={light}
      aria-label={words.say("light")}
      onChange={(event) => {
        const chosen = LIGHTS.find((one) => one === event.currentTarget.value) ?? "auto";
        setLight(chosen);
        chooseLight(chosen);
      }}
    >
      {LIGHTS.map((one) => (
        <option key={one} value={one}>
          {words.say(`light.${one}`)}
        </option>
      ))}
    </select>
  );
}

function Bar({ mono }: { mono: number }): JSX.Element {
  const { words, link, zone, at, city } = useDesk();
  const heard = link.heardMono === null ? null : mono - link.heardMono;
  const now = serverNow(link, mono) ?? at;
  return (
    <header class="bar">
      <p class="bar-brand">Pantau</p>
      <Search />
      <p class="trust" data-test="trust">
        <span class="dot" key={link.beats} />
        {heard === null ? "" : words.say("trust.data", { age: age(heard, words) })}
      </p>
      <p class="clock" data-test="clock">
        {/* Before the first word the city's zone is not known, and this machine's says nothing. */}
        {city !== null && (
          <>
            <b>{clock(now, zone, words, true)}</b> {zoneName(zone, now)}
          </>
        )}
      </p>
    </header>
  );
}

/** On the list of devices it narrows as one types; elsewhere Enter goes there. */
function Search(): JSX.Element {
  const { words } = useDesk();
  const { path, query } = usePlace();
  const isList = path === DEVICES;
  const field = useRef<HTMLInputElement>(null);
  const show = (text: string, how: "push" | "replace"): void =>
    go(withQuery(DEVICES, isList ? query : new URLSearchParams(), { q: text }), how);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        show(field.current?.value.trim() ?? "", isList ? "replace" : "push");
      }}
    >
      <input
        ref={field}
        type="search"
        aria-label={words.say("search")}
        placeholder={words.say("search")}
        value={isList ? (query.get("q") ?? "") : ""}
        onInput={(event) => isList && show(event.currentTarget.value, "replace")}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        data-test="search"
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** What the page may not claim: it is old, or nobody looks. It stays until that is over. */
function Trouble({ mono }: { mono: number }): JSX.Element | null {
  const { words, link, condition, incidents } = useDesk();
  if (condition === "stale") {
    const silence = mono - (link.heardMono ?? link.startedMono);
    return (
      <p class="trouble stale" role="status" data-test="stale">
        <Glyph name="stale" />
        <b>{words.say("stale.title", { age: age(silence, words) })}</b>
        <span>{words.say("stale.again")}</span>
      </p>
    );
  }
  if (condition === "blind") {
    return (
      <p class="trouble blind" role="status" data-test="blind">
        <Glyph name="unknown" />
        <b>{words.say("blind.title")}</b>
        <span>{words.say("blind.body")}</span>
      </p>
    );
  }
  if (incidents.trouble !== null && incidents.open !== null) {
    return (
      <p class="trouble stale" role="status" data-test="old-list">
        <Glyph name="stale" />
        <span>{words.say("problems.old")}</span>
      </p>
    );
  }
  return null;
}

const KEYS = [
  ["J", "K", "key.move"],
  ["Enter", null, "key.open"],
  ["T", null, "key.take"],
  ["X", null, "key.mark"],
  ["B", null, "key.silence"],
  ["P", null, "key.maintenance"],
  ["C", null, "key.note"],
  ["/", null, "key.search"],
] as const;

function Foot({ onHelp }: { onHelp: () => void }): JSX.Element {
  const { words } = useDesk();
  return (
    <footer class="keys" aria-hidden="true">
      {KEYS.map(([key, other, name]) => (
        <span key={name}>
          <kbd>{key}</kbd> {other !== null && <kbd>{other}</kbd>} {words.say(name)}
        </span>
      ))}
      <button type="button" class="link" tabIndex={-1} onClick={onHelp}>
        <kbd>?</kbd> {words.say("key.all")}
      </button>
    </footer>
  );
}

const ALL_KEYS = [
  ["J, K, ↓, ↑", "key.move"],
  ["Enter", "key.open"],
  ["T", "key.take"],
  ["1 – 4", "key.reason"],
  ["X", "key.mark"],
  ["B", "key.silence"],
  ["P", "key.maintenance"],
  ["C", "key.note"],
  ["/", "key.search"],
  ["G M", "page.problems"],
  ["G I", "page.incidents"],
  ["G P", "page.devices"],
  ["Esc", "key.close"],
] as const;

function Help({ onClose }: { onClose: () => void }): JSX.Element {
  const { words, visitor } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  useOutside(box, onClose);
  return (
    <div class="popover help" ref={box} role="dialog" aria-label={words.say("key.all")} data-test="help">
      <h2>{words.say("key.title")}</h2>
      <dl>
        {ALL_KEYS.map(([keys, name]) => (
          <>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{words.say(name)}</dd>
          </>
        ))}
        {plainPages()
          .filter((page) => PAGES[page].key !== undefined && sees(visitor.role, page))
          .map((page) => (
            <>
              <dt>
                <kbd>G {PAGES[page].key?.toUpperCase()}</kbd>
              </dt>
              <dd>{words.say(`page.${page}`)}</dd>
            </>
          ))}
      </dl>
    </div>
  );
}

interface TabsProps {
  readonly route: Route;
  readonly open: boolean;
  readonly onMore: () => void;
}

/** On a phone: the pages at the thumb; the rail of all others is a sheet above them. */
function Tabs({ route, open, onMore }: TabsProps): JSX.Element {
  const { words } = useDesk();
  const elsewhere = !ENTRIES.some(({ pages }) => pages.includes(route.page));
  return (
    <nav class="tabs" aria-label={words.say("tabs.label")}>
      {ENTRIES.map(({ to, key, pages }) => (
        <Link key={key} to={to} current={pages.includes(route.page)}>
          {words.say(`page.${key}`)}
        </Link>
      ))}
      <button
        type="button"
        aria-expanded={open}
        aria-controls="rail"
        class={elsewhere ? "here" : undefined}
        onClick={onMore}
        data-test="tab-more"
      >
        {words.say("tabs.more")}
      </button>
    </nav>
  );
}
