/** What the figures rest on, under the table: what they mean, the rules in force, what nobody saw. */

import type { JSX } from "preact";
import type { Uptime } from "../../shared/api/schema";
import { zoneName } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useDesk } from "../context";
import { moment } from "../texts";
import { hasContract, ruleSaid, rulesSaid } from "./said";
import { isKnown } from "./view";

/** Shorter than this nobody misses: a heartbeat that is on its way. */
const BLIND_MS = 60_000;

export interface NotesProps {
  readonly table: Uptime;
  readonly onRenew: () => void;
}

export function Notes({ table, onRenew }: NotesProps): JSX.Element {
  const { words, zone } = useDesk();
  const { plain, contract } = table.rules;
  const end = Date.parse(table.to);
  const known = table.known_until === null ? null : Date.parse(table.known_until);
  const several = table.zones.length > 1;
  return (
    <div class="notes" data-test="notes">
      {known === null ? (
        <p class="blind-note">
          <Glyph name="unknown" /> {words.say("up.never_watched")}
        </p>
      ) : (
        end - known > BLIND_MS && (
          <p class="blind-note">
            <Glyph name="unknown" />{" "}
            {words.say("up.unwatched_since", { moment: moment(known, zone, words) })}
          </p>
        )
      )}
      <p>
        {words.say("up.until", { moment: moment(end, zone, words) })}{" "}
        <button type="button" class="link" onClick={onRenew}>
          {words.say("up.again")}
        </button>
      </p>
      <p>
        {words.say("up.service")} {words.say("up.device")}
      </p>
      <p>
        {words.say("up.bounds")} {words.say("up.floored")}{" "}
        {contract.target_percent !== null && words.say("up.dotted")} {words.say("up.device_hours")}
      </p>
      {table.items.some((one) => !isKnown(one.coverage_percent)) && (
        <p data-test="too-little">{words.say("up.too_little")}</p>
      )}
      <p data-test="rule">{ruleSaid(table.rule, words)}</p>
      <p data-test="plain-rules">
        <b>{words.say("uptime.service")}:</b> {rulesSaid(plain, words)}.{" "}
        {words.say(table.degraded === "up" ? "up.degraded_up" : "up.degraded_down")}
      </p>
      {hasContract(table) && (
        <p data-test="contract-rules">
          <b>{words.say("up.contract_named", { name: contract.name })}:</b>{" "}
          {rulesSaid(contract, words)}.
        </p>
      )}
      {several && (
        <p>
          {words.say("up.zones", {
            zones: table.zones
              .map((one) => `${zoneName(one.zone, end)} (${words.number(one.devices)})`)
              .join(", "),
          })}
        </p>
      )}
    </div>
  );
}
