/**
 * What the wall asks for beside its stream: incidents, figures, positions, its own settings.
 *
 * None of it is needed to be live: without an answer the wall shows what the devices say.
 */

import { ApiError, type Ask } from "../shared/api/client";
import type { ScreenSettings } from "../shared/api/schema";
import { OpenIncidents } from "../shared/incidents";
import type { LiveCity } from "../shared/live";
import { Asked, type AskedPorts } from "./asked";
import { figuresOf, type Figures } from "./figures";
import type { Position, Positions } from "./placing";

const MINUTE_MS = 60_000;

export interface Questions {
  readonly incidents: OpenIncidents;
  /** Uptime, figures of services, the last day: one answer, the same for all walls. */
  readonly figures: Asked<Figures>;
  /** The settings of this panel's link; null within: it has none. */
  readonly link: Asked<ScreenSettings | null>;
  readonly positions: Asked<Positions>;
}

/** Begins to ask when the stream has said its first word, and pauses while it is refused. */
export function questionsFor(wall: LiveCity, asking: Ask, ports: AskedPorts): Questions {
  const ask: Ask = async (route, question) => {
    // A refused screen that goes on asking would only make its address wait.
    if (wall.current.link.refused !== "none") throw new ApiError(401, "refused", "");
    return asking(route, question);
  };
  const questions: Questions = {
    incidents: new OpenIncidents({ ask, later: ports.later }),
    figures: new Asked(ports, MINUTE_MS, async () => figuresOf(await ask("GET /wall/figures"))),
    link: new Asked(ports, 2 * MINUTE_MS, async () => (await ask("GET /session")).screen),
    positions: new Asked(ports, 10 * MINUTE_MS, async () => {
      const { items } = await ask("GET /sites");
      return new Map(
        items.flatMap(({ id, latitude, longitude }): [string, Position][] =>
          latitude === null || longitude === null ? [] : [[id, { latitude, longitude }]],
        ),
      );
    }),
  };
  wall.hear((event) => questions.incidents.hear(event));
  const unsubscribe = wall.subscribe(() => {
    if (wall.current.city === null) return;
    unsubscribe();
    questions.figures.start();
    questions.link.start();
    questions.positions.start();
  });
  return questions;
}
