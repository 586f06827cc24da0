/** What `GET /wall/figures` says, as the wall uses it. */

import type { WallFigure, WallFigures } from "../shared/api/schema";
import { duration } from "../shared/time";
import { percent } from "./sentences";
import { availabilities, type Availabilities } from "./uptime";
import type { Words } from "./words";

export interface Hour {
  /** The most devices that were out at one moment of it. */
  readonly out: number;
  readonly unknown: number;
}

export interface Recent {
  readonly incidents: number;
  readonly meanRecoveryMs: number | null;
}

export interface Figures {
  readonly at: number;
  readonly today: Availabilities;
  readonly month: Availabilities;
  /** The last 24, oldest first. */
  readonly hours: readonly Hour[];
  readonly recovery: { readonly device: string; readonly at: number } | null;
  readonly day: Recent;
  readonly recent: Recent;
  readonly figures: readonly WallFigure[];
  readonly owners: ReadonlyMap<string, string>;
}

/** From the API's answer. */
export function figuresOf(told: WallFigures): Figures {
  const recent = (of: WallFigures["day"]): Recent => ({
    incidents: of.incidents,
    meanRecoveryMs: of.mttr_seconds === null ? null : of.mttr_seconds * 1000,
  });
  return {
    at: Date.parse(told.at),
    today: availabilities(told.uptime.today),
    month: availabilities(told.uptime.month),
    hours: told.hours.out.map((out, hour) => ({ out, unknown: told.hours.unknown[hour] ?? 0 })),
    recovery:
      told.recovery === null
        ? null
        : { device: told.recovery.device, at: Date.parse(told.recovery.at) },
    day: recent(told.day),
    recent: recent(told.recent),
    figures: told.figures,
    owners: new Map(told.owners.map(({ id, name }) => [id, name])),
  };
}

const OF_PAGE: Readonly<Record<string, readonly WallFigure["name"][]>> = {
  wifi: ["wifi_users", "without_users"],
  cctv: ["image_troubles", "not_recording", "wrong_clock", "channels_off"],
  server: ["on_battery", "fullest_disk", "hottest"],
};

/** The figures of a page, in their order. */
export function figuresFor(page: string, figures: readonly WallFigure[]): WallFigure[] {
  const wanted = OF_PAGE[page] ?? [];
  return wanted.flatMap((name) => figures.find((one) => one.name === name) ?? []);
}

/** Beyond this age it is said: readings come every minute. */
const AGE_MS = 120_000;

export interface FigureText {
  readonly value: string;
  /** Whose it is, or how long it lasts; may be empty. */
  readonly of: string;
  /** What it does not rest on: `29/30`, `4 mnt`; empty: on everything, and new. */
  readonly lacks: string;
}

/** A figure in words. A dash: nobody tells it. */
export function figureText(one: WallFigure, at: number, words: Words): FigureText {
  const old = one.oldest_at === null ? 0 : at - Date.parse(one.oldest_at);
  const lacks = [
    one.devices < one.all ? `${words.number(one.devices)}/${words.number(one.all)}` : "",
    old > AGE_MS ? duration(old, words) : "",
  ];
  return {
    value: one.value === null ? "–" : valueText(one.name, one.value, words),
    of: [
      one.seconds === null ? "" : duration(one.seconds * 1000, words),
      one.device_name ?? "",
    ]
      .filter((part) => part !== "")
      .join(" · "),
    lacks: lacks.filter((part) => part !== "").join(" · "),
  };
}

function valueText(name: WallFigure["name"], value: number, words: Words): string {
  if (name === "fullest_disk") return percent(value, words, 0);
  if (name === "hottest") return `${words.number(Math.floor(value))} °C`;
  return words.number(Math.floor(value));
}
