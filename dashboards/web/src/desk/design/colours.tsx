/** The colours of both pages, each by its name: those of the desk as they are in force here. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useDesk } from "../context";

/** Grounds, then text and rules, then states, then what is pressed. */
const NAMES = [
  "bg", "card", "s2", "line", "line2", "t1", "t2", "t3", "quiet",
  "down", "down-tint", "degraded", "degraded-tint", "unreachable", "unreachable-tint", "unknown",
  "maintenance", "maintenance-tint", "stale", "on-stale", "act", "on-act",
] as const; // prettier-ignore

export function Swatches(): JSX.Element {
  const { words } = useDesk();
  return (
    <div class="both">
      {(["light", "dark"] as const).map((light) => (
        <div key={light} class={`sample ${light}`}>
          <p class="quiet">{words.say(`design.colours.desk_${light}`)}</p>
          <ul class="swatches">
            {NAMES.map((name) => (
              <Swatch key={name} name={name} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function Swatch({ name }: { name: string }): JSX.Element {
  const box = useRef<HTMLElement>(null);
  const [value, setValue] = useState("");
  useEffect(() => {
    if (box.current !== null) setValue(hex(getComputedStyle(box.current).backgroundColor));
  }, []);
  return (
    <li>
      <i ref={box} style={{ background: `var(--${name})` }} />
      <span>
        {name}
        <small>{value}</small>
      </span>
    </li>
  );
}

/** `#1c1f23` of `rgb(28, 31, 35)`. */
export function hex(color: string): string {
  const parts = color.match(/\d+/gu)?.slice(0, 3) ?? [];
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
}
