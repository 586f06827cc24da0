/** Who was told of an incident, and what was held back, each with its reason. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type {
  AlertView,
  HoldReason,
  IncidentDetail,
  NotificationView,
} from "../../shared/api/schema";
import type { AlertNews } from "../../shared/model";
import { useAnswer } from "../answer";
import { useDesk } from "../context";

export interface Telling {
  /** Oldest first. */
  readonly notifications: readonly NotificationView[];
  readonly alerts: readonly AlertView[];
}

const MOST = 500;
const RENEW_MS = 10_000;

/** News within so long travel together. */
const GATHER_MS = 400;

/**
 * Asked for again when an alert of one of its devices changes, and while the incident is open: that
 * a message went out is no news of an alert.
 */
export function useTelling(incident: IncidentDetail): Telling | null {
  const { words, live } = useDesk();
  const { id } = incident;
  const { value, renew } = useAnswer<Telling>(`told ${id} ${words.language}`, async (signal) => {
    const query = { incident: id, limit: MOST };
    const [notifications, alerts] = await Promise.all([
      ask("GET /notifications", { query: { ...query, language: words.language }, signal }),
      ask("GET /alerts", { query, signal }),
    ]);
    return { notifications: [...notifications.items].reverse(), alerts: alerts.items };
  });
  useEffect(renew, [incident.acknowledged_at, incident.recovered_at, incident.outages]);
  const latest = useRef(incident);
  latest.current = incident;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.hear((event) => {
      if (event.type !== "alert" || !concerns(event.alerts, latest.current)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        renew();
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live, renew]);
  const open = incident.resolved_at === null;
  useEffect(() => {
    if (!open) return undefined;
    const timer = setInterval(renew, RENEW_MS);
    return () => clearInterval(timer);
  }, [open, renew]);
  return value;
}

/** Whether news of alerts may be about an incident; one that does not carry all its devices: any. */
export function concerns(
  { devices }: AlertNews,
  incident: Pick<IncidentDetail, "first_outages" | "outages">,
): boolean {
  const { first_outages: known, outages } = incident;
  if (devices === null || known.length < outages) return true;
  return known.some(({ device }) => devices.includes(device));
}

/** How many alerts are held now, by why; the most frequent first. */
export function heldBy(alerts: readonly AlertView[]): [HoldReason, number][] {
  const counts = new Map<HoldReason, number>();
  for (const { hold_reason: why, ended_at: ended } of alerts) {
    if (why !== null && ended === null) counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

export function ToldCard({ telling }: { telling: Telling }): JSX.Element {
  const { words } = useDesk();
  const { notifications, alerts } = telling;
  const number = (...states: readonly NotificationView["state"][]): number =>
    notifications.filter((one) => states.includes(one.state)).length;
  const held = heldBy(alerts);
  return (
    <section class="card" data-test="told">
      <h2>{words.say("told.title")}</h2>
      {notifications.length === 0 && held.length === 0 ? (
        <p class="quiet">{words.say("told.none")}</p>
      ) : (
        <dl>
          <dt>{words.say("told.sent")}</dt>
          <dd>{words.number(number("sent"))}</dd>
          <dt>{words.say("told.waiting")}</dt>
          <dd>{words.number(number("pending", "sending"))}</dd>
          <dt>{words.say("told.dead")}</dt>
          <dd>{words.number(number("dead"))}</dd>
          {held.length > 0 && (
            <>
              <dt>{words.say("told.held")}</dt>
              <dd>
                {held.map(([why, count]) => (
                  <span key={why} class="line">
                    {words.number(count)} · {words.say(`hold.${why}`)}
                  </span>
                ))}
              </dd>
            </>
          )}
        </dl>
      )}
    </section>
  );
}
