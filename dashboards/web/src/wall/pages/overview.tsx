/** `/dinding/ringkasan`: what is wrong beside where it is, and the services below. */

import type { JSX } from "preact";
import { Foot, MOST_ITEMS } from "../view/foot";
import { Middle } from "../view/middle";
import type { View } from "../view/view";

export function Overview(view: View): JSX.Element {
  const { summary, words } = view;
  const items = summary.services.slice(0, MOST_ITEMS).map(({ service, worst }) => ({
    key: `service:${service}`,
    glyph: service,
    name: words.say(`service.${service}`),
    value: null,
    small: null,
    lacks: "",
    calm: worst === "up",
  }));
  return (
    <>
      <Middle {...view} />
      <Foot
        view={view}
        head={words.say("service.head")}
        unit={<span>{words.say("service.unit")}</span>}
        items={items}
      />
    </>
  );
}
