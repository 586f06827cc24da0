/** A finding: what everybody says side by side, and two clicks to decide it: what, and why. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { RegisterFinding } from "../../shared/api/schema";
import { whyNot } from "../acts";
import { mayAct, useDesk } from "../context";
import { Link } from "../navigation";
import { pagePath } from "../route";
import { moment } from "../texts";
import { actionOf, fieldWord, headline, kindOf, valueWord, weightWord, whoWord } from "./said";

/** Reasons that most decisions have; any other is written. */
const REASONS = ["site", "document", "agency"] as const;

type Values = Readonly<Record<string, string>>;

/** One thing that can be decided: an action, for `use` with the values. */
interface Choice {
  readonly action: string;
  readonly label: string;
  readonly values: Values | null;
  readonly proposed: boolean;
}

export interface FindingCardProps {
  readonly finding: RegisterFinding;
  /** Names of lists by id. */
  readonly sources: ReadonlyMap<string, string>;
  readonly onDecided: () => void;
}

export function FindingCard({ finding, sources, onDecided }: FindingCardProps): JSX.Element {
  const desk = useDesk();
  const { words, zone } = desk;
  const { decision } = finding;
  return (
    <article class="card finding" data-test="finding" data-kind={finding.kind}>
      <header>
        <h3>
          <span class="kind">{kindOf(finding.kind, words)}</span>{" "}
          {finding.field !== null && <b>{fieldWord(finding.field, words)}</b>} {headline(finding)}
        </h3>
        <small>
          {weightWord(finding.weight, words)}
          {finding.state === "stale" && <b class="stale"> · {words.say("register.stale")}</b>}
        </small>
      </header>
      <p class="quiet">{words.find(`register.means.${finding.kind}`)}</p>
      <EvidenceTable finding={finding} sources={sources} />
      {decision !== null && (
        <p class="decided" data-test="decision">
          {words.say("register.was_decided", {
            what: actionOf(finding.kind, decision.action, words),
            who: decision.author,
            at: moment(Date.parse(decision.at), zone, words),
            why: decision.reason,
          })}
        </p>
      )}
      {mayAct(desk) && finding.state !== "gone" && (
        <Decide finding={finding} sources={sources} onDecided={onDecided} />
      )}
    </article>
  );
}

