/** `/dinding/wifi`, `cctv`, `server`: the overview of one service, its kinds in the foot. */

import type { JSX } from "preact";
import { serviceOf } from "../../shared/services";
import { Foot, type FootItem } from "../view/foot";
import { Middle } from "../view/middle";
import type { View } from "../view/view";

export function ServicePage(view: View): JSX.Element {
  const { words } = view;
  return (
    <>
      <Middle {...view} />
      <Foot
        view={view}
        head={words.say("kinds.head")}
        unit={words.say("kinds.unit")}
        items={kindItems(view)}
      />
    </>
  );
}

/** Each kind of device: how many of all work. Blind, no number is claimed. */
function kindItems({ summary, condition, words }: View): FootItem[] {
  const kinds = [...new Set(summary.devices.map((device) => device.kind))].sort();
  return kinds.map((kind) => {
    const all = summary.devices.filter((device) => device.kind === kind);
    const up = all.filter((device) => device.state === "up").length;
    const planned = all.filter((device) => device.state === "maintenance").length;
    return {
      key: `kind:${kind}`,
      glyph: serviceOf(kind),
      name: words.findCount(`kind.${kind}`, all.length) ?? kind,
      count: `${condition === "blind" ? "–" : words.number(up)}/${words.number(all.length)}`,
      calm: up + planned === all.length,
    };
  });
}
