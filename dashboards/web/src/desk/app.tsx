/** The desk: who is here, what they may believe, and the page of the address. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useReducer, useState } from "preact/hooks";
import { ask } from "../shared/api/client";
import { judge, lastKnownAt, serverNow } from "../shared/condition";
import type { OpenIncidents } from "../shared/incidents";
import type { LiveCity } from "../shared/live";
import { useLive, useSeconds } from "../shared/view/hooks";
import { chooseLanguage } from "../shared/words";
import { useAnswer } from "./answer";
import { chooseLanguageHere, chosenLanguage } from "./choices";
import { DeskContext, useDesk, type Desk } from "./context";
import { DevicePage } from "./device/page";
import { Frame } from "./frame";
import { IncidentPage } from "./incident/page";
import { IncidentsPage } from "./incident/list";
import { DevicesPage } from "./inventory/page";
import { Link, usePlace } from "./navigation";
import { ProblemsPage } from "./problems/page";
import { PAGES, sees, type PageProps } from "./pages";
import { PROBLEMS, routeOf, type PlainPage, type Route } from "./route";
import { useDoor, type Door } from "./session";
import { SignIn } from "./signin";
import { ownersOf } from "./texts";
import { wordsOf, type Words } from "./words";

/** What is followed while somebody is inside; each session gets its own, and old words end with it. */
export interface Connection {
  readonly live: LiveCity;
  readonly store: OpenIncidents;
}

export interface AppProps {
  readonly connect: () => Connection;
  readonly mono: () => number;
}

export function App(props: AppProps): JSX.Element {
  const door = useDoor();
  const { query } = usePlace();
  const [chosen, setChosen] = useState(chosenLanguage);
  const asked = query.get("lang") ?? chosen;
  const words = useWords(asked, null);
  if (door.entry.state === "inside") {
    return (
      <Inside
        {...props}
        door={door}
        visitor={door.entry.visitor}
        asked={asked}
        onLanguage={(next) => {
          chooseLanguageHere(next);
          setChosen(next);
        }}
      />
    );
  }
  if (door.entry.state === "outside") return <SignIn door={door} words={words} />;
  return (
    <p class="empty boot" role="status">
      {words.say(door.entry.state === "asking" ? "loading" : "problem.unreachable")}
    </p>
  );
}

interface InsideProps extends AppProps {
  readonly door: Door;
  readonly visitor: Desk["visitor"];
  readonly asked: string | null;
  readonly onLanguage: (language: Words["language"]) => void;
}

function Inside({ connect, mono, door, visitor, asked, onLanguage }: InsideProps): JSX.Element {
  const { live, store } = useMemo(connect, [connect]);
  const { city, link } = useLive(live);
  const words = useWords(asked, city?.language ?? null);
  const incidents = useIncidents(store);
  useSeconds(mono, (at) => serverNow(link, at) ?? Date.now());
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  useEffect(() => live.check());
  useEffect(() => {
    if (link.refused !== "none" || incidents.trouble?.status === 401) door.lost();
  }, [link.refused, incidents.trouble, door]);

  const devices = city?.devices;
  // The stream names owners of devices; those of links and power are in the list alone.
  const { value: listed } = useAnswer(`owners ${city?.areas.length}`, (signal) =>
    ask("GET /owners", { signal }),
  );
  const owners = useMemo(
    () =>
      new Map([
        ...ownersOf(devices?.values() ?? []),
        ...(listed?.items ?? []).map(({ id, name }) => [id, name] as const),
      ]),
    [devices, listed],
  );
  const areas = useMemo(
    () => new Map(city?.areas.map((one) => [one.code, one.name])),
    [city?.areas],
  );
  const now = mono();
  const condition = judge(link, city, now);
  const server = serverNow(link, now) ?? Date.now();
  const desk: Desk = {
    words,
    live,
    city,
    link,
    condition,
    store,
    incidents,
    visitor,
    owners,
    areas,
    zone: city?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    at: condition === "stale" ? (lastKnownAt(link) ?? server) : server,
    now: server,
  };
  const { path } = usePlace();
  const route = routeOf(path);
  useTitle(route, desk);
  return (
    <DeskContext.Provider value={desk}>
      <Frame
        route={route}
        mono={now}
        onLanguage={onLanguage}
        onLeave={() => void door.leave()}
      >
        <Page route={route} />
      </Frame>
    </DeskContext.Provider>
  );
}

/** The words to speak; the document says in which language it is. */
function useWords(asked: string | null, server: string | null): Words {
  const language = chooseLanguage(asked, server);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return useMemo(() => wordsOf(language), [language]);
}

function Page({ route }: { route: Route }): JSX.Element {
  switch (route.page) {
    case "problems":
      return <ProblemsPage />;
    case "incidents":
      return <IncidentsPage />;
    case "incident":
      return <IncidentPage key={route.id} id={route.id} />;
    case "devices":
      return <DevicesPage />;
    case "device":
      return <DevicePage key={route.id} id={route.id} />;
    case "missing":
      return <Missing />;
    default:
      return <PlainPageOf key={`${route.page} ${route.part}`} page={route.page} part={route.part} />;
  }
}

type Shown =
  | { readonly is: "loading" | "failed" }
  | { readonly is: "here"; readonly View: ComponentType<PageProps> };

/** A page whose code comes when it is opened. */
function PlainPageOf({ page, part }: { page: PlainPage; part: string | null }): JSX.Element {
  const { words, visitor } = useDesk();
  const [shown, setShown] = useState<Shown>({ is: "loading" });
  useEffect(() => {
    let wanted = true;
    PAGES[page].load().then(
      ({ default: View }) => wanted && setShown({ is: "here", View }),
      () => wanted && setShown({ is: "failed" }),
    );
    return () => {
      wanted = false;
    };
  }, [page]);
  if (!sees(visitor.role, page)) return <Missing role={PAGES[page].role} />;
  if (shown.is === "here") return <shown.View part={part} />;
  return <p class="empty">{words.say(shown.is === "loading" ? "loading" : "page.not_loaded")}</p>;
}

/** There is no such page; or there is, for a `role` that this token has not. */
function Missing({ role }: { role?: "viewer" | "operator" | "admin" }): JSX.Element {
  return (
    <DeskContext.Consumer>
      {(desk) => (
        <p class="empty" data-test="missing">
          {role === undefined ? desk?.words.say("missing") : desk?.words.say("not_yours", { role: desk.words.say(`role.${role}`) })}{" "}
          <Link to={PROBLEMS}>{desk?.words.say("page.problems")}</Link>
        </p>
      )}
    </DeskContext.Consumer>
  );
}

function useIncidents(store: OpenIncidents): OpenIncidents["current"] {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => store.subscribe(() => redraw()), [store]);
  return store.current;
}

/** `(1) Masalah · Pantau`: the number shows in a tab that nobody looks at. */
function useTitle(route: Route, { words, incidents }: Desk): void {
  const open = [...(incidents.open?.values() ?? [])];
  const untaken = open.filter((one) => one.acknowledged_by === null).length;
  const title = `${untaken > 0 ? `(${untaken}) ` : ""}${nameOf(route, words)} · Pantau`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function nameOf(route: Route, words: Words): string {
  switch (route.page) {
    case "incident":
      return words.say("page.incidents");
    case "device":
      return words.say("page.devices");
    case "missing":
      return "Pantau";
    default:
      return words.say(`page.${route.page}`);
  }
}
