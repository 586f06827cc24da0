/** The drawings of states and services, 24 × 24, in the colour of the text around them. */

import type { ComponentChildren, JSX } from "preact";
import type { State } from "../model";
import type { Service } from "../services";

export type GlyphName = State | "acknowledged" | "flapping" | "stale" | Service;

const line = {
  fill: "none",
  stroke: "currentColor",
  "stroke-width": "2",
  "stroke-linejoin": "round",
  "stroke-linecap": "round",
} as const;

const solid = { fill: "currentColor", "fill-rule": "evenodd" } as const;

const DRAWINGS: Readonly<Record<GlyphName, ComponentChildren>> = {
  up: <circle cx="12" cy="12" r="4.5" fill="currentColor" />,
  down: (
    <path
      {...solid}
      d="M4 1.5h16A2.5 2.5 0 0 1 22.5 4v16a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 20V4A2.5 2.5 0 0 1 4 1.5Zm3.7 4.1L5.6 7.7 9.9 12l-4.3 4.3 2.1 2.1 4.3-4.3 4.3 4.3 2.1-2.1-4.3-4.3 4.3-4.3-2.1-2.1L12 9.9Z"
    />
  ),
  unreachable: (
    <path
      {...solid}
      d="M10.4 1.3a2.3 2.3 0 0 1 3.2 0l9.1 9.1a2.3 2.3 0 0 1 0 3.2l-9.1 9.1a2.3 2.3 0 0 1-3.2 0l-9.1-9.1a2.3 2.3 0 0 1 0-3.2Zm-3.9 9.1v3.2h11v-3.2Z"
    />
  ),
  degraded: (
    <path
      {...solid}
      d="M12 1.8c.7 0 1.3.4 1.7 1l9.2 16.4c.7 1.3-.2 2.8-1.7 2.8H2.8c-1.5 0-2.4-1.5-1.7-2.8L10.3 2.8c.4-.6 1-1 1.7-1Zm-1.5 6.2.4 6.6h2.2l.4-6.6Zm1.5 8.2a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z"
    />
  ),
  unknown: (
    <>
      <circle
        {...line}
        cx="12"
        cy="12"
        r="10"
        stroke-width="2.4"
        stroke-linecap="butt"
        stroke-dasharray="4.19 2.09"
        stroke-dashoffset="1"
      />
      <path {...line} stroke-width="2.4" d="M9 9.3a3 3 0 1 1 4.3 2.7c-.9.4-1.3 1-1.3 1.9" />
      <circle cx="12" cy="17.1" r="1.45" fill="currentColor" />
    </>
  ),
  maintenance: (
    <path
      {...solid}
      d="M6.6 2.2h10.8c.5 0 1 .3 1.2.7l5 8.4c.3.4.3 1 0 1.4l-5 8.4c-.2.4-.7.7-1.2.7H6.6c-.5 0-1-.3-1.2-.7l-5-8.4c-.3-.4-.3-1 0-1.4l5-8.4c.2-.4.7-.7 1.2-.7ZM12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z"
    />
  ),
  acknowledged: (
    <>
      <circle {...line} cx="12" cy="12" r="10.2" stroke-width="2.2" />
      <path {...line} stroke-width="2.8" d="m7 12.4 3.4 3.4L17.2 8.6" />
    </>
  ),
  flapping: (
    <path {...line} stroke-width="3" d="M1.8 17.5 6.3 6.5l4.2 11 3.6-11 4.2 11 3.9-11" />
  ),
  stale: (
    <path
      {...solid}
      d="M4.5 1.5h15v2.6h-1.4v2.3c0 2.3-1.7 4-3.8 5.6 2.1 1.6 3.8 3.3 3.8 5.6v2.3h1.4v2.6h-15v-2.6h1.4v-2.3c0-2.3 1.7-4 3.8-5.6-2.1-1.6-3.8-3.3-3.8-5.6V4.1H4.5Zm4 2.6v2.3c0 1.4 1.3 2.6 3.5 4.2 2.2-1.6 3.5-2.8 3.5-4.2V4.1Z"
    />
  ),
  cctv: (
    <path
      {...line}
      d="m3 8.5 13.5-4 2 6.5L5 15ZM18 8.2l2.8-.8.8 2.7-2.8.8M9.5 14v3.5H4M4 14.5V21"
    />
  ),
  wifi: (
    <>
      <path
        {...line}
        stroke-width="2.2"
        d="M2.5 9.2a14 14 0 0 1 19 0M5.7 12.9a9.3 9.3 0 0 1 12.6 0M8.9 16.5a4.6 4.6 0 0 1 6.2 0"
      />
      <circle cx="12" cy="20" r="1.5" fill="currentColor" />
    </>
  ),
  server: (
    <>
      <path {...line} d="M3 3.5h18v7H3ZM3 13.5h18v7H3Z" />
      <path {...line} d="M6.5 7h.01M10 7h7.5M6.5 17h.01M10 17h7.5" />
    </>
  ),
  network: (
    <path
      {...line}
      d="M9 2.5h6v5H9ZM2.5 16.5h6v5h-6ZM15.5 16.5h6v5h-6ZM12 7.5V12M5.5 16.5V12h13v4.5"
    />
  ),
  power: <path fill="currentColor" d="M13.5 1.5 4 13.7h6.3L8.8 22.5 19.5 9.5h-7Z" />,
  sensor: (
    <>
      <path {...line} d="M9 13.2V5a3 3 0 0 1 6 0v8.2a5 5 0 1 1-6 0Z" />
      <path {...line} d="M12 9v7.5" />
    </>
  ),
};

/** Every drawing there is. */
export const GLYPHS = Object.keys(DRAWINGS) as readonly GlyphName[];

/** A drawing as large as the text it stands in. The word beside it says the same. */
export function Glyph({ name }: { name: GlyphName }): JSX.Element {
  return (
    <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  );
}
