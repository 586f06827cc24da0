/**
 * What the wall asks for beside its stream: incidents, uptime, the day's incidents, positions.
 *
 * None of it is needed to be live: without an answer the wall shows what the devices say.
 */

import { ApiError, type Ask } from "../shared/api/client";
import type { Summary as DaySummary } from "../shared/api/schema";
import { serverNow } from "../shared/condition";
import { OpenIncidents } from "../shared/incidents";
import type { LiveCity } from "../shared/live";
import { local, type LocalMoment } from "../shared/time";
import { Asked, type AskedPorts } from "./asked";
import type { Position, Positions } from "./placing";
import { availabilities, type Availabilities } from "./uptime";

const MINUTE_MS = 60_000;

export interface Questions {
  readonly incidents: OpenIncidents;
  readonly today: Asked<Availabilities>;
  readonly month: Asked<Availabilities>;
  /** The incidents that began today. */
  readonly day: Asked<DaySummary>;
  readonly positions: Asked<Positions>;
}

/** Begins to ask when the stream has said its first word, and pauses while it is refused. */
export function questionsFor(wall: LiveCity, asking: Ask, ports: AskedPorts): Questions {
  const ask: Ask = async (route, question) => {
    // A refused screen that goes on asking would only make its address wait.
    if (wall.current.link.refused !== "none") throw new ApiError(401, "refused", "");
    return asking(route, question);
  };
  const now = (): number => serverNow(wall.current.link, ports.mono()) ?? 0;
  const here = (): LocalMoment => local(now(), wall.current.city?.zone ?? "UTC");
  /** Today's date in the zone of the wall: `2026-11-22`. */
  const today = (): string => {
    const { year, month, day } = here();
    return [year, two(month), two(day)].join("-");
  };
  /** When the day began there. */
  const midnight = (): string => {
    const { hour, minute, second } = here();
    const gone = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
    return new Date((Math.floor(now() / 1000) - gone) * 1000).toISOString();
  };
  const questions: Questions = {
    incidents: new OpenIncidents({ ask, later: ports.later }),
    today: new Asked(ports, MINUTE_MS, async () =>
      availabilities(await ask("GET /uptime", { query: { group_by: "kind", from: today() } })),
    ),
    month: new Asked(ports, 10 * MINUTE_MS, async () =>
      availabilities(
        await ask("GET /uptime", { query: { group_by: "kind", month: today().slice(0, 7) } }),
      ),
    ),
    day: new Asked(ports, MINUTE_MS, () =>
      ask("GET /incidents/summary", { query: { from: midnight() } }),
    ),
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
    questions.today.start();
    questions.month.start();
    questions.day.start();
    questions.positions.start();
  });
  return questions;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
