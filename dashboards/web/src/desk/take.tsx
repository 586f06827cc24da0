/**
 * Taking incidents in hand: one click on a reason is the record. No "are you sure", no empty field.
 *
 * It opens beside its button and gives the focus back to it. On a phone it is a sheet at the thumb.
 */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../shared/api/client";
import type { IncidentView } from "../shared/api/schema";
import { REASONS, take, whyNot, type TakeReason } from "./acts";
import { useDesk } from "./context";
import { useKeep } from "./waiting";

export interface TakeProps {
  readonly incidents: readonly IncidentView[];
  readonly title: string;
  /** What was taken, when all were, or as many as could be. */
  readonly onTaken: (ids: readonly number[]) => void;
  readonly onClose: () => void;
}

export function Take({ incidents, title, onTaken, onClose }: TakeProps): JSX.Element {
  const { words, store } = useDesk();
  const keep = useKeep();
  const box = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<{ reason: TakeReason; why: string } | null>(null);
  const [busy, setBusy] = useState(false);
  useOutside(box, onClose);
  // At once, before the next key: a quick hand types T 1.
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current?.scrollIntoView({ block: "nearest" });
    box.current?.querySelector<HTMLElement>("button")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const choose = async (reason: TakeReason): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    const taken: number[] = [];
    let why: string | null = null;
    for (const { id } of incidents) {
      try {
        store.put(await take(id, words.say(reason)));
        taken.push(id);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Without a line it is kept, and says that others do not see it.
        if (error.status === 0 && keep({ kind: "take", incident: id, text: words.say(reason) })) continue;
        why ??= whyNot(error, words);
        store.want([id]);
      }
    }
    setBusy(false);
    if (taken.length > 0) onTaken(taken);
    if (why === null) onClose();
    else setFailure({ reason, why });
  };

  const press = (event: KeyboardEvent): void => {
    const index = "1234".indexOf(event.key);
    const reason = event.key.length === 1 ? REASONS[index] : undefined;
    if (event.key === "Escape") onClose();
    else if (reason !== undefined && index >= 0) void choose(reason);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(box.current, event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      class="popover take"
      ref={box}
      role="dialog"
      aria-label={title}
      onKeyDown={press}
      onClick={(event) => event.stopPropagation()}
      data-test="take"
    >
      <TakeFace
        title={title}
        busy={busy}
        failure={failure?.why ?? null}
        onChoose={(reason) => void choose(reason)}
        onAgain={() => failure !== null && void choose(failure.reason)}
        onClose={onClose}
      />
    </div>
  );
}

export interface TakeFaceProps {
  readonly title: string;
  readonly busy: boolean;
  /** Why the last choice was not recorded. */
  readonly failure: string | null;
  readonly onChoose: (reason: TakeReason) => void;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** What stands in the box: the reasons, what went wrong, the way out. */
export function TakeFace(props: TakeFaceProps): JSX.Element {
  const { title, busy, failure, onChoose, onAgain, onClose } = props;
  const { words } = useDesk();
  return (
    <>
      <h2>{title}</h2>
      <div class="choices">
        {REASONS.map((reason, index) => (
          <button
            key={reason}
            type="button"
            class="choice"
            disabled={busy}
            onClick={() => onChoose(reason)}
            data-test={reason}
          >
            {words.say(reason)}
            <kbd aria-hidden="true">{index + 1}</kbd>
          </button>
        ))}
      </div>
      {failure !== null && (
        <p class="failure" role="alert" data-test="failure">
          {words.say("failure.recorded", { why: failure })}{" "}
          <button type="button" class="link" onClick={onAgain}>
            {words.say("again")}
          </button>
        </p>
      )}
      <footer>
        <p>{words.say("take.hint")}</p>
        <button type="button" onClick={onClose}>
          {words.say("cancel")} <kbd aria-hidden="true">Esc</kbd>
        </button>
      </footer>
    </>
  );
}

/** Move the focus among the choices, round and round. */
function step(box: HTMLElement | null, event: KeyboardEvent): void {
  const choices = [...(box?.querySelectorAll<HTMLElement>(".choice") ?? [])];
  const at = choices.indexOf(document.activeElement as HTMLElement);
  const by = event.key === "ArrowDown" ? 1 : choices.length - 1;
  choices[(at + by + choices.length) % choices.length]?.focus();
}

/** Call when a press begins outside of an element. */
export function useOutside(
  ref: { readonly current: HTMLElement | null },
  call: () => void,
): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    const press = (event: PointerEvent): void => {
      if (event.target instanceof Node && ref.current?.contains(event.target) !== true) {
        latest.current();
      }
    };
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, [ref]);
}
