/** Making a device of what was heard: the site is asked for, the rest is proposed. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { AdoptedView, AdoptionBody, Entry } from "../../shared/api/schema";
import { useAnswer } from "../answer";
import { useAttempt } from "../attempt";
import { useDesk } from "../context";
import { Failure } from "../failure";
import { capital, kindWord } from "../texts";

const KINDS = [
  "camera", "recorder", "access_point", "switch", "router", "server", "nas", "ups", "sensor", "device",
] as const;

export interface AdoptFormProps {
  readonly entry: Entry;
  readonly onAdopted: (adopted: AdoptedView) => void;
}

export function AdoptForm({ entry, onAdopted }: AdoptFormProps): JSX.Element {
  const { words, owners } = useDesk();
  const { busy, failure, attempt } = useAttempt();
  const { value: listed } = useAnswer("sites", (signal) => ask("GET /sites", { signal }));
  const sites = useMemo(
    () => [...(listed?.items ?? [])].sort((a, b) => a.name.localeCompare(b.name)),
    [listed],
  );
  const { suggestion } = entry;
  const profiles = entry.fits.map(({ profile }) => profile);
  const kind = suggestion?.kind ?? "device";
  const send = (form: FormData): void => {
    const text = (name: string): string | undefined =>
      String(form.get(name) ?? "").trim() || undefined;
    const said = text("site") ?? "";
    // A name that was picked stands for its site; what is typed may be the code itself.
    const site = sites.find((one) => siteLabel(one) === said)?.id ?? said;
    const body: AdoptionBody = dropped({
      site,
      name: text("name"),
      id: text("id"),
      kind: text("kind"),
      profile: text("profile"),
      owner: text("owner"),
      telemetry_period: text("period"),
    });
    attempt(async () =>
      onAdopted(await ask("POST /quarantine/{entry_id}/adopt", { at: [entry.id], body })),
    );
  };
  return (
    <form
      class="card asked"
      onSubmit={(event) => {
        event.preventDefault();
        send(new FormData(event.currentTarget));
      }}
      data-test="adopt"
    >
      <h2>{words.say("adopt.title")}</h2>
      <div class="fields">
        <label>
          {words.say("adopt.site")}
          <input
            name="site"
            required
            maxLength={200}
            list="adopt-sites"
            autocomplete="off"
            placeholder={words.say("adopt.site_hint")}
          />
          <datalist id="adopt-sites">
            {sites.map((one) => (
              <option key={one.id} value={siteLabel(one)} />
            ))}
          </datalist>
        </label>
        <label>
          {words.say("adopt.name")}
          <input name="name" maxLength={200} defaultValue={suggestion?.name ?? entry.name} />
        </label>
        <label>
          {words.say("adopt.kind")}
          <select name="kind">
            {[...new Set([kind, ...KINDS])].map((one) => (
              <option key={one} value={one} selected={one === kind}>
                {capital(kindWord(one, 1, words))}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.say("adopt.profile")}
          {profiles.length > 0 ? (
            <select name="profile">
              {profiles.map((one) => (
                <option key={one} value={one} selected={one === suggestion?.profile}>
                  {one}
                </option>
              ))}
            </select>
          ) : (
            <input name="profile" required maxLength={200} />
          )}
        </label>
      </div>
      <details>
        <summary>{words.say("adopt.more")}</summary>
        <div class="fields">
          <label>
            {words.say("adopt.id")}
            <input name="id" maxLength={200} defaultValue={suggestion?.id ?? ""} />
          </label>
          <label>
            {words.say("adopt.owner")}
            <select name="owner">
              <option value="">–</option>
              {[...owners].map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.say("adopt.period")}
            <input name="period" maxLength={20} placeholder="10m" />
            <small>{words.say("adopt.period_hint")}</small>
          </label>
        </div>
      </details>
      <p class="buttons">
        <button type="submit" class="primary" disabled={busy} data-test="adopt-send">
          {words.say("adopt.do")}
        </button>
      </p>
      <Failure why={failure} />
    </form>
  );
}

function siteLabel(site: { readonly id: string; readonly name: string }): string {
  return `${site.name} (${site.id})`;
}

/** Without what was not said: the API proposes that. */
function dropped<T extends object>(body: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as T;
}
