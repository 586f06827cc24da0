/** The foot: how many of each service are up. Uptime figures need history and come with it. */

import type { JSX } from "preact";
import { Glyph } from "../../shared/view/glyphs";
import type { ServiceCount } from "../tiles";
import type { Words } from "../words";

export interface FootProps {
  readonly services: readonly ServiceCount[];
  /** True: nothing is known now, so no number is claimed. */
  readonly blind: boolean;
  readonly words: Words;
}

export function Foot({ services, blind, words }: FootProps): JSX.Element {
  return (
    <footer class="foot" data-test="foot">
      <div class="foot-head">
        <span>{words.say("service.head")}</span>
        <span>{words.say("service.unit")}</span>
      </div>
      {services.map(({ service, total, counts, worst }) => (
        <div key={service} class={worst === "up" ? "service calm" : "service"}>
          <span class="service-name">
            <Glyph name={service} /> {words.say(`service.${service}`)}
          </span>
          <span class="service-count">
            <b>{blind ? "–" : words.number(counts.up)}</b>
            <small>{words.say("service.total", { n: words.number(total) })}</small>
          </span>
        </div>
      ))}
    </footer>
  );
}
