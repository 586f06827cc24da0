/** `/dinding/wifi`, `cctv`, `server`: the overview of one service, its kinds and figures below. */

import type { JSX } from "preact";
import type { WallFigure } from "../../shared/api/schema";
import type { Device } from "../../shared/model";
import { serviceOf, type Service } from "../../shared/services";
import { figuresFor, figureText } from "../figures";
import { Foot, MOST_ITEMS, type FootItem } from "../view/foot";
import { Middle } from "../view/middle";
import type { View } from "../view/view";

/** Where a figure is about one kind of device, its glyph. */
const GLYPHS: Readonly<Record<WallFigure["name"], Service>> = {
  wifi_users: "wifi",
  without_users: "wifi",
  image_troubles: "cctv",
  not_recording: "cctv",
  wrong_clock: "cctv",
  channels_off: "cctv",
  on_battery: "power",
  fullest_disk: "server",
  hottest: "server",
};

/** More have no room for two figures of uptime each. */
const ROOMY_ITEMS = 3;

export function ServicePage(view: View): JSX.Element {
  const { words } = view;
  const figures = figureItems(view);
  const kinds = kindItems(view);
  const own = kinds.length + figures.length > MOST_ITEMS ? serviceItems(view) : kinds;
  const crowded = own.length + figures.length > ROOMY_ITEMS;
  return (
    <>
      <Middle {...view} />
      <Foot
        view={view}
        head={words.say("kinds.head")}
        unit={
          <>
            {!crowded && <span class="across">{words.say("service.unit")}</span>}
            <span class={crowded ? "" : "upright"}>{words.say("kinds.unit_brief")}</span>
          </>
        }
        items={[...own, ...figures].slice(0, MOST_ITEMS)}
        brief={crowded}
      />
    </>
  );
}

/** Each kind of device: how many of all work. */
function kindItems(view: View): FootItem[] {
  const { summary, words } = view;
  const kinds = [...new Set(summary.devices.map((device) => device.kind))].sort();
  return kinds.map((kind) => {
    const all = summary.devices.filter((device) => device.kind === kind);
    const name = words.findCount(`kind.${kind}`, all.length) ?? kind;
    return workingItem(view, `kind:${kind}`, serviceOf(kind), name, all);
  });
}

/** Where kinds and figures have no room for each other: each service. */
function serviceItems(view: View): FootItem[] {
  const { summary, words } = view;
  return summary.services.map(({ service }) => {
    const all = summary.devices.filter((device) => serviceOf(device.kind) === service);
    return workingItem(view, `service:${service}`, service, words.say(`service.${service}`), all);
  });
}

/** How many work. Blind, no number is claimed. */
function workingItem(
  { condition, words }: View,
  key: string,
  glyph: Service,
  name: string,
  all: readonly Device[],
): FootItem {
  const up = all.filter((device) => device.state === "up").length;
  const planned = all.filter((device) => device.state === "maintenance").length;
  return {
    key,
    glyph,
    name,
    value: `${condition === "blind" ? "–" : words.number(up)}/${words.number(all.length)}`,
    small: null,
    lacks: "",
    calm: up + planned === all.length,
  };
}

/** What is troubling when it is not nought. */
const TROUBLES: ReadonlySet<WallFigure["name"]> = new Set(["without_users", "on_battery"]);

/** What is measured, and in one item what nothing measures: a row of dashes would tell no more. */
function figureItems({ pageName, figures, at, words }: View): FootItem[] {
  const all = figures === null ? [] : figuresFor(pageName, figures.figures);
  const items = all
    .filter((one) => one.devices > 0)
    .map((one): FootItem => {
      const { value, of, lacks } = figureText(one, at, words);
      return {
        key: `figure:${one.name}`,
        glyph: GLYPHS[one.name],
        name: words.say(`figure.${one.name}`),
        value,
        small: one.value === null ? words.say("figure.by_day") : of,
        lacks,
        calm: !TROUBLES.has(one.name) || one.value === 0 || one.value === null,
      };
    });
  const untold = all.filter((one) => one.devices === 0);
  if (untold.length === 0) return items;
  return [
    ...items,
    {
      key: "figure:untold",
      glyph: "unknown",
      name: untold.map((one) => words.say(`figure.${one.name}`)).join(", "),
      value: "–",
      small: words.say("figure.untold"),
      lacks: "",
      calm: true,
    },
  ];
}
