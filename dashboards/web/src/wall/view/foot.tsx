/** The foot: uptime today and this month, with what it rests on. */

import type { JSX } from "preact";
import { age } from "../../shared/time";
import { Glyph, type GlyphName } from "../../shared/view/glyphs";
import { percent } from "../sentences";
import type { Availability } from "../uptime";
import type { Words } from "../words";
import type { View } from "./view";

export interface FootItem {
  readonly key: string;
  readonly glyph: GlyphName;
  readonly name: string;
  /** How many work; null: the figure of today stands in its place. */
  readonly count: string | null;
  /** Nothing of it is abnormal: it rests the eye. */
  readonly calm: boolean;
}

export interface FootProps {
  readonly view: View;
  readonly head: string;
  readonly unit: string;
  readonly items: readonly FootItem[];
}

export function Foot({ view, head, unit, items }: FootProps): JSX.Element {
  const { words, uptime } = view;
  const { today, month, lateMs } = uptime;
  const seen = items.flatMap(({ key }) => today?.get(key)?.coveragePercent ?? []);
  const partly = seen.filter((coverage) => coverage < 100);
  // Of one it stands beside its name; for more there is no room, and the least is what counts.
  const least = partly.length > 1 ? Math.min(...partly) : null;
  return (
    <footer class={`foot${lateMs === null ? "" : " late"}${items.length < 4 ? " few" : ""}`} data-test="foot">
      <div class="foot-head">
        <span>
          {least === null ? head : words.say("service.least", { percent: percent(least, words, 1) })}
        </span>
        <span>
          {lateMs === null ? unit : words.say("stale.part", { age: age(lateMs, words) })}
        </span>
      </div>
      {items.map(({ key, glyph, name, count, calm }) => {
        const now = today?.get(key);
        const figures = [figure(now, words), figure(month?.get(key), words)] as const;
        const small = count === null ? figures[1] : figures.join(" · ");
        return (
          <div key={key} class={calm ? "service calm" : "service"} data-test="service">
            <span class="service-name">
              <Glyph name={glyph} /> {name}
              {least === null && <Coverage of={now} words={words} />}
            </span>
            <span class="service-count">
              <b>{count ?? figures[0]}</b>{" "}
              <small>{small}</small>
            </span>
          </div>
        );
      })}
    </footer>
  );
}

function figure(one: Availability | undefined, words: Words): string {
  return one?.percent == null ? "–" : percent(one.percent, words);
}

/** How much was seen; said only when something was not. */
function Coverage({ of, words }: { of: Availability | undefined; words: Words }): JSX.Element | null {
  if (of === undefined || of.coveragePercent >= 100) return null;
  return (
    <em> {words.say("service.coverage", { percent: percent(of.coveragePercent, words, 1) })}</em>
  );
}
