/** Where the desk starts: the ports to the browser, the live city, the first drawing. */

import { render } from "preact";
import { ask } from "../shared/api/client";
import { browserPorts } from "../shared/browser";
import { OpenIncidents } from "../shared/incidents";
import { LiveCity } from "../shared/live";
import { App, type Connection } from "./app";
import { chosenLight, showLight } from "./choices";
import "./style/index.css";

showLight(chosenLight());
const ports = browserPorts();

function connect(): Connection {
  const live = new LiveCity(ports);
  const store = new OpenIncidents({
    ask,
    later: (call, milliseconds) => setTimeout(call, milliseconds),
  });
  live.hear((event) => store.hear(event));
  return { live, store };
}

const root = document.getElementById("desk");
if (root === null) throw new Error("the page has no #desk");
render(<App connect={connect} mono={ports.mono} />, root);
