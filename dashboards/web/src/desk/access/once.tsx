/** A secret that is shown once: to be copied now, or made anew. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useDesk } from "../context";

export interface OnceProps {
  readonly title: string;
  readonly hint: string;
  readonly text: string;
  readonly onClose: () => void;
}

export function Once({ title, hint, text, onClose }: OnceProps): JSX.Element {
  const { words } = useDesk();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    field.current?.select();
    setCopied(await intoClipboard(text));
  };
  return (
    <section class="card once" role="status" data-test="once">
      <h2>{title}</h2>
      <p>{hint}</p>
      <p class="writing">
        <input
          ref={field}
          readOnly
          value={text}
          aria-label={title}
          spellcheck={false}
          onFocus={(event) => event.currentTarget.select()}
          data-test="secret"
        />
        <button type="button" class="primary" onClick={() => void copy()} data-test="copy">
          {words.say(copied ? "once.copied" : "once.copy")}
        </button>
        <button type="button" onClick={onClose} data-test="once-close">
          {words.say("once.close")}
        </button>
      </p>
    </section>
  );
}

/** Whether it worked. Over plain HTTP there is no clipboard but the old way, from a selection. */
async function intoClipboard(text: string): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  try {
    if (clipboard === undefined) return document.execCommand("copy");
    await clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
