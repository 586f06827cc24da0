/** People and programs: a token each, called by the shift, the person or the program. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { TokenMade, TokenView } from "../../shared/api/schema";
import { date, duration } from "../../shared/time";
import { useAttempt } from "../attempt";
import { useDesk } from "../context";
import { useEvery } from "../every";
import { Failure } from "../failure";
import { PagedList, usePaged } from "../paged";
import { moment } from "../texts";
import { Once } from "./once";

const RENEW_MS = 30_000;
const DAY_MS = 86_400_000;
const ROLES = ["operator", "viewer", "admin"] as const;
/** Days until it expires; 0: never. */
const SPANS = [0, 1, 30, 90, 365] as const;

export function Tokens({ old }: { old: boolean }): JSX.Element {
  const { words, zone } = useDesk();
  const list = usePaged(`tokens ${old}`, (cursor, signal) =>
    ask("GET /tokens", { query: { in_force: old ? null : true, limit: 500, cursor }, signal }),
  );
  useEvery(RENEW_MS, list.renew);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<TokenMade | null>(null);
  const people = { ...list, items: list.items?.filter((one) => !one.screen) ?? null };
  return (
    <section class="part" data-test="tokens">
      <div class="title">
        <h2>{words.say("tokens.title")}</h2>
        {!making && (
          <button type="button" onClick={() => setMaking(true)} data-test="token-new">
            {words.say("token.new")}
          </button>
        )}
      </div>
      {making && (
        <TokenForm
          onMade={(token) => {
            setMade(token);
            setMaking(false);
            list.renew();
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {made !== null && (
        <Once
          title={words.say("token.made", { name: made.token.name })}
          hint={words.say("token.made_hint")}
          text={made.secret}
          onClose={() => setMade(null)}
        />
      )}
      <PagedList list={people} none={words.say("tokens.none")}>
        {(items) => (
          <table class="list">
            <thead>
              <tr>
                <th>{words.say("token.name")}</th>
                <th>{words.say("token.role")}</th>
                <th>{words.say("token.since")}</th>
                <th>{words.say("access.seen")}</th>
                <th>{words.say("token.until")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row key={one.id} token={one} zone={zone} onChange={list.renew} />
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </section>
  );
}

interface RowProps {
  readonly token: TokenView;
  readonly zone: string;
  readonly onChange: () => void;
}

function Row({ token, zone, onChange }: RowProps): JSX.Element {
  const { words, at } = useDesk();
  const { busy, failure, attempt } = useAttempt();
  const [sure, setSure] = useState(false);
  const created = Date.parse(token.created_at);
  const seen = token.last_used_at === null ? null : Date.parse(token.last_used_at);
  const ends = token.expires_at === null ? null : Date.parse(token.expires_at);
  return (
    <>
      <tr data-test="token" class={token.in_force ? undefined : "over"}>
        <td>
          <b>{token.name}</b>{" "}
          {token.own && <span class="tag">{words.say("token.own")}</span>}
        </td>
        <td data-name={words.say("token.role")}>{words.say(`role.${token.role}`)}</td>
        <td data-name={words.say("token.since")} title={moment(created, zone, words)}>
          {date(created, zone, words)}
        </td>
        <td data-name={words.say("access.seen")}>
          {seen === null ? (
            words.say("access.never_used")
          ) : (
            <span title={moment(seen, zone, words)}>
              {words.say("ago", { age: duration(at - seen, words) })}
            </span>
          )}
        </td>
        <td data-name={words.say("token.until")}>
          {token.revoked_at !== null
            ? words.say("access.revoked")
            : ends === null
              ? words.say("token.for_ever")
              : moment(ends, zone, words)}
        </td>
        <td class="acts">
          {token.in_force && !sure && (
            <button type="button" onClick={() => setSure(true)} data-test="token-revoke">
              {words.say("access.revoke")}
            </button>
          )}
          {sure && (
            <>
              <button
                type="button"
                class="primary"
                disabled={busy}
                onClick={() =>
                  attempt(async () => {
                    await ask("DELETE /tokens/{name}", { at: [token.name] });
                    setSure(false);
                    onChange();
                  })
                }
                data-test="token-revoke-now"
              >
                {words.say(token.own ? "token.revoke_own" : "token.revoke_now")}
              </button>
              <button type="button" onClick={() => setSure(false)}>
                {words.say("cancel")}
              </button>
            </>
          )}
        </td>
      </tr>
      {failure !== null && (
        <tr>
          <td colSpan={6}>
            <Failure why={failure} />
          </td>
        </tr>
      )}
    </>
  );
}

interface TokenFormProps {
  readonly onMade: (made: TokenMade) => void;
  readonly onClose: () => void;
}

function TokenForm({ onMade, onClose }: TokenFormProps): JSX.Element {
  const { words, at } = useDesk();
  const { busy, failure, attempt } = useAttempt();
  const send = (form: FormData): void => {
    const name = String(form.get("name") ?? "").trim();
    const role = ROLES.find((one) => one === form.get("role")) ?? "viewer";
    const days = Number(form.get("days"));
    const expires_at = days > 0 ? new Date(at + days * DAY_MS).toISOString() : null;
    attempt(async () => onMade(await ask("POST /tokens", { body: { name, role, expires_at } })));
  };
  return (
    <form
      class="card asked"
      onSubmit={(event) => {
        event.preventDefault();
        send(new FormData(event.currentTarget));
      }}
      data-test="token-form"
    >
      <h2>{words.say("token.new")}</h2>
      <div class="fields">
        <label>
          {words.say("token.name")}
          <input
            name="name"
            required
            maxLength={60}
            pattern="[^\/]*"
            autocomplete="off"
            placeholder={words.say("token.example")}
          />
          <small>{words.say("token.name_hint")}</small>
        </label>
        <fieldset>
          <legend>{words.say("token.role")}</legend>
          {ROLES.map((role, index) => (
            <label key={role} class="check-line">
              <input type="radio" name="role" value={role} defaultChecked={index === 0} />{" "}
              {words.say(`role.${role}`)} <small>{words.say(`token.may_${role}`)}</small>
            </label>
          ))}
        </fieldset>
        <label>
          {words.say("token.until")}
          <select name="days">
            {SPANS.map((days) => (
              <option key={days} value={String(days)}>
                {days === 0 ? words.say("token.for_ever") : words.count("long.days", days)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="buttons">
        <button type="submit" class="primary" disabled={busy} data-test="token-send">
          {words.say("token.make")}
        </button>
        <button type="button" onClick={onClose}>
          {words.say("cancel")}
        </button>
      </p>
      <Failure why={failure} />
    </form>
  );
}
