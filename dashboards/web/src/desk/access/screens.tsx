/** Panels: a link each, with the settings that belong to it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { ScreenMade, ScreenView } from "../../shared/api/schema";
import { duration } from "../../shared/time";
import { useAttempt } from "../attempt";
import { useDesk } from "../context";
import { useEvery } from "../every";
import { Failure } from "../failure";
import { PagedList, usePaged } from "../paged";
import { moment } from "../texts";
import { Once } from "./once";
import { ScreenForm } from "./screenform";
import { nextName, settingsLine, USUAL } from "./settings";

const RENEW_MS = 30_000;

export function Screens({ old }: { old: boolean }): JSX.Element {
  const { words } = useDesk();
  const list = usePaged(`screens ${old}`, (cursor, signal) =>
    ask("GET /screens", { query: { in_force: old ? null : true, limit: 100, cursor }, signal }),
  );
  useEvery(RENEW_MS, list.renew);
  const { busy, failure, attempt } = useAttempt();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<ScreenMade | null>(null);
  const show = async (question: Promise<ScreenMade>): Promise<void> => {
    setMade(await question);
    setMaking(false);
    list.renew();
  };
  return (
    <section class="part" data-test="screens">
      <div class="title">
        <h2>{words.say("screens.title")}</h2>
        {!making && (
          <button type="button" onClick={() => setMaking(true)} data-test="screen-new">
            {words.say("screen.new")}
          </button>
        )}
      </div>
      {making && (
        <ScreenForm
          name={null}
          proposed={nextName(words.say("screen.stem"), list.items?.map(({ name }) => name) ?? [])}
          settings={USUAL}
          bound={false}
          busy={busy}
          onSend={(name, settings, bind_address) =>
            attempt(() => show(ask("POST /screens", { body: { name, settings, bind_address } })))
          }
          onClose={() => setMaking(false)}
        />
      )}
      {made !== null && (
        <Once
          title={words.say("screen.link", { name: made.screen.name })}
          hint={words.say("screen.link_hint")}
          text={location.origin + made.path}
          onClose={() => setMade(null)}
        />
      )}
      <Failure why={failure} />
      <PagedList list={list} none={words.say("screens.none")}>
        {(items) => (
          <table class="list">
            <thead>
              <tr>
                <th>{words.say("screen.name")}</th>
                <th>{words.say("screen.shows")}</th>
                <th>{words.say("access.seen")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row
                  key={one.id}
                  screen={one}
                  onChange={list.renew}
                  onRenew={() =>
                    attempt(() => show(ask("POST /screens/{name}/renew", { at: [one.name] })))
                  }
                />
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </section>
  );
}

interface RowProps {
  readonly screen: ScreenView;
  readonly onChange: () => void;
  readonly onRenew: () => void;
}

function Row({ screen, onChange, onRenew }: RowProps): JSX.Element {
  const { words, at, zone } = useDesk();
  const { busy, failure, attempt } = useAttempt();
  const [changing, setChanging] = useState(false);
  const seen = screen.last_used_at === null ? null : Date.parse(screen.last_used_at);
  const place = { at: [screen.name] };
  const act = (work: () => Promise<unknown>): void =>
    attempt(async () => {
      await work();
      onChange();
    });
  return (
    <>
      <tr data-test="screen" class={screen.in_force ? undefined : "over"}>
        <td>
          <b>{screen.name}</b>
          {!screen.in_force && <small>{words.say("access.revoked")}</small>}
        </td>
        <td>
          {settingsLine(screen.settings, words)}
          {screen.bind_address && (
            <small>
              {screen.bound_to === null
                ? words.say("screen.will_bind")
                : words.say("screen.bound", { address: screen.bound_to })}
            </small>
          )}
        </td>
        <td data-name={words.say("access.seen")}>
          {seen === null ? (
            words.say("access.never_seen")
          ) : (
            <span title={moment(seen, zone, words)}>
              {words.say("ago", { age: duration(at - seen, words) })}
            </span>
          )}
        </td>
        <td class="acts">
          {screen.in_force && (
            <button type="button" disabled={busy} onClick={() => setChanging(!changing)}>
              {words.say("screen.change")}
            </button>
          )}
          {screen.in_force && screen.bound_to !== null && (
            <button
              type="button"
              disabled={busy}
              onClick={() => act(() => ask("POST /screens/{name}/free", place))}
              data-test="screen-free"
            >
              {words.say("screen.free")}
            </button>
          )}
          <button type="button" disabled={busy} onClick={onRenew} data-test="screen-renew">
            {words.say("screen.renew")}
          </button>
          {screen.in_force && (
            <button
              type="button"
              disabled={busy}
              onClick={() => act(() => ask("DELETE /screens/{name}", place))}
              data-test="screen-revoke"
            >
              {words.say("access.revoke")}
            </button>
          )}
        </td>
      </tr>
      {(changing || failure !== null) && (
        <tr>
          <td colSpan={4}>
            {changing && (
              <ScreenForm
                name={screen.name}
                proposed=""
                settings={screen.settings}
                bound={screen.bind_address}
                busy={busy}
                onSend={(_, settings, bind_address) =>
                  act(async () => {
                    const body = { settings, bind_address };
                    await ask("PUT /screens/{name}", { ...place, body });
                    setChanging(false);
                  })
                }
                onClose={() => setChanging(false)}
              />
            )}
            <Failure why={failure} />
          </td>
        </tr>
      )}
    </>
  );
}
