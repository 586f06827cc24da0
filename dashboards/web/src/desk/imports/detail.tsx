/** One import: what it did, row by row; the last one of a list is taken back here. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { go, Link } from "../navigation";
import { pagePath } from "../route";
import { joined, moment } from "../texts";
import { Items } from "./items";
import { Crumbs } from "./page";
import { Progress } from "./progress";
import { PATIENCE_MS } from "./send";
import { toldOf } from "./told";

export function ImportDetailView({ id }: { id: number }): JSX.Element {
  const { words, zone } = useDesk();
  const { value, trouble } = useAnswer(`import ${id}`, (signal) =>
    ask("GET /imports/{import_id}", { at: [id], signal }),
  );
  if (value === null) {
    const why = trouble === null ? "loading" : trouble.status === 404 ? "imp.unknown" : null;
    return <p class="empty">{words.say(why ?? "problem.unreachable")}</p>;
  }
  return (
    <>
      <Crumbs />
      <h1 data-test="title">
        {words.say("imp.number", { id: value.id })}{" "}
        {value.undone_by !== null && <span class="tag">{words.say("imp.undone")}</span>}
      </h1>
      <p class="quiet" data-test="import-facts">
        {joined(
          value.source,
          value.file,
          value.sheet,
          value.author,
          moment(Date.parse(value.at), zone, words),
        )}
      </p>
      {value.undoes !== null && (
        <p>
          <Link to={pagePath("imports", String(value.undoes))}>
            {words.say("imp.undoes", { id: value.undoes })}
          </Link>
        </p>
      )}
      {value.undoable && value.undone_by === null && <Undo id={value.id} />}
      <Items items={value.items} counts={value.counts} title={words.say("imp.items_done")} />
    </>
  );
}

function Undo({ id }: { id: number }): JSX.Element {
  const { words } = useDesk();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      const done = await ask("POST /imports/{import_id}/undo", {
        at: [id],
        patience: PATIENCE_MS,
      });
      go(pagePath("imports", String(done.import.id)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(toldOf(error, words));
      setBusy(false);
    }
  };
  return (
    <div class="acts" data-test="undoing">
      {!open ? (
        <button type="button" onClick={() => setOpen(true)} data-test="undo">
          {words.say("imp.undo")}
        </button>
      ) : (
        <>
          <p>{words.say("imp.undo_sure")}</p>
          <p>
            <button type="button" disabled={busy} onClick={() => void send()} data-test="undo-do">
              {words.say("imp.undo_do")}
            </button>{" "}
            <button type="button" onClick={() => setOpen(false)}>
              {words.say("plan.close")}
            </button>{" "}
            {busy && <Progress words="imp.writing" />}
          </p>
        </>
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}