function EvidenceTable({
  finding,
  sources,
}: Pick<FindingCardProps, "finding" | "sources">): JSX.Element {
  const { words, areas } = useDesk();
  // A column a witness, in the order in which they speak.
  const witnesses = [
    ...new Map(
      finding.evidence.flatMap(({ said }) =>
        said.map((one) => [`${one.who}\n${one.key}`, one] as const),
      ),
    ),
  ].slice(0, 6);
  return (
    <div class="evidence-scroll">
      <table class="evidence">
        <thead>
          <tr>
            <th />
            {witnesses.map(([id, one]) => (
              <th key={id}>
                {whoWord(one.who, sources, words)}
                <small>
                  {finding.devices.includes(one.key) ? (
                    <Link to={pagePath("register", one.key)}>{one.key}</Link>
                  ) : (
                    one.key
                  )}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {finding.evidence.map((row) => (
            <tr key={row.field} class={row.agrees === false ? "differs" : ""}>
              <th>{fieldWord(row.field, words)}</th>
              {witnesses.map(([id, one]) => {
                const said = row.said.find((it) => it.who === one.who && it.key === one.key);
                return (
                  <td key={id}>
                    {said === undefined ? "–" : valueWord(row.field, said.value, areas, words)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Decide({ finding, sources, onDecided }: FindingCardProps): JSX.Element {
  const { words, areas } = useDesk();
  const [chosen, setChosen] = useState<Choice | null>(null);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const show = (field: string, value: string): string => valueWord(field, value, areas, words);
  const choices = choicesOf(finding, (values, who) =>
    words.say("register.use", {
      what: Object.entries(values)
        .map(([field, value]) => show(field, value))
        .join(", "),
      who: who.map((one) => whoWord(one, sources, words)).join(", "),
    }),
  ).map((one) => ({
    ...one,
    label: one.label || actionOf(finding.kind, one.action, words),
  }));
  const record = async (why: string): Promise<void> => {
    if (chosen === null || why.trim() === "") return;
    setBusy(true);
    try {
      await ask("POST /findings/{finding_id}/decide", {
        at: [finding.id],
        body: {
          action: chosen.action,
          reason: why.trim(),
          digest: finding.digest,
          ...(chosen.values === null ? {} : { values: chosen.values }),
        },
      });
      setFailure(null);
      setChosen(null);
      onDecided();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    } finally {
      setBusy(false);
    }
  };
  if (chosen === null) {
    return (
      <div class="decide" data-test="choices">
        {choices.map((one) => (
          <button
            key={one.label}
            type="button"
            class={one.proposed ? "primary" : ""}
            onClick={() => setChosen(one)}
          >
            {one.label}
          </button>
        ))}
      </div>
    );
  }
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        void record(reason);
      }}
      data-test="reasons"
    >
      <b>{chosen.label}</b>
      <span class="quiet">{words.say("register.why")}</span>
      {REASONS.map((one) => (
        <button
          key={one}
          type="button"
          disabled={busy}
          onClick={() => void record(words.say(`register.reason.${one}`))}
        >
          {words.say(`register.reason.${one}`)}
        </button>
      ))}
      <input
        value={reason}
        maxLength={1000}
        aria-label={words.say("register.other_reason")}
        placeholder={words.say("register.other_reason")}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <button type="submit" disabled={busy || reason.trim() === ""}>
        {words.say("register.record")}
      </button>
      <button type="button" class="link" onClick={() => setChosen(null)}>
        {words.say("cancel")}
      </button>
      {failure !== null && <p class="failure">{failure}</p>}
    </form>
  );
}

const PLACE = ["latitude", "longitude"];

/** What can be decided, what is proposed first. Of a conflict each value that somebody says. */
export function choicesOf(
  finding: RegisterFinding,
  label: (values: Values, who: readonly string[]) => string,
): Choice[] {
  const { proposal } = finding;
  const proposed = proposal.action;
  const choices: Choice[] = finding.actions
    .filter((action) => action !== "use")
    .map((action) => ({
      action,
      label: "",
      values: null,
      // To leave a conflict is never proposed: it is what remains where nothing speaks for a value.
      proposed: action === proposed && finding.kind !== "conflict",
    }));
  if (finding.actions.includes("use")) {
    const fields = finding.field === "latitude" ? PLACE : finding.field === null ? [] : [finding.field];
    const offered = new Map<string, { values: Values; who: string[] }>();
    const offer = (values: Values, who: string | null): void => {
      const key = JSON.stringify(Object.values(values));
      const known = offered.get(key) ?? { values, who: [] };
      if (who !== null && !known.who.includes(who)) known.who.push(who);
      offered.set(key, known);
    };
    if (proposed === "use") offer(proposal.values, null);
    if (finding.kind === "conflict") {
      const rows = fields.map((field) => finding.evidence.find((one) => one.field === field));
      for (const one of rows[0]?.said ?? []) {
        const said = rows.map((row) => row?.said.find((it) => it.who === one.who && it.key === one.key));
        if (said.every((it) => it !== undefined)) {
          offer(Object.fromEntries(fields.map((of, at) => [of, said[at]?.value ?? ""])), one.who);
        }
      }
    }
    const first = proposed === "use" ? JSON.stringify(Object.values(proposal.values)) : null;
    for (const [key, { values, who }] of offered) {
      choices.push({ action: "use", label: label(values, who), values, proposed: key === first });
    }
  }
  const rank = (one: Choice): number => (one.proposed ? 0 : one.action === "use" ? 1 : 2);
  return choices.sort((one, other) => rank(one) - rank(other)).slice(0, 8);
}
