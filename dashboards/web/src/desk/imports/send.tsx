/** Sending a list: the file, and whose it is. Nothing is changed by it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { Fault, faultsOf, Field, type Faults } from "../maintenance/fields";
import { go } from "../navigation";
import { pagePath } from "../route";
import { arrive } from "./arrived";
import { Progress } from "./progress";
import { PREVIEW } from "./preview";
import { isSource, sourceOf } from "./reading";

const LARGEST = 10_000_000;
/** Twice what a process is given: one that is ended is followed by one that says what is known. */
export const PATIENCE_MS = 250_000;

export function SendForm(): JSX.Element {
  const { words } = useDesk();
  const { value: sources } = useAnswer("sources", (signal) => ask("GET /sources", { signal }));
  const [file, setFile] = useState<File | null>(null);
  /** null: the one that the form proposes. */
  const [known, setKnown] = useState<string | null>(null);
  const [written, setWritten] = useState<string | null>(null);
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const items = sources?.items ?? [];
  const proposed = file === null ? "" : sourceOf(file.name);
  const chosen = known ?? (items.some((one) => one.id === proposed) ? proposed : "");
  const source = chosen === "" ? (written ?? proposed) : chosen;
  const send = async (): Promise<void> => {
    const lacks: Record<string, string> = {};
    if (file === null) lacks["file"] = words.say("imp.lack.file");
    else if (file.size > LARGEST) lacks["file"] = words.say("imp.lack.large");
    if (!isSource(source)) lacks["source"] = words.say("imp.lack.source");
    setFaults(lacks);
    if (file === null || Object.keys(lacks).length > 0) return;
    setBusy(true);
    try {
      const preview = await ask("POST /imports/preview", {
        query: { file: file.name.slice(-200), source },
        file,
        patience: PATIENCE_MS,
      });
      const { upload } = preview;
      arrive(preview);
      go(`${pagePath("imports", PREVIEW)}?berkas=${upload}&daftar=${encodeURIComponent(source)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFaults(faultsOf(error, words));
      setBusy(false);
    }
  };
  return (
    <form
      class="card form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
      data-test="send-form"
    >
      <h2>{words.say("imp.send")}</h2>
      <div class="fields">
        <Field name={words.say("imp.file")} fault={faults["file"]}>
          <input
            type="file"
            name="file"
            accept=".csv,.txt,.tsv,.xlsx,.xlsm,.yaml,.yml"
            onChange={(event) => {
              setFile(event.currentTarget.files?.[0] ?? null);
              setFaults({});
            }}
          />
        </Field>
        {items.length > 0 && (
          <Field name={words.say("imp.source")}>
            <select
              name="known"
              value={chosen}
              onChange={(event) => setKnown(event.currentTarget.value)}
            >
              {items.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name === one.id ? one.id : `${one.name} (${one.id})`}
                </option>
              ))}
              <option value="">{words.say("imp.another")}</option>
            </select>
          </Field>
        )}
        {chosen === "" && (
          <Field
            name={words.say("imp.source_new")}
            fault={faults["source"]}
            hint={words.say("imp.source_hint")}
          >
            <input
              name="source"
              value={source}
              maxLength={64}
              autocomplete="off"
              onInput={(event) => setWritten(event.currentTarget.value)}
            />
          </Field>
        )}
      </div>
      <Fault fault={faults[""]} />
      <footer>
        <button type="submit" class="primary" disabled={busy} data-test="preview">
          {words.say("imp.preview_do")}
        </button>
        {busy ? (
          <Progress words="imp.reading" />
        ) : (
          <span class="quiet">{words.say("imp.preview_hint")}</span>
        )}
      </footer>
    </form>
  );
}
