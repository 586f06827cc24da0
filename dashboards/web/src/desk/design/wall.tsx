/**
 * The wall itself, in a small window of its own: its components, its style sheet, a city that never
 * changes. This is the one place where the desk knows the wall.
 */

import { render, type JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, type Ask, type Route } from "../../shared/api/client";
import { LiveCity, type LivePorts } from "../../shared/live";
import { useBox } from "../../shared/view/hooks";
import { questionsFor } from "../../wall/questions";
import { Speaker } from "../../shared/speaker";
import wallStyle from "../../wall/style/index.css?url";
import { App } from "../../wall/view/app";
import { addressOf } from "../../wall/wanted";
import { useDesk } from "../context";
import { sceneCity, type Scene, type SceneCity } from "./city";

/** A panel as most rooms have it, in CSS pixels; it is shown smaller. */
export const PANEL = { width: 1920, height: 1080 } as const;

/** A stale wall has heard nothing for this long. */
const SILENCE_MS = 151_000;
/** Devices in trouble, hour by hour. */
const QUIET_DAY = [5, 6, 5, 7, 6, 8, 12, 10, 9, 9, 11, 14, 10, 9, 8, 8, 19, 12, 9, 7, 6, 5, 3, 0];

/** Questions whose answer is waited for longer than this are asked again; here nothing changes. */
const SOON_MS = 1_000;

export interface WallWindowProps {
  readonly scene: Scene;
  /** As in the wall's address: `ringkasan`, `peta` … */
  readonly page: string;
  readonly title: string;
}

export function WallWindow({ scene, page, title }: WallWindowProps): JSX.Element {
  const { words } = useDesk();
  const frame = useRef<HTMLIFrameElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const { width } = useBox(place, null);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    let end: (() => void) | null = null;
    const begin = (): void => {
      end?.();
      const { contentDocument } = current;
      end = contentDocument === null ? null : draw(contentDocument, scene, page, words.language);
    };
    // Some browsers put another empty document in the place of the first.
    begin();
    current.addEventListener("load", begin);
    return () => {
      current.removeEventListener("load", begin);
      end?.();
    };
  }, [scene, page, words.language]);
  return (
    <figure class="wall-window" data-test={`wall-${scene}-${page}`}>
      <div ref={place}>
        <iframe
          ref={frame}
          title={title}
          width={PANEL.width}
          height={PANEL.height}
          tabIndex={-1}
          style={{ transform: `scale(${width / PANEL.width})` }}
        />
      </div>
      <figcaption>{title}</figcaption>
    </figure>
  );
}

/** Draw the wall into an empty document; returns what takes it away. */
function draw(target: Document, scene: Scene, page: string, language: string): () => void {
  const style = target.createElement("link");
  style.rel = "stylesheet";
  style.href = wallStyle;
  const root = target.createElement("div");
  root.id = "wall";
  target.head.replaceChildren(style);
  target.body.replaceChildren(root);
  const city = sceneCity(scene);
  const { wall, questions, mono } = still(city, scene === "stale" ? SILENCE_MS : 0);
  const app = (
    <App
      wall={wall}
      questions={questions}
      mono={mono}
      panelNow={() => city.at + mono()}
      root={target.documentElement}
      address={addressOf(`/dinding/${page}`, new URLSearchParams({ lang: language }))}
      speaker={new Speaker()}
    />
  );
  // Sizes are measured: not before the style sheet is here.
  let gone = false;
  style.addEventListener("load", () => {
    if (!gone) render(app, root);
  });
  return () => {
    gone = true;
    render(null, root);
  };
}

/** A live city that heard one snapshot and one heartbeat, so long ago, and hears no more. */
function still(
  city: SceneCity,
  silence: number,
): { wall: LiveCity; questions: ReturnType<typeof questionsFor>; mono: () => number } {
  let now = 0;
  const mono = (): number => now;
  const source = new EventTarget();
  const ports: LivePorts = {
    open: () => Object.assign(source, { close: () => undefined }) as unknown as EventSource,
    mono,
    random: () => 0,
    later: () => () => undefined,
    frame: (call) => call(),
    isRefused: () => Promise.resolve(false),
  };
  const wall = new LiveCity(ports);
  const questions = questionsFor(wall, asking(city), {
    mono,
    later: (call, milliseconds) => {
      if (milliseconds < SOON_MS) setTimeout(call);
    },
  });
  wall.start();
  const { snapshot } = city;
  source.dispatchEvent(new MessageEvent("snapshot", { data: JSON.stringify(snapshot) }));
  const { at, collectors } = snapshot;
  const beat = JSON.stringify({ at, collectors, areas: [] });
  source.dispatchEvent(new MessageEvent("heartbeat", { data: beat }));
  now = silence;
  return { wall, questions, mono };
}

/** The API as far as the wall asks it; what it does not know is not there, as on an old server. */
function asking(city: SceneCity): Ask {
  const incidents: ReadonlyMap<string, unknown> = new Map(
    city.incidents.map((one) => [String(one.id), one]),
  );
  const answers: Partial<Record<Route, unknown>> = {
    "GET /incidents": { items: city.incidents, next: null },
    "GET /session": { name: "", role: "viewer", screen: null },
    "GET /sites": { items: city.sites, next: null },
    "GET /wall/figures": {
      at: city.snapshot.at,
      figures: [],
      readings: true,
      hours: { out: QUIET_DAY, unknown: QUIET_DAY.map(() => 0) },
      recovery: null,
      day: { from: city.snapshot.at, incidents: 11, mttr_seconds: 2_460 },
      recent: { from: city.snapshot.at, incidents: 3, mttr_seconds: 2_460 },
      uptime: { today: city.uptime, month: city.uptime },
      owners: [],
    },
  };
  const answer = (route: Route, question?: { at?: readonly (string | number)[] }): Promise<unknown> => {
    const found =
      route === "GET /incidents/{incident_id}"
        ? incidents.get(String(question?.at?.[0]))
        : answers[route];
    return found === undefined
      ? Promise.reject(new ApiError(404, "not_found", ""))
      : Promise.resolve(found);
  };
  return answer as Ask;
}
