/** The foot: uptime today and this month, and figures, each with what it rests on. */

import type { ComponentChildren, JSX } from "preact";
import { age } from "../../shared/time";
import { Glyph, type GlyphName } from "../../shared/view/glyphs";
import { percent } from "../sentences";
import type { Availability } from "../uptime";
import type { Words } from "../words";
import type { View } from "./view";

/** More would need smaller type than the back of the room can read. */
export const MOST_ITEMS = 5;

export interface FootItem {
  readonly key: string;
  readonly glyph: GlyphName;
  readonly name: string;
  /** The large figure; null: the uptime of today. */
  readonly value: string | null;
  /** What stands beside it; null: the uptimes that are not the large figure. */
  readonly small: string | null;
  /** What the figure does not rest on; empty: on everything. */
  readonly lacks: string;
  /** Nothing of it is abnormal: it rests the eye. */
  readonly calm: boolean;
}

export interface FootProps {
  readonly view: View;
  readonly head: string;
  /** What the figures of uptime are of. */
  readonly unit: ComponentChildren;
  readonly items: readonly FootItem[];
  /** Of uptime only today's. */
  readonly brief?: boolean;
}

export function Foot({ view, head, unit, items, brief = false }: FootProps): JSX.Element {
  const { words, uptime } = view;
  const { today, lateMs } = uptime;
  const seen = items.flatMap(({ key }) => today?.get(key)?.coveragePercent ?? []);
  const partly = seen.filter((coverage) => coverage < 100);
  // Of one it stands beside its name; for more there is no room, and the least is what counts.
  const least = partly.length > 1 ? Math.min(...partly) : null;
  // Upright there is room for it nowhere but here.
  const upright = least === null && partly[0] !== undefined ? partly[0] : null;
  const cover = (share: number): string =>
    words.say("service.least", { percent: percent(share, words, 1) });
  return (
    <footer
      class={`foot${lateMs === null ? "" : " late"}${items.length < 4 ? " few" : ""}`}
      data-test="foot"
    >
      <div class="foot-head">
        <span class={upright === null ? "" : "across"}>{least === null ? head : cover(least)}</span>
        {upright !== null && <span class="upright">{cover(upright)}</span>}
        {lateMs === null ? unit : <span>{words.say("stale.part", { age: age(lateMs, words) })}</span>}
      </div>
      {items.map((item) => (
        <Item key={item.key} {...{ item, view, brief }} coverage={least === null} />
      ))}
    </footer>
  );
}

interface ItemProps {
  readonly item: FootItem;
  readonly view: View;
  /** Say here what was not seen. */
  readonly coverage: boolean;
  readonly brief: boolean;
}

function Item({ item, view, coverage, brief }: ItemProps): JSX.Element {
  const { words, uptime } = view;
  const { key, glyph, name, value, calm, lacks } = item;
  const now = uptime.today?.get(key);
  const figures = [figure(now, words), figure(uptime.month?.get(key), words)] as const;
  const small = item.small ?? figures[value === null ? 1 : 0];
  const month = item.small === null && value !== null && !brief;
  return (
    <div class={calm ? "service calm" : "service"} data-key={key} data-test="service">
      <span class="service-name">
        <Glyph name={glyph} /> <span>{name}</span>
        {lacks !== "" && <em> {lacks}</em>}
        {coverage && <Coverage of={now} words={words} />}
      </span>
      <span class="service-count">
        <b>{value ?? figures[0]}</b> <small>{small}</small>{" "}
        {month && <small class="across">· {figures[1]}</small>}
      </span>
    </div>
  );
}

function figure(one: Availability | undefined, words: Words): string {
  return one?.percent == null ? "–" : percent(one.percent, words);
}

/** How much was seen; said only when something was not. */
function Coverage({ of, words }: { of: Availability | undefined; words: Words }): JSX.Element | null {
  if (of === undefined || of.coveragePercent >= 100) return null;
  return (
    <em class="across"> {words.say("service.coverage", { percent: percent(of.coveragePercent, words, 1) })}</em>
  );
}
