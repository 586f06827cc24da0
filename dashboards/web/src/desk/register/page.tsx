/**
 * `/meja/register`: how good each agency's list is, and what lists and the network do not agree in,
 * to be decided. `/meja/register/ID`: where all that is known of one device comes from.
 */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api/client";
import type { FindingSummary, RegisterFinding, ScoreView } from "../../shared/api/schema";
import { whyNot } from "../acts";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { go, Link, usePlace } from "../navigation";
import { PagedList, usePaged } from "../paged";
import type { PageProps } from "../pages";
import { pagePath, withQuery } from "../route";
import { moment } from "../texts";
import { FindingCard } from "./finding";
import { Provenance } from "./provenance";
import { Scores } from "./scores";
import "./style.css";

const PATH = pagePath("register");
const KIND = "jenis";
const STATE = "keadaan";
const SOURCE = "daftar";
const KINDS = ["duplicate", "conflict", "moved", "wrong_area", "ghost", "unknown"] as const;
/** A reconciliation of 10,000 devices takes some seconds, on a busy machine more. */
const PATIENCE_MS = 180_000;
const PAGE = 50;

export default function RegisterPage({ part }: PageProps): JSX.Element {
  return part === null ? <Queue /> : <Provenance device={part} />;
}

function Queue(): JSX.Element {
  const { words } = useDesk();
  const { query } = usePlace();
  const summary = useAnswer("findings summary", (signal) =>
    ask("GET /findings/summary", { signal }),
  );
  const scores = useAnswer("scores", (signal) => ask("GET /scores", { signal }));
  const kind = KINDS.find((one) => one === query.get(KIND)) ?? null;
  const decided = query.get(STATE) === "diputuskan";
  const source = query.get(SOURCE);
  const list = usePaged(`findings ${kind} ${decided} ${source}`, (cursor, signal) =>
    ask("GET /findings", {
      query: { kind, state: decided ? "decided" : null, source, limit: PAGE, cursor },
      signal,
    }),
  );
  const renew = (): void => {
    list.renew();
    summary.renew();
    scores.renew();
  };
  const sources = new Map(scores.value?.items.map((one) => [one.source, one.name]));
  return (
    <>
      <div class="title">
        <h1 data-test="title">{words.say("page.register")}</h1>
        <Reconciled summary={summary.value} onDone={renew} />
      </div>
      {scores.value !== null && scores.value.items.length > 0 && (
        <Scores scores={scores.value.items} onSigned={scores.renew} />
      )}
      <h2 class="queue-title">{words.say("register.queue")}</h2>
      <Chips
        summary={summary.value}
        scores={scores.value?.items ?? []}
        kind={kind}
        decided={decided}
        source={source}
      />
      <PagedList list={list} none={words.say(decided ? "register.none_decided" : "register.none")}>
        {(items: readonly RegisterFinding[]) => (
          <div class="findings">
            {items.map((one) => (
              <FindingCard key={one.id} finding={one} sources={sources} onDecided={renew} />
            ))}
          </div>
        )}
      </PagedList>
    </>
  );
}

interface ReconciledProps {
  readonly summary: FindingSummary | null;
  readonly onDone: () => void;
}

/** When lists were last held together, and a way to do it now. */
function Reconciled({ summary, onDone }: ReconciledProps): JSX.Element {
  const desk = useDesk();
  const { words, zone } = desk;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const made = summary?.reconciled ?? null;
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await ask("POST /findings/reconcile", { patience: PATIENCE_MS });
      setFailure(null);
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(whyNot(error, words));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="reconciled" data-test="reconciled">
      <span class={failure === null ? "quiet" : "failure"}>
        {failure ??
          (made === null
            ? words.say("register.never")
            : words.say("register.last", {
                at: moment(Date.parse(made.at), zone, words),
                rows: words.number(made.rows),
                devices: words.number(made.devices),
              }))}
      </span>
      {mayAct(desk) && (
        <button type="button" disabled={busy} onClick={() => void run()} data-test="reconcile">
          {words.say(busy ? "register.reconciling" : "register.reconcile")}
        </button>
      )}
    </div>
  );
}

interface ChipsProps {
  readonly summary: FindingSummary | null;
  readonly scores: readonly ScoreView[];
  readonly kind: string | null;
  readonly decided: boolean;
  readonly source: string | null;
}

function Chips({ summary, scores, kind, decided, source }: ChipsProps): JSX.Element {
  const { words } = useDesk();
  const { query } = usePlace();
  const to = (changes: Record<string, string | null>): string => withQuery(PATH, query, changes);
  const states = decided ? ["decided"] : ["open", "stale"];
  const count = (of: string | null): number =>
    (summary?.counts ?? [])
      .filter((one) => states.includes(one.state) && (of === null || one.kind === of))
      .reduce((sum, one) => sum + one.count, 0);
  const chip = (on: boolean): string => (on ? "chip on" : "chip");
  return (
    <nav class="chips" aria-label={words.say("filter.label")} data-test="chips">
      <Link to={to({ [KIND]: null })} class={chip(kind === null)} current={kind === null}>
        {words.say("register.all")} {words.number(count(null))}
      </Link>
      {KINDS.filter((one) => count(one) > 0 || one === kind).map((one) => (
        <Link
          key={one}
          to={to({ [KIND]: one })}
          class={chip(one === kind)}
          current={one === kind}
        >
          {words.say(`register.kind.${one}`)} {words.number(count(one))}
        </Link>
      ))}
      <Link
        to={to({ [STATE]: decided ? null : "diputuskan" })}
        class={chip(decided)}
        current={decided}
      >
        {words.say("register.decided")}
      </Link>
      {scores.length > 1 && (
        <label class={chip(source !== null)}>
          <select
            value={source ?? ""}
            aria-label={words.say("register.list")}
            onChange={(event) => go(to({ [SOURCE]: event.currentTarget.value || null }))}
          >
            <option value="">{words.say("register.every_list")}</option>
            {scores.map((one) => (
              <option key={one.source} value={one.source}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
    </nav>
  );
}
