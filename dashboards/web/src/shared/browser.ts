/** The browser as the live city needs it. */

import type { LivePorts } from "./live";
import { steadyClock } from "./steady";
import { STATUS_PATH } from "./stream";

/** Five pictures a second at most: a storm must not keep a small panel PC from its clock. */
const FRAME_MS = 200;

/** Ports to this browser's connections, clock and frames. */
export function browserPorts(): LivePorts {
  const mono = steadyClock(() => performance.now(), Date.now);
  let lastFrameMono = -FRAME_MS;
  return {
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
  };
}
