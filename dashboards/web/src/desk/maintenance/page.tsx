/** `/meja/pemeliharaan`: planned work. Its list, one window (`/ID`), and a new one (`/baru`). */

import type { JSX } from "preact";
import { ask } from "../../shared/api/client";
import { useAnswer } from "../answer";
import { mayAct, useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import type { PageProps } from "../pages";
import { pagePath } from "../route";
import { NOTHING, PARTS, type Chosen } from "../scope/options";
import { WindowDetailView } from "./detail";
import { WindowForm } from "./form";
import { WindowList } from "./list";

export const NEW = "baru";

export default function MaintenancePage({ part }: PageProps): JSX.Element {
  const { words, ...desk } = useDesk();
  const { query } = usePlace();
  if (part === null) return <WindowList />;
  // Times are written in the city's zone, which comes with the first snapshot.
  if (desk.city === null) return <p class="empty">{words.say("loading")}</p>;
  if (part === NEW) {
    if (!mayAct(desk)) return <p class="empty">{words.say("problem.role_too_low")}</p>;
    const instead = idOf(query.get("ganti"));
    return (
      <>
        <Crumbs />
        <h1 data-test="title">
          {words.say(instead === null ? "mnt.new" : "mnt.replace")}
        </h1>
        {instead === null ? (
          <WindowForm instead={null} chosen={chosenIn(query)} />
        ) : (
          <Replacing id={instead} />
        )}
      </>
    );
  }
  const id = idOf(part);
  return id === null ? <p class="empty">{words.say("missing")}</p> : <WindowDetailView id={id} />;
}

export function Crumbs(): JSX.Element {
  const { words } = useDesk();
  return (
    <p class="crumbs">
      <Link to={pagePath("maintenance")}>{words.say("page.maintenance")}</Link> ›
    </p>
  );
}

function Replacing({ id }: { id: number }): JSX.Element {
  const { words } = useDesk();
  const { value, trouble } = useAnswer(`window ${id}`, (signal) =>
    ask("GET /maintenance-windows/{window_id}", { at: [id], signal }),
  );
  if (value !== null) return <WindowForm instead={value} />;
  return (
    <p class="empty">
      {words.say(trouble?.status === 404 ? "mnt.unknown" : trouble === null ? "loading" : "problem.unreachable")}
    </p>
  );
}

function idOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : null;
}

/** Whom the address means: `?sites=losari-01&devices=cam-1,cam-2`. */
export function chosenIn(query: URLSearchParams): Chosen {
  const named = PARTS.map((part) => [part, query.get(part)?.split(",").filter(Boolean) ?? []]);
  return { ...NOTHING, ...Object.fromEntries(named) };
}
