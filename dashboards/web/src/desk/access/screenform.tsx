/** The settings of a screen in a form: a name is enough, the rest is as usual. */

import type { JSX } from "preact";
import type { ScreenSettings } from "../../shared/api/schema";
import { useDesk } from "../context";
import { settingsIn, WALL_PAGES } from "./settings";

export interface ScreenFormProps {
  /** null: the name of a new screen is asked for. */
  readonly name: string | null;
  readonly proposed: string;
  readonly settings: ScreenSettings;
  readonly bound: boolean;
  readonly busy: boolean;
  readonly onSend: (name: string, settings: ScreenSettings, bound: boolean) => void;
  readonly onClose: () => void;
}

export function ScreenForm(props: ScreenFormProps): JSX.Element {
  const { words } = useDesk();
  const { name, proposed, settings, bound, busy, onSend, onClose } = props;
  return (
    <form
      class="card asked"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const given = name ?? String(form.get("name") ?? "").trim();
        if (given !== "") onSend(given, settingsIn(form), form.get("bound") !== null);
      }}
      data-test="screen-form"
    >
      <h2>{name ?? words.say("screen.new")}</h2>
      {name === null && (
        <label>
          {words.say("screen.name")}
          <input name="name" required maxLength={60} pattern="[^\/]*" defaultValue={proposed} />
        </label>
      )}
      <details open={name !== null}>
        <summary>{words.say("screen.settings")}</summary>
        <div class="fields">
          <fieldset>
            <legend>{words.say("screen.pages")}</legend>
            {WALL_PAGES.map((page) => (
              <label key={page} class="check-line">
                <input
                  type="checkbox"
                  name={`page-${page}`}
                  defaultChecked={settings.pages.includes(page)}
                />{" "}
                {words.say(`wallpage.${page}`)}
              </label>
            ))}
            <small>{words.say("screen.pages_hint")}</small>
          </fieldset>
          <label>
            {words.say("screen.seconds")}
            <input
              name="seconds"
              type="number"
              min={5}
              max={600}
              defaultValue={String(settings.page_seconds)}
            />
          </label>
          <label>
            {words.say("screen.distance")}
            <input
              name="distance"
              type="number"
              min={0.5}
              max={100}
              step="any"
              placeholder="6"
              defaultValue={settings.distance_metres === null ? "" : String(settings.distance_metres)}
            />
          </label>
          <label>
            {words.say("screen.diagonal")}
            <input
              name="diagonal"
              type="number"
              min={10}
              max={1000}
              step="any"
              placeholder="55"
              defaultValue={settings.diagonal_inches === null ? "" : String(settings.diagonal_inches)}
            />
          </label>
          <fieldset>
            <legend>{words.say("screen.dims")}</legend>
            <label class="check-line">
              <input type="checkbox" name="dims" defaultChecked={settings.night_from !== null} />{" "}
              {words.say("screen.dims_do")}
            </label>
            <span class="pair">
              <input
                name="night-from"
                type="time"
                aria-label={words.say("screen.night_from")}
                defaultValue={settings.night_from ?? "22:00"}
              />{" "}
              –{" "}
              <input
                name="night-until"
                type="time"
                aria-label={words.say("screen.night_until")}
                defaultValue={settings.night_until ?? "05:30"}
              />
            </span>
          </fieldset>
          <label>
            {words.say("language")}
            <select name="language">
              <option value="id" selected={settings.language === "id"}>
                Bahasa Indonesia
              </option>
              <option value="en" selected={settings.language === "en"}>
                English
              </option>
            </select>
          </label>
          <fieldset>
            <legend>{words.say("screen.more")}</legend>
            <label class="check-line">
              <input type="checkbox" name="sound" defaultChecked={settings.sound} />{" "}
              {words.say("screen.sound")}
            </label>
            <label class="check-line">
              <input type="checkbox" name="bound" defaultChecked={bound} />{" "}
              {words.say("screen.bind")}
            </label>
          </fieldset>
        </div>
      </details>
      <p class="buttons">
        <button type="submit" class="primary" disabled={busy} data-test="screen-send">
          {words.say(name === null ? "screen.make" : "screen.save")}
        </button>
        <button type="button" onClick={onClose}>
          {words.say("cancel")}
        </button>
      </p>
    </form>
  );
}
