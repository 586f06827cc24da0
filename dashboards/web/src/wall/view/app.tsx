/** The wall: the frame every page has, drawn from the live state and the time. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import {
  judge,
  lastKnownAt,
  serverNow,
  type Condition,
  type Link,
} from "../../shared/condition";
import type { LiveCity } from "../../shared/live";
import type { City } from "../../shared/model";
import { age, clock, isNight } from "../../shared/time";
import { useLive, useSeconds } from "../../shared/view/hooks";
import { chooseLanguage } from "../../shared/words";
import { isCritical, type Incident } from "../incidents";
import { lateTiles, type Late } from "../lateness";
import type { Page } from "../pages";
import type { Positions } from "../placing";
import type { Questions } from "../questions";
import { turnAt } from "../rotation";
import { remPixels, type Screen } from "../screen";
import { SHIFT_MS, shiftAt } from "../shift";
import type { Speaker } from "../../shared/speaker";
import { narrow, summarize, type Summary } from "../summary";
import { wantedOf, type Address } from "../wanted";
import { wordsOf, type Words } from "../words";
import { useCurrent } from "./current";
import { useSound } from "./sounding";
import {
  Banner,
  CalmCount,
  Clock,
  collectorCount,
  Head,
  isTight,
  StateCounts,
  Trust,
  trustParts,
  Turns,
} from "./frame";
import { lastHeartbeat, Notice } from "./panels";
import { isCalm, type View } from "./view";

const NOTHING: Pick<City, "areas" | "devices"> = { areas: [], devices: new Map() };
const NOWHERE: Positions = new Map();
const NONE_LATE: Late = new Map();

/** A new critical takes the wall out of its night colours for this long. */
const WAKE_MS = 30_000;

export interface AppProps {
  readonly wall: LiveCity;
  readonly questions: Questions;
  readonly mono: () => number;
  readonly panelNow: () => number;
  readonly address: Address;
  readonly speaker: Speaker;
  /** The root element of the document it is drawn in: its window says how large type is. */
  readonly root: HTMLElement;
}

export function App(props: AppProps): JSX.Element {
  const { wall, questions, mono, panelNow, address, speaker, root } = props;
  const { city, link } = useLive(wall);
  // Time is read on every drawing, not only each second: an event may come just after a tick.
  useSeconds(mono, (at) => serverNow(link, at) ?? panelNow());
  const now = mono();
  useEffect(() => wall.check());

  const own = useCurrent(questions.link).value;
  const wanted = useMemo(() => wantedOf(address, own), [address, own]);
  const rem = useRem(root, wanted.screen);
  const language = chooseLanguage(wanted.language, city?.language ?? null);
  const words = useMemo(() => wordsOf(language), [language]);
  const { open } = useCurrent(questions.incidents);
  const positions = useCurrent(questions.positions).value;
  const figures = useCurrent(questions.figures).value;
  const names = figures?.owners;
  // A heartbeat renews the city but neither its areas nor its devices: nothing to count anew.
  const { areas, devices } = city ?? NOTHING;
  const whole = useMemo(
    () => summarize(areas, devices, open, positions ?? NOWHERE, names),
    [areas, devices, open, positions, names],
  );
  const condition = judge(link, city, now);
  const at = serverNow(link, now) ?? panelNow();
  const zone = city?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const dark = isNight(at, zone, wanted.night);
  const night = nightFits(condition, whole, dark, at);
  useRootAttributes(root, language, condition, night, city !== null && !dark);
  useShift(root, Math.floor(at / SHIFT_MS));
  const rings = wanted.sound && condition === "live";
  const sound = useSound(speaker, rings, whole, mono, link.startedMono);

  const held = condition !== "live" || whole.incidents.some(isCritical);
  const { rotation } = wanted;
  const turn = rotation === null ? null : turnAt(rotation, at, held);
  const page = (turn === null ? null : rotation?.pages[turn.index]) ?? wanted.page;
  const { services } = page;
  const summary = useMemo(
    () => (services === null ? whole : narrow(whole, services)),
    [whole, services],
  );

  if (condition === "refused") return <Refused link={link} words={words} />;
  const face = <Clock at={at} zone={zone} words={words} />;
  if (city === null) {
    return (
      <main class="frame">
        {condition === "stale" ? (
          <Banner
            glyph="stale"
            title={words.say("stale.title", { age: age(now - link.startedMono, words) })}
            line={words.say("stale.never")}
          >
            {face}
          </Banner>
        ) : (
          <Head
            verdict={words.say("verdict.connecting", { age: age(now - link.startedMono, words) })}
          >
            {face}
          </Head>
        )}
      </main>
    );
  }
  const view: View = {
    city,
    summary,
    link,
    condition,
    words,
    mono: now,
    panelNow: panelNow(),
    at,
    rem,
    late: condition === "live" ? lateTiles(summary.tiles, city.freshness, at) : NONE_LATE,
    uptime: {
      today: figures?.today ?? null,
      month: figures?.month ?? null,
      lateMs: questions.figures.lateMs(now),
    },
    figures,
    positions,
    pointed: wanted.site,
    sound: wanted.sound ? sound : "off",
    pageName: page.name,
  };
  return (
    <main class="frame" data-page={page.name}>
      <Top {...view} page={page}>
        {face}
      </Top>
      <page.Body {...view} key={page.name} />
      {turn !== null && rotation !== null && (
        <Turns pages={rotation.pages.length} turn={turn} />
      )}
      {/* Renewed with every word heard; if this script dies, the style sheet lets it appear. */}
      <div class="dead-man" key={link.heardMono} />
    </main>
  );
}

