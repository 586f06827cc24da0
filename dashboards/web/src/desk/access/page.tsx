/** `/meja/akses`: who gets in, and which panels; made and revoked here. For administrators. */

import type { JSX } from "preact";
import { useDesk } from "../context";
import { Link, usePlace } from "../navigation";
import { pagePath, withQuery } from "../route";
import { Screens } from "./screens";
import { Tokens } from "./tokens";

export default function AccessPage(): JSX.Element {
  const { words } = useDesk();
  const { query } = usePlace();
  const old = query.get("lama") === "ya";
  return (
    <>
      <div class="title">
        <h1 data-test="title">{words.say("page.access")}</h1>
        <Link to={withQuery(pagePath("access"), query, { lama: old ? null : "ya" })}>
          {words.say(old ? "access.hide_old" : "access.show_old")}
        </Link>
      </div>
      <p class="quiet">{words.say("access.about")}</p>
      <Screens old={old} />
      <Tokens old={old} />
    </>
  );
}
