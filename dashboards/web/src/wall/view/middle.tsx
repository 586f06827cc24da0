/** What is wrong beside where it is: the middle of the overview and of each service's page. */

import type { JSX } from "preact";
import { IncidentList } from "./list";
import { TileMap } from "./map";
import { Blind, Calm } from "./panels";
import { isCalm, type View } from "./view";

export function Middle(view: View): JSX.Element {
  const { summary, condition, words } = view;
  if (summary.devices.length === 0) {
    return (
      <section class="panel">
        <p>{words.say("empty.body")}</p>
      </section>
    );
  }
  return (
    <div class="middle">
      {condition === "blind" ? (
        <Blind view={view} />
      ) : isCalm(summary) ? (
        <Calm view={view} />
      ) : (
        <IncidentList view={view} />
      )}
      <TileMap view={view} />
    </div>
  );
}
