/** One window: when, whom, who made it and why; replaced or cancelled here. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { WindowDetail } from "../../shared/api/schema";
import { zoneName } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { Link } from "../navigation";
import { devicePath, pagePath } from "../route";
import { useOptions, picked } from "../scope/picker";
import { NOTHING } from "../scope/options";
import { between, moment } from "../texts";
import { Fault, faultsOf, type Faults } from "./fields";
import { WINDOW_PARTS } from "./form";
import { recurrenceSaid } from "./list";
import { Crumbs } from "./page";

const SHOWN = 30;

export function WindowDetailView({ id }: { id: number }): JSX.Element {
  const desk = useDesk();
  const { words, zone, city } = desk;
  const options = useOptions(WINDOW_PARTS);
  const { value, trouble, put } = useAnswer(`window ${id}`, (signal) =>
    ask("GET /maintenance-windows/{window_id}", { at: [id], signal }),
  );
  if (value === null) {
    const why = trouble === null ? "loading" : trouble.status === 404 ? "mnt.unknown" : null;
    return <p class="empty">{words.say(why ?? "problem.unreachable")}</p>;
  }
  const said = (text: string): string => moment(Date.parse(text), zone, words);
  const times = (one: Pick<WindowDetail, "starts_at" | "ends_at">): string =>
    between(Date.parse(one.starts_at), Date.parse(one.ends_at), zone, words);
  const open = value.phase === "on" || value.phase === "coming";
  return (
    <>
      <Crumbs />
      <div class="title">
        <h1 data-test="title">
          {value.title} <span class="tag">{words.say(`mnt.phase.${value.phase}`)}</span>{" "}
          {value.after_the_fact && <span class="tag">{words.say("mnt.after_the_fact")}</span>}
        </h1>
        {mayAct(desk) && value.cancelled_at === null && (
          <Link to={`${pagePath("maintenance", "baru")}?ganti=${value.id}`} class="button" test="replace">
            {words.say("mnt.replace")}
          </Link>
        )}
      </div>
      <div class="two-columns planned">
        <section class="card" data-test="facts">
          <dl class="facts">
            <dt>{words.say("mnt.when")}</dt>
            <dd data-test="when">{times(value)}</dd>
            {value.recurrence !== null && (
              <>
                <dt>{words.say("mnt.repeat")}</dt>
                <dd>
                  {recurrenceSaid(value, words)} ({zoneName(value.zone, Date.parse(value.starts_at))})
                </dd>
              </>
            )}
            <dt>{words.say("plan.reason")}</dt>
            <dd>{value.reason}</dd>
            <dt>{words.say("mnt.by")}</dt>
            <dd>
              {value.author}, {said(value.created_at)}
            </dd>
            {value.replaces !== null && (
              <>
                <dt>{words.say("mnt.replaces")}</dt>
                <dd>
                  <Link to={pagePath("maintenance", String(value.replaces))}>
                    {words.say("mnt.number", { id: value.replaces })}
                  </Link>
                </dd>
              </>
            )}
            {value.cancelled_at !== null && (
              <>
                <dt>{words.say("mnt.cancelled")}</dt>
                <dd>
                  {value.cancelled_by}, {said(value.cancelled_at)}: {value.cancel_reason}
                  <span class="lines">
                    {words.say("mnt.counts_until", {
                      moment: said(value.cancelled_from_at ?? value.cancelled_at),
                    })}
                  </span>
                </dd>
              </>
            )}
          </dl>
          {value.recurrence !== null && open && (
            <>
              <h2>{words.say("mnt.coming_times")}</h2>
              <ol class="plain">
                {value.occurrences.map((one) => (
                  <li key={one.starts_at}>{times(one)}</li>
                ))}
              </ol>
            </>
          )}
          {mayAct(desk) && value.cancelled_at === null && <Cancel window={value} onDone={put} />}
        </section>
        <section class="card" data-test="covered">
          <h2>
            <Glyph name="maintenance" /> {words.count("mnt.covers", value.devices.length)}
          </h2>
          <p class="quiet">{words.say("mnt.effect")}</p>
          <ul class="picked">
            {picked({ ...NOTHING, ...value.scope }, options).map((one) => (
              <li key={`${one.part} ${one.id}`} class="tag">
                {words.say(`scope.${one.part}`)} <b>{one.name}</b>
              </li>
            ))}
          </ul>
          <ul class="plain">
            {value.devices.slice(0, SHOWN).map((one) => (
              <li key={one}>
                <Link to={devicePath(one)}>{city?.devices.get(one)?.name ?? one}</Link>
              </li>
            ))}
            {value.devices.length > SHOWN && (
              <li class="quiet">
                {words.say("and_more", { n: words.number(value.devices.length - SHOWN) })}
              </li>
            )}
          </ul>
        </section>
      </div>
    </>
  );
}

interface CancelProps {
  readonly window: WindowDetail;
  readonly onDone: (window: WindowDetail) => void;
}

/** Cancelling says why; what is past of it counts or never did, as it was. */
function Cancel({ window, onDone }: CancelProps): JSX.Element {
  const { words, at } = useDesk();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [whole, setWhole] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const begun = Date.parse(window.starts_at) < at;
  // Of what is wholly past nothing is left but to say that it never counted.
  const over = window.phase === "past";
  const send = async (): Promise<void> => {
    if (reason.trim() === "") {
      setFaults({ reason: words.say("mnt.lack.reason") });
      return;
    }
    setBusy(true);
    try {
      const from = whole || over || !begun ? window.starts_at : null;
      onDone(
        await ask("DELETE /maintenance-windows/{window_id}", {
          at: [window.id],
          query: { reason: reason.trim(), from },
        }),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFaults(faultsOf(error, words));
    } finally {
      setBusy(false);
    }
  };
  if (!open) {
    return (
      <p class="acts">
        <button type="button" onClick={() => setOpen(true)} data-test="cancel">
          {words.say("mnt.cancel")}
        </button>
      </p>
    );
  }
  return (
    <form
      class="acts"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      data-test="cancelling"
    >
      <label class="field">
        <span class="field-name">{words.say("mnt.cancel_why")}</span>
        <input
          name="cancel-reason"
          value={reason}
          maxLength={2000}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      {begun && !over && (
        <label class="check-line">
          <input
            type="checkbox"
            checked={whole}
            onChange={(event) => setWhole(event.currentTarget.checked)}
          />{" "}
          {words.say("mnt.never_counted")}
        </label>
      )}
      {over && <p class="quiet">{words.say("mnt.never_counted_past")}</p>}
      <Fault fault={faults["reason"] ?? faults["from"] ?? faults[""]} />
      <p>
        <button type="submit" disabled={busy} data-test="cancel-do">
          {words.say("mnt.cancel")}
        </button>{" "}
        <button type="button" onClick={() => setOpen(false)}>
          {words.say("plan.close")}
        </button>
      </p>
    </form>
  );
}
