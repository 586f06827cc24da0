/** What could not be recorded, where it was tried. */

import type { JSX } from "preact";
import { useDesk } from "./context";

export function Failure({ why }: { why: string | null }): JSX.Element | null {
  const { words } = useDesk();
  if (why === null) return null;
  return (
    <p class="failure" role="alert" data-test="failure">
      {words.say("failure.recorded", { why })}
    </p>
  );
}
