/** How good each list is: four shares of its rows, each with what is missing; and who signed it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { ScoreView, ShareView } from "../../shared/api/schema";
import { local } from "../../shared/time";
import { whyNot } from "../acts";
import { mayAct, useDesk } from "../context";
import { tenth } from "./said";

const SHARES = ["complete", "valid", "agreed", "alive"] as const;
const MOST_LACKING = 3;

export interface ScoresProps {
  readonly scores: readonly ScoreView[];
  readonly onSigned: () => void;
}

export function Scores({ scores, onSigned }: ScoresProps): JSX.Element {
  const { words } = useDesk();
  return (
    <table class="list scores" data-test="scores">
      <thead>
        <tr>
          <th>{words.say("register.list")}</th>
          {SHARES.map((one) => (
            <th key={one}>{words.say(`register.share.${one}`)}</th>
          ))}
          <th>{words.say("register.signature")}</th>
        </tr>
      </thead>
      <tbody>
        {scores.map((one) => (
          <tr key={one.source} data-test="score">
            <td>
              <b>{one.name}</b>
              <small>{words.say("register.rows", { n: words.number(one.rows) })}</small>
            </td>
            {SHARES.map((name) => (
              <td key={name} data-name={words.say(`register.share.${name}`)}>
                <Share share={one[name]} />
              </td>
            ))}
            <td data-name={words.say("register.signature")}>
              <Signed score={one} onSigned={onSigned} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Share({ share }: { share: ShareView }): JSX.Element {
  const { words } = useDesk();
  const lacking = Object.entries(share.lacking).slice(0, MOST_LACKING);
  return (
    <div class="share">
      <b>{tenth(share.percent, words.language)}</b>{" "}
      <span class="quiet">
        {words.say("register.of", { n: words.number(share.count), of: words.number(share.of) })}
      </span>
      <span class="share-bar" aria-hidden="true">
        <span style={{ width: `${share.percent ?? 0}%` }} />
      </span>
      {lacking.length > 0 && (
        <small>
          {lacking
            .map(([what, n]) => `${words.find(`register.lacks.${what}`) ?? what} ${words.number(n)}`)
            .join(", ")}
        </small>
      )}
    </div>
  );
}

function Signed({ score, onSigned }: { score: ScoreView; onSigned: () => void }): JSX.Element {
  const desk = useDesk();
  const { words } = desk;
  const [open, setOpen] = useState(false);
  const { signature } = score;
  return (
    <>
      {signature === null ? (
        <span class="quiet">{words.say("register.unsigned")}</span>
      ) : (
        <span class={signature.stale ? "stale" : ""} data-test="signature">
          {signature.office}, {dateWord(signature.signed_on, words.month)}
          {signature.stale && ` · ${words.say("register.signature_stale")}`}
        </span>
      )}{" "}
      {mayAct(desk) && score.rows > 0 && (
        <button
          type="button"
          class="link"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          data-test="sign"
        >
          {words.say("register.sign")}
        </button>
      )}
      {open && (
        <SignForm
          source={score.source}
          onDone={() => {
            setOpen(false);
            onSigned();
          }}
        />
      )}
    </>
  );
}

/** `27 Nov 2026`, of `2026-11-27`. */
function dateWord(date: string, month: (month: number) => string): string {
  const [year, number, day] = date.split("-").map(Number);
  return `${day} ${month(number ?? 1)} ${year}`;
}

function SignForm({ source, onDone }: { source: string; onDone: () => void }): JSX.Element {
  const { words, at, zone } = useDesk();
  const { year, month, day } = local(at, zone);
  const today = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const [office, setOffice] = useState("");
  const [date, setDate] = useState(today);
  const [note, setNote] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const sign = async (): Promise<void> => {
    try {
      await ask("POST /sources/{source_id}/sign", {
        at: [source],
        body: { office: office.trim(), signed_on: date, note },
      });
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    }
  };
  return (
    <form
      class="sign"
      onSubmit={(event) => {
        event.preventDefault();
        void sign();
      }}
      data-test="sign-form"
    >
      <label>
        {words.say("register.office")}
        <input
          value={office}
          maxLength={200}
          required
          placeholder={words.say("register.office_example")}
          onInput={(event) => setOffice(event.currentTarget.value)}
        />
      </label>
      <label>
        {words.say("register.date")}
        <input
          type="date"
          value={date}
          max={today}
          required
          onInput={(event) => setDate(event.currentTarget.value)}
        />
      </label>
      <label>
        {words.say("register.letter")}
        <input
          value={note}
          maxLength={1000}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={office.trim() === "" || date === ""}>
        {words.say("register.sign")}
      </button>
      {failure !== null && <p class="failure">{failure}</p>}
    </form>
  );
}
