/** What takes a while says for how long; the page draws anew every second by itself. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useDesk } from "../context";
import { longDuration } from "../texts";

export function Progress({ words: key }: { words: "imp.reading" | "imp.writing" }): JSX.Element {
  const { words } = useDesk();
  const began = useRef(performance.now());
  return (
    <span class="quiet" role="status" data-test="progress">
      {words.say(key, { age: longDuration(performance.now() - began.current, words) })}
    </span>
  );
}
