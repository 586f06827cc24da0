/** `/dinding/ringkasan`: what is wrong beside where it is, and the services below. */

import type { JSX } from "preact";
import { Foot } from "../view/foot";
import { Middle } from "../view/middle";
import type { View } from "../view/view";

/** More would need smaller type than the back of the room can read. */
const MOST_FIGURES = 5;

export function Overview(view: View): JSX.Element {
  const { summary, words } = view;
  const items = summary.services.slice(0, MOST_FIGURES).map(({ service, worst }) => ({
    key: `service:${service}`,
    glyph: service,
    name: words.say(`service.${service}`),
    count: null,
    calm: worst === "up",
  }));
  return (
    <>
      <Middle {...view} />
      <Foot
        view={view}
        head={words.say("service.head")}
        unit={words.say("service.unit")}
        items={items}
      />
    </>
  );
}
