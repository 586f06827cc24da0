/** The frame of every page: verdict or banner, clock, counts by state, trust line. */

import type { JSX } from "preact";
import { checksLateMs, panelOffset, type Link } from "../../shared/condition";
import { STATES, type City, type Collector, type Counts, type State } from "../../shared/model";
import { age, clock, date, zoneName } from "../../shared/time";
import { Glyph, type GlyphName } from "../../shared/view/glyphs";
import type { Turn } from "../rotation";
import { lateAge } from "../sentences";
import type { Sound } from "./sounding";
import type { Words } from "../words";

export function Clock({ at, zone, words }: { at: number; zone: string; words: Words }): JSX.Element {
  const [hour, minute, second] = clock(at, zone, words, true).split(words.say("clock.separator"));
  const separator = words.say("clock.separator");
  return (
    <div class="clock" data-test="clock">
      <span>
        {hour}
        {separator}
        {minute}
        <i>
          {separator}
          {second}
        </i>
      </span>
      <small>
        {zoneName(zone, at)}
        <span>{date(at, zone, words)}</span>
      </small>
    </div>
  );
}

export function Head({ verdict, children }: { verdict: string; children: JSX.Element }): JSX.Element {
  return (
    <header class="head">
      <h1 class="verdict" data-test="verdict">
        {verdict}
      </h1>
      {children}
    </header>
  );
}

export interface BannerProps {
  readonly glyph: GlyphName;
  readonly title: string;
  readonly line: string;
  readonly children: JSX.Element;
}

export function Banner({ glyph, title, line, children }: BannerProps): JSX.Element {
  return (
    <header class="banner" data-test="banner">
      <Glyph name={glyph} />
      <div>
        <h1 class="verdict" data-test="verdict">
          {title}
        </h1>
        <p data-test="banner-line">{line}</p>
      </div>
      {children}
    </header>
  );
}

function abnormalStates(counts: Counts): State[] {
  return STATES.filter((state) => state !== "up" && counts[state] > 0);
}

/** Widths of the second line in rem: a letter of the counts and of the trust line, and all. */
const COUNT_LETTER_REM = 1.8;
const TRUST_LETTER_REM = 1.38;
const LINE_REM = 176;
/** A glyph and the gap behind it, in letters. */
const GLYPH_LETTERS = 3;

/** Whether the second line has more to say than its usual size allows. */
export function isTight(counts: Counts, trust: readonly string[], words: Words): boolean {
  const letters = abnormalStates(counts)
    .map((state) => `${words.number(counts[state])} ${words.say(`state.${state}`)}`)
    .reduce((sum, text) => sum + text.length + GLYPH_LETTERS, 0);
  const said = trust.join(" · ").length + GLYPH_LETTERS;
  return letters * COUNT_LETTER_REM + said * TRUST_LETTER_REM > LINE_REM;
}

/** Counts by state, worst first; only what there is, and never how much works. */
export function StateCounts({ counts, words }: { counts: Counts; words: Words }): JSX.Element {
  return (
    <div class="counts" data-test="counts">
      {abnormalStates(counts).map((state) => (
        <span key={state} data-state={state}>
          <Glyph name={state} />
          <b>{words.number(counts[state])}</b> {words.say(`state.${state}`)}
        </span>
      ))}
    </div>
  );
}

/** On a calm night: how many of all are up. */
export function CalmCount({ counts, words }: { counts: Counts; words: Words }): JSX.Element {
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return (
    <div class="counts" data-test="counts">
      <span>
        <b>{words.number(counts.up)}</b> {words.say("calm.count", { total: words.number(total) })}
      </span>
      {counts.maintenance > 0 && (
        <span data-state="maintenance">
          <Glyph name="maintenance" />
          <b>{words.number(counts.maintenance)}</b> {words.say("state.maintenance")}
        </span>
      )}
    </div>
  );
}

/** The pages of a rotation; the current one fills as its time runs, and is full while it is held. */
export function Turns({ pages, turn }: { pages: number; turn: Turn }): JSX.Element {
  return (
    <ol class="turns" data-test="turns" data-held={turn.share === null ? "" : undefined}>
      {Array.from({ length: pages }, (_, index) => (
        <li key={index} class={index === turn.index ? "current" : ""}>
          {index === turn.index && <i style={{ width: `${100 * (turn.share ?? 1)}%` }} />}
        </li>
      ))}
    </ol>
  );
}

export interface TrustProps {
  readonly city: City;
  readonly link: Link;
  readonly mono: number;
  readonly panelNow: number;
  readonly words: Words;
  readonly sound: Sound;
}

/** How far the page may be believed: age of the data, collectors, sound, the panel's own clock. */
export function Trust(props: TrustProps): JSX.Element {
  const { link } = props;
  return (
    <div class="trust" data-test="trust">
      <span class="beat" key={link.beats} />
      {trustParts(props).map(({ key, text, lacking }) => (
        <span key={key} class={lacking ? "lacking" : ""} data-test={`trust-${key}`}>
          {text}
        </span>
      ))}
    </div>
  );
}

interface TrustPart {
  readonly key: "data" | "collectors" | "late" | "sound" | "panel";
  readonly text: string;
  readonly lacking: boolean;
}

/** What the trust line says, part by part. */
export function trustParts({ city, link, mono, panelNow, words, sound }: TrustProps): TrustPart[] {
  const heard = mono - (link.heardMono ?? mono);
  const offset = panelOffset(link, mono, panelNow);
  const { alive, all } = collectorCount(city.collectors);
  const parts: TrustPart[] = [
    { key: "data", text: words.say("trust.data", { age: age(heard, words) }), lacking: false },
    {
      key: "collectors",
      text: words.say("trust.collectors", { alive, all }),
      lacking: alive < all,
    },
  ];
  const late = checksLateMs(city.collectors);
  if (late > 0) {
    parts.push({ key: "late", text: words.say("trust.late", { age: lateAge(late, words) }), lacking: true });
  }
  if (sound !== "on") {
    parts.push({ key: "sound", text: words.say(`sound.${sound}`), lacking: sound === "refused" });
  }
  if (offset !== 0) {
    const size = `${offset > 0 ? "+" : "−"}${age(Math.abs(offset), words)}`;
    parts.push({ key: "panel", text: words.say("trust.panel", { offset: size }), lacking: true });
  }
  return parts;
}

export function collectorCount(collectors: readonly Collector[]): { alive: number; all: number } {
  return {
    alive: collectors.filter((collector) => collector.alive).length,
    all: collectors.length,
  };
}
