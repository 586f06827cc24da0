/** `/dinding/ringkasan`: what is wrong beside where it is, and the services below. */

import type { JSX } from "preact";
import { lastKnownAt } from "../../shared/condition";
import { Foot } from "../view/foot";
import { IncidentList } from "../view/list";
import { TileMap } from "../view/map";
import { Blind, Calm } from "../view/panels";
import { isCalm, type View } from "../view/view";

export function Overview(view: View): JSX.Element {
  return (
    <>
      <Middle {...view} />
      <Foot
        services={view.summary.services}
        blind={view.condition === "blind"}
        words={view.words}
      />
    </>
  );
}

function Middle(view: View): JSX.Element {
  const { city, summary, condition, link, words, at, rem } = view;
  const blind = condition === "blind";
  if (city.devices.size === 0) {
    return (
      <section class="panel">
        <p>{words.say("empty.body")}</p>
      </section>
    );
  }
  const until = condition === "stale" ? (lastKnownAt(link) ?? at) : at;
  return (
    <div class="middle">
      {blind ? (
        <Blind city={city} summary={summary} words={words} />
      ) : isCalm(summary) ? (
        <Calm city={city} summary={summary} words={words} />
      ) : (
        <IncidentList summary={summary} at={until} zone={city.zone} words={words} rem={rem} />
      )}
      <TileMap summary={summary} condition={condition} words={words} rem={rem} />
    </div>
  );
}
