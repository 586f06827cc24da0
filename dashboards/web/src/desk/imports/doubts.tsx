/** Rows of which a person must say what they are about. */

import type { JSX } from "preact";
import type { ListDoubt, ListPreview } from "../../shared/api/schema";
import { useDesk, type Desk } from "../context";
import { placeSaid, remarkSaid } from "./reading";

/** Answers all that have no answer of their own. */
const ALL = "*";

export interface DoubtsProps {
  readonly preview: ListPreview;
  readonly answers: Readonly<Record<string, string>>;
  readonly onAnswer: (answers: Readonly<Record<string, string>>) => void;
}

export function Doubts({ preview, answers, onAnswer }: DoubtsProps): JSX.Element | null {
  const { words } = useDesk();
  const { doubts, doubts_total: total } = preview;
  if (total === 0) return null;
  const open = doubts.filter((one) => one.answer === null);
  const kinds = open.map((one) => new Set(one.answers.map((answer) => answer.split(":")[0] ?? "")));
  // What every open row may be answered with; "the same" needs one candidate each.
  const common = ["new", "same", "leave_out"].filter(
    (kind) =>
      kinds.every((one) => one.has(kind)) &&
      (kind !== "same" || open.every((one) => one.candidates.length === 1)),
  );
  const answer = (key: string, said: string): void => onAnswer({ ...answers, [key]: said });
  return (
    <section class="part" data-test="doubts">
      <h2>
        {words.say("imp.doubts")} ({words.number(total)})
      </h2>
      {open.length > 1 && common.length > 0 && (
        <p class="together">
          {words.say("imp.answer_all")}:{" "}
          {common.map((kind) => (
            <button key={kind} type="button" class="chip" onClick={() => answer(ALL, kind)}>
              {answerSaid(kind, null, words)}
            </button>
          ))}
        </p>
      )}
      <ul class="doubts">
        {doubts.map((one) => (
          <Doubt key={one.key} doubt={one} onAnswer={(said) => answer(one.key, said)} />
        ))}
      </ul>
      {total > doubts.length && (
        <p class="quiet">
          {words.say("imp.first", { shown: words.number(doubts.length), all: words.number(total) })}
        </p>
      )}
    </section>
  );
}

function Doubt({
  doubt,
  onAnswer,
}: {
  readonly doubt: ListDoubt;
  readonly onAnswer: (answer: string) => void;
}): JSX.Element {
  const { words } = useDesk();
  const { problem, remedy } = remarkSaid(doubt, words);
  return (
    <li data-test="doubt">
      <p>
        <b>{placeSaid(doubt, words)}:</b> {problem}
        {remedy !== "" && <small class="lines">{remedy}</small>}
      </p>
      <div class="chips" role="group" aria-label={problem}>
        {doubt.answers.map((one) => (
          <button
            key={one}
            type="button"
            class={one === doubt.answer ? "chip on" : "chip"}
            aria-pressed={one === doubt.answer}
            onClick={() => onAnswer(one)}
            data-test={`answer-${one.split(":")[0]}`}
          >
            {answerSaid(one, doubt, words)}
          </button>
        ))}
      </div>
    </li>
  );
}

/** `perangkat baru`, `sama: Kamera Losari 01`. */
function answerSaid(answer: string, doubt: ListDoubt | null, words: Desk["words"]): string {
  if (answer === "new" || answer === "leave_out" || answer === "retire") {
    return words.say(`imp.answer.${answer}`);
  }
  const id = answer.slice(answer.indexOf(":") + 1);
  const candidate = doubt?.candidates.find((one) => one.device === id);
  const name = candidate === undefined ? (doubt === null ? "…" : id) : `${candidate.name} (${id})`;
  return words.say("imp.answer.same", { name });
}
