/** Where the wall starts: the link's token, the ports to the browser, the first drawing. */

import { render } from "preact";
import { ask } from "../shared/api/client";
import { browserPorts } from "../shared/browser";
import { LiveCity } from "../shared/live";
import { openSession, takeToken } from "../shared/session";
import { questionsFor } from "./questions";
import { Speaker } from "../shared/speaker";
import { keepUp } from "./upkeep";
import { App } from "./view/app";
import { addressOf } from "./wanted";
import "./style/index.css";

const RETRY_SESSION_MS = 3_000;

const ports = browserPorts();
const wall = new LiveCity(ports);
const questions = questionsFor(wall, ask, {
  mono: ports.mono,
  later: (call, milliseconds) => void setTimeout(call, milliseconds),
});

async function start(token: string | null): Promise<void> {
  if (token !== null) {
    const answer = await openSession(token);
    if (answer === "refused") wall.refuse("revoked");
    if (answer === "unreachable") {
      setTimeout(() => void start(token), RETRY_SESSION_MS);
      return;
    }
  }
  // Also after a refusal: an older session may still be good.
  wall.start();
}

const root = document.getElementById("wall");
if (root === null) throw new Error("the page has no #wall");
render(
  <App
    wall={wall}
    questions={questions}
    mono={ports.mono}
    panelNow={Date.now}
    root={document.documentElement}
    address={addressOf(location.pathname, new URLSearchParams(location.search))}
    speaker={new Speaker()}
  />,
  root,
);
keepUp(wall, ports.mono, () => {
  const { open } = questions.incidents.current;
  return open !== null && [...open.values()].every((one) => one.acknowledged_at !== null);
});
// A new link opened in the same tab changes only the fragment.
addEventListener("hashchange", () => location.reload());
void start(takeToken(location, history));