interface TopProps extends View {
  readonly page: Page;
  readonly children: JSX.Element;
}

function Top({ children, page, ...view }: TopProps): JSX.Element {
  const { city, summary, link, condition, words, mono, panelNow, at } = view;
  if (condition === "stale") {
    const known = lastKnownAt(link) ?? at;
    return (
      <Banner
        glyph="stale"
        title={words.say("stale.title", { age: age(mono - (link.heardMono ?? mono), words) })}
        line={words.say("stale.body", { time: clock(known, city.zone, words, true) })}
      >
        {children}
      </Banner>
    );
  }
  if (condition === "blind") {
    return (
      <Banner glyph="unknown" title={words.say("blind.title")} line={blindLine(city, at, words)}>
        {children}
      </Banner>
    );
  }
  const empty = summary.devices.length === 0;
  const calm = isCalm(summary);
  const trust = { city, link, mono, panelNow, words, sound: view.sound };
  const parts = trustParts(trust).map(({ text }) => text);
  const tight = isTight(summary.counts, parts, words);
  return (
    <>
      <Head
        verdict={empty ? words.say("verdict.empty") : page.verdict(view)}
      >
        {children}
      </Head>
      <div class="second" data-tight={tight ? "" : undefined}>
        {calm && !empty ? (
          <CalmCount counts={summary.counts} words={words} />
        ) : (
          <StateCounts counts={summary.counts} words={words} />
        )}
        <Trust {...trust} />
      </div>
    </>
  );
}

function blindLine(city: City, at: number, words: Words): string {
  const heard = lastHeartbeat(city);
  if (heard === null) return words.say("blind.none");
  return words.say("blind.line", {
    ...collectorCount(city.collectors),
    time: clock(heard, city.zone, words, true),
    age: age(at - heard, words),
  });
}

function Refused({ link, words }: { link: Link; words: Words }): JSX.Element {
  return link.refused === "revoked" ? (
    <Notice title={words.say("refused.revoked")}>{words.say("refused.revoked_body")}</Notice>
  ) : (
    <Notice title={words.say("refused.no_link")}>{words.say("refused.no_link_body")}</Notice>
  );
}

/** Stale and blind never dim, and a new critical is shown by day for 30 s. */
function nightFits(
  condition: Condition,
  summary: Summary,
  night: boolean,
  at: number,
): boolean {
  const dims = condition === "live" || condition === "connecting";
  if (!dims || !night) return false;
  const isNew = (one: Incident): boolean =>
    isCritical(one) && one.confirmedAt !== null && at - one.confirmedAt < WAKE_MS;
  return !summary.incidents.some(isNew);
}

/** The style sheet takes the wall's condition from the root element. */
function useRootAttributes(
  root: HTMLElement,
  language: string,
  condition: Condition,
  night: boolean,
  day: boolean,
): void {
  // Only a dusk fades. Before the server's first word the zone is a guess, and what comes then is
  // none; nor is the end of the half minute that a new critical lights up.
  const wasDay = useRef(false);
  useLayoutEffect(() => {
    root.lang = language;
    root.dataset["condition"] = condition;
    // Dusk fades; a wall that starts at night is dark from its first picture.
    if (night && wasDay.current) root.dataset["fade"] = "";
    else if (!night) delete root.dataset["fade"];
    root.dataset["light"] = night ? "night" : "day";
    wasDay.current = day;
  }, [root, language, condition, night, day]);
}

/** A panel that shows one picture for months burns it in: everything wanders a little. */
function useShift(root: HTMLElement, step: number): void {
  useLayoutEffect(() => {
    const { x, y } = shiftAt(step);
    root.style.setProperty("--shift-x", `${x}px`);
    root.style.setProperty("--shift-y", `${y}px`);
  }, [root, step]);
}

/** Pixels of one rem for the window around this root element, set on it. */
function useRem(root: HTMLElement, screen: Screen | null): number {
  const frame = root.ownerDocument.defaultView ?? window;
  const measure = (): number => remPixels(screen, frame.innerWidth, frame.innerHeight);
  const [rem, setRem] = useState(measure);
  useLayoutEffect(() => {
    root.style.fontSize = `${rem}px`;
  }, [root, rem]);
  useEffect(() => {
    const onResize = (): void => setRem(measure());
    frame.addEventListener("resize", onResize);
    return () => frame.removeEventListener("resize", onResize);
  }, [frame, screen]);
  return rem;
}
