/** Where the wall starts: the link's token, the ports to the browser, the first drawing. */

import { render } from "preact";
import { LiveCity } from "../shared/live";
import { openSession, takeToken } from "../shared/session";
import { STATUS_PATH } from "../shared/stream";
import { pageAt } from "./pages";
import { screenIn } from "./screen";
import { App } from "./view/app";
import "./style/index.css";

const RETRY_SESSION_MS = 3_000;
const RELOAD_AFTER_FAULT_MS = 60_000;

/** Five pictures a second at most: a storm must not keep a small panel PC from its clock. */
const FRAME_MS = 200;

const mono = (): number => performance.now();

let lastFrameMono = -FRAME_MS;

const wall = new LiveCity({
  open: (path) => new EventSource(path),
  mono,
  random: Math.random,
  later: (call, milliseconds) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
  frame: (call) => {
    const rest = Math.max(0, lastFrameMono + FRAME_MS - mono());
    setTimeout(() => {
      const draw = (): void => {
        lastFrameMono = mono();
        call();
      };
      // A page that nobody sees gets no frames; it must still take in what it hears.
      if (document.hidden) draw();
      else requestAnimationFrame(draw);
    }, rest);
  },
  isRefused: async () => {
    try {
      const answer = await fetch(STATUS_PATH, { credentials: "same-origin" });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false;
    }
  },
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

const query = new URLSearchParams(location.search);
const root = document.getElementById("wall");
if (root === null) throw new Error("the page has no #wall");
render(
  <App
    wall={wall}
    mono={mono}
    panelNow={Date.now}
    askedLanguage={query.get("lang")}
    screen={screenIn(query)}
    page={pageAt(location.pathname)}
  />,
  root,
);
// A fault of our own leaves an old picture standing. After 35 s the style sheet frames it as stale
// (`.dead-man`); then the page begins anew, because nobody is there to do it.
addEventListener("error", () => setTimeout(() => location.reload(), RELOAD_AFTER_FAULT_MS));
// A new link opened in the same tab changes only the fragment.
addEventListener("hashchange", () => location.reload());
void start(takeToken(location, history));
