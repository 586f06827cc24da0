/** What an import would do, before it does: counts, what stands in the way, columns, rows. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { ListPreview } from "../../shared/api/schema";
import { Glyph } from "../../shared/view/glyphs";
import { whyNot } from "../acts";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { go, Link } from "../navigation";
import { pagePath } from "../route";
import { takeArrived } from "./arrived";
import { Columns } from "./columns";
import { Doubts } from "./doubts";
import { Items } from "./items";
import { OUTCOMES } from "./lists";
import { Crumbs } from "./page";
import { Progress } from "./progress";
import { AS_PROPOSED, bodyOf, inTheWay, madeSaid, type Reading } from "./reading";
import { Remarks } from "./remarks";
import { PATIENCE_MS } from "./send";
import { toldOf } from "./told";

export const PREVIEW = "pratinjau";

export interface PreviewProps {
  /** The mark of the file that was sent; it is kept for a day. */
  readonly upload: string;
  readonly source: string;
}

export function Preview({ upload, source }: PreviewProps): JSX.Element {
  const { words } = useDesk();
  const [reading, setReading] = useState<Reading>(AS_PROPOSED);
  const body = bodyOf(source, reading);
  const key = `preview ${upload} ${JSON.stringify(body)}`;
  const { value, trouble, renew } = useAnswer(key, async (signal) => {
    const arrived = reading === AS_PROPOSED ? takeArrived(upload, source) : null;
    if (arrived !== null) return arrived;
    return ask("POST /imports/preview/{upload}", {
      at: [upload],
      body,
      signal,
      patience: PATIENCE_MS,
    });
  });
  // What was shown stays while another reading of the file is made.
  const before = useRef<ListPreview | null>(null);
  if (value !== null) before.current = value;
  const shown = value ?? before.current;
  const change = (changes: Partial<Reading>): void => setReading({ ...reading, ...changes });
  if (shown === null) {
    return (
      <p class="empty">
        {trouble === null ? (
          <Progress words="imp.reading" />
        ) : (
          <>
            {trouble.code === "unknown_upload" ? words.say("imp.gone") : whyNot(trouble, words)}{" "}
            <Link to={pagePath("imports")}>{words.say("page.imports")}</Link>
          </>
        )}
      </p>
    );
  }
  return (
    <>
      <Crumbs />
      <h1 data-test="title">{words.say("imp.title", { file: shown.file })}</h1>
      <p class="quiet">
        {words.say("imp.of", { source: shown.source, rows: words.number(shown.rows) })}
        {shown.heading_row !== null &&
          ` · ${words.say("imp.headings", { row: shown.heading_row })}`}{" "}
        {shown.new_source && <span class="tag">{words.say("imp.new_list")}</span>}
      </p>
      {shown.sheets.length > 1 && (
        <div class="chips" role="group" aria-label={words.say("imp.sheet")}>
          {shown.sheets.map((one) => (
            <button
              key={one}
              type="button"
              class={one === shown.sheet ? "chip on" : "chip"}
              aria-pressed={one === shown.sheet}
              onClick={() => setReading({ ...AS_PROPOSED, sheet: one })}
            >
              {one}
            </button>
          ))}
        </div>
      )}
      <ul class="counts" data-test="counts">
        {([...OUTCOMES, "in_doubt"] as const).map((one) => (
          <li key={one}>
            <b>{words.number(shown.counts[one])}</b> {words.say(`imp.outcome.${one}`)}
          </li>
        ))}
      </ul>
      <Verdict
        preview={shown}
        current={value !== null}
        upload={upload}
        body={body}
        onStale={renew}
      />
      {trouble !== null && (
        <p class="failure" role="alert">
          {whyNot(trouble, words)}
        </p>
      )}
      <Remarks
        title={words.say("imp.problems")}
        remarks={shown.problems}
        total={shown.problems_total}
        test="problems"
        open
      />
      <Doubts
        preview={shown}
        answers={reading.answers}
        onAnswer={(answers) => change({ answers })}
      />
      <Columns
        preview={shown}
        onColumn={(heading, field) =>
          change({ columns: { ...reading.columns, [heading]: field } })
        }
        onDefaults={(defaults) => change({ defaults })}
      />
      <Remarks
        title={words.say("imp.notes")}
        remarks={shown.notes}
        total={shown.notes_total}
        test="notes"
        open={false}
      />
      <Items items={shown.items} counts={shown.counts} title={words.say("imp.items")} />
    </>
  );
}

interface VerdictProps extends Pick<PreviewProps, "upload"> {
  readonly preview: ListPreview;
  /** It is of what is chosen now, not of a reading before. */
  readonly current: boolean;
  readonly body: ReturnType<typeof bodyOf>;
  readonly onStale: () => void;
}

/** Whether it can be imported, why not, and the button that does it. */
function Verdict({ preview, current, upload, body, onStale }: VerdictProps): JSX.Element {
  const { words } = useDesk();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const { created, changed, retired } = preview.counts;
  const nothing = preview.ready && created + changed + retired === 0;
  const made = madeSaid(preview, words);
  const send = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const done = await ask("POST /imports", {
        body: { ...body, upload, plan: preview.plan },
        patience: PATIENCE_MS,
      });
      go(pagePath("imports", String(done.import.id)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(toldOf(error, words));
      setBusy(false);
      if (error.code === "plan_changed") onStale();
    }
  };
  return (
    <div
      class="verdict"
      data-state={preview.ready ? "maintenance" : "degraded"}
      role="status"
      data-test="verdict"
    >
      <p>
        {!current ? (
          <Progress words="imp.reading" />
        ) : preview.ready ? (
          words.say(nothing ? "imp.nothing" : "imp.ready")
        ) : (
          <>
            <Glyph name="degraded" />{" "}
            {words.say("imp.not_ready", { why: inTheWay(preview, words) })}
          </>
        )}
        {made !== "" && <small class="lines">{words.say("imp.new_places", { what: made })}</small>}
      </p>
      {preview.ready && (
        <button
          type="button"
          class="primary"
          disabled={busy || !current}
          onClick={() => void send()}
          data-test="apply"
        >
          {words.say("imp.apply")}
        </button>
      )}
      {busy && <Progress words="imp.writing" />}
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}
