/**
 * Silencing what is known, and planned work (also after the fact): a reason, then one click on until
 * when is the record. Both always end by themselves.
 */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../shared/api/client";
import type { IncidentView, ScopeBody } from "../shared/api/schema";
import type { Device } from "../shared/model";
import { clock } from "../shared/time";
import { whyNot } from "./acts";
import { useDesk } from "./context";
import { Link } from "./navigation";
import { pagePath, withQuery } from "./route";
import { useOutside } from "./take";
import { longDuration } from "./texts";
import { endOf, SPANS, type Span } from "./until";

export type Plan = "silence" | "maintenance";

/** What a plan is about. */
export interface Subject {
  readonly name: string;
  readonly scope: ScopeBody;
  /** When it began to fail: planned work may have begun then. */
  readonly since: number | null;
}

/** The scope of an incident; null where it cannot be said in a scope (a power feeder). */
export function scopeOf(one: Pick<IncidentView, "group" | "group_key">): ScopeBody | null {
  switch (one.group) {
    case "device":
      return { devices: [one.group_key] };
    case "site":
      return { sites: [one.group_key] };
    case "area":
      return { areas: [one.group_key] };
    case "feeder":
      return null;
  }
}

export function scopeOfDevices(devices: readonly Pick<Device, "id">[]): ScopeBody {
  return { devices: devices.map(({ id }) => id) };
}

export interface PlanProps {
  readonly plan: Plan;
  readonly subject: Subject;
  readonly onClose: () => void;
}

interface Made {
  readonly until: number;
  /** Take it back. */
  readonly undo: () => Promise<unknown>;
}

export function PlanBox({ plan, subject, onClose }: PlanProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const [reason, setReason] = useState("");
  const [past, setPast] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useOutside(box, onClose);
  // At once, before the next key: a quick hand types T 1.
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current?.scrollIntoView({ block: "nearest" });
    box.current?.querySelector("input")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      setFailure(null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    } finally {
      setBusy(false);
    }
  };
  const record = (span: Span): void => {
    if (reason.trim() === "") {
      setFailure(words.say("plan.reason_first"));
      box.current?.querySelector("input")?.focus();
      return;
    }
    const until = endOf(span, at, zone);
    const start = past && subject.since !== null ? subject.since : at;
    void attempt(async () =>
      setMade({ until, undo: await make(plan, subject, reason.trim(), start, until) }),
    );
  };
  const title = words.say(`plan.${plan}`, { what: subject.name });
  return (
    <div
      class="popover plan"
      ref={box}
      role="dialog"
      aria-label={title}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
      data-test="plan"
    >
      <h2>{title}</h2>
      {made !== null ? (
        <>
          <p role="status" data-test="made">
            {words.say(`plan.${plan}_made`, { until: clock(made.until, zone, words) })}
          </p>
          <footer>
            <button
              type="button"
              class="link"
              disabled={busy}
              onClick={() =>
                void attempt(async () => {
                  await made.undo();
                  onClose();
                })
              }
              data-test="plan-undo"
            >
              {words.say("plan.undo")}
            </button>
            <button type="button" onClick={onClose}>
              {words.say("plan.close")}
            </button>
          </footer>
        </>
      ) : (
        <>
          <label>
            {words.say("plan.reason")}
            <input
              value={reason}
              maxLength={500}
              autocomplete="off"
              list="reasons"
              onInput={(event) => setReason(event.currentTarget.value)}
              data-test="plan-reason"
            />
          </label>
          <datalist id="reasons">
            {(["plan.reason_repair", "plan.reason_known", "plan.reason_test"] as const).map((key) => (
              <option key={key} value={words.say(key)} />
            ))}
          </datalist>
          {plan === "maintenance" && subject.since !== null && (
            <label class="check-line">
              <input
                type="checkbox"
                checked={past}
                onChange={(event) => setPast(event.currentTarget.checked)}
              />{" "}
              {words.say("plan.since_failure", { time: clock(subject.since, zone, words) })}
            </label>
          )}
          <div class="choices" role="group" aria-label={words.say("plan.until")}>
            {SPANS[plan].map((span) => (
              <button
                key={span}
                type="button"
                class="choice"
                disabled={busy}
                onClick={() => record(span)}
                data-test={`span-${span}`}
              >
                {span === "morning"
                  ? words.say("plan.morning")
                  : longDuration(span * 60_000, words)}
                <small>{words.say("plan.ends", { time: clock(endOf(span, at, zone), zone, words) })}</small>
              </button>
            ))}
          </div>
          <footer>
            <p>
              {words.say(`plan.${plan}_hint`)}{" "}
              <Link to={formPath(plan, subject.scope)} test="plan-more">
                {words.say("plan.more")}
              </Link>
            </p>
            <button type="button" onClick={onClose}>
              {words.say("cancel")} <kbd aria-hidden="true">Esc</kbd>
            </button>
          </footer>
        </>
      )}
      {failure !== null && (
        <p class="failure" role="alert" data-test="failure">
          {words.say("failure.recorded", { why: failure })}
        </p>
      )}
    </div>
  );
}

/** The form that has everything, with the same devices chosen. */
function formPath(plan: Plan, scope: ScopeBody): string {
  const page = pagePath(plan === "silence" ? "silences" : "maintenance", "baru");
  const named = Object.entries(scope).map(([part, ids]) => [part, ids.join(",")]);
  return withQuery(page, new URLSearchParams(), Object.fromEntries(named));
}

/** Record it; returns what takes it back. Throws `ApiError`. */
async function make(
  plan: Plan,
  subject: Subject,
  reason: string,
  start: number,
  until: number,
): Promise<Made["undo"]> {
  const ends_at = new Date(until).toISOString();
  const { scope } = subject;
  if (plan === "silence") {
    const { id } = await ask("POST /silences", { body: { scope, reason, ends_at } });
    return () => ask("POST /silences/{silence_id}/end", { at: [id] });
  }
  const { id } = await ask("POST /maintenance-windows", {
    body: {
      title: subject.name.slice(0, 200),
      reason,
      starts_at: new Date(start).toISOString(),
      ends_at,
      scope,
    },
  });
  return () =>
    ask("DELETE /maintenance-windows/{window_id}", {
      at: [id],
      query: { reason, from: new Date(start).toISOString() },
    });
}
