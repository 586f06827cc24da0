/** `/meja/impor`: lists of agencies. Sent here, previewed (`/pratinjau`), imported; one import (`/ID`). */

import type { JSX } from "preact";
import { useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import type { PageProps } from "../pages";
import { pagePath } from "../route";
import { ImportDetailView } from "./detail";
import { Lists } from "./lists";
import { Preview, PREVIEW } from "./preview";
import { isSource } from "./reading";
import { SendForm } from "./send";

export default function ImportsPage({ part }: PageProps): JSX.Element {
  const { words } = useDesk();
  const { query } = usePlace();
  if (part === null) {
    return (
      <>
        <h1 data-test="title">{words.say("page.imports")}</h1>
        <SendForm />
        <Lists />
      </>
    );
  }
  if (part === PREVIEW) {
    const upload = query.get("berkas") ?? "";
    const source = query.get("daftar") ?? "";
    if (!/^[0-9a-f]{64}$/u.test(upload) || !isSource(source)) return <Missing />;
    return <Preview key={`${upload} ${source}`} upload={upload} source={source} />;
  }
  if (!/^[1-9]\d{0,15}$/u.test(part)) return <Missing />;
  return <ImportDetailView id={Number(part)} />;
}

function Missing(): JSX.Element {
  const { words } = useDesk();
  return (
    <p class="empty">
      {words.say("missing")} <Link to={pagePath("imports")}>{words.say("page.imports")}</Link>
    </p>
  );
}

export function Crumbs(): JSX.Element {
  const { words } = useDesk();
  return (
    <p class="crumbs">
      <Link to={pagePath("imports")}>{words.say("page.imports")}</Link> ›
    </p>
  );
}
