/**
 * The pages of the wall, by the name in their address: `/dinding/NAME`.
 *
 * A page is one entry here and one module beside this one. The frame (verdict, clock, counts,
 * trust line, and the stale and blind banners) is every page's and is not its business.
 */

import type { JSX } from "preact";
import { checksLateMs } from "../../shared/condition";
import type { Service } from "../../shared/services";
import { listVerdict, verdict, type Context } from "../verdict";
import type { View } from "../view/view";
import { Incidents } from "./incidents";
import { CityMap } from "./map";
import { Overview } from "./overview";
import { ServicePage } from "./service";

export interface Page {
  readonly name: string;
  readonly Body: (view: View) => JSX.Element;
  /** The sentence on top while the wall is live. */
  readonly verdict: (view: View) => string;
  /** What the page is about; null: everything. */
  readonly services: readonly Service[] | null;
  /** It shows every incident: it may stay while somebody should come. */
  readonly tells: boolean;
}

/** How far what is known can be called the present. */
function contextOf({ late, city }: View): Context {
  return { late: late.size, overdue: checksLateMs(city.collectors) > 0 };
}

const OVERVIEW: Page = {
  name: "ringkasan",
  Body: Overview,
  verdict: (view) =>
    verdict(view.summary.incidents, view.summary.counts, view.words, contextOf(view)),
  services: null,
  tells: true,
};

/** A page whose verdict begins with its name. */
function named(
  name: string,
  key: "page.map" | "page.wifi" | "page.cctv" | "page.server",
  more: Pick<Page, "Body" | "services" | "tells">,
): Page {
  return {
    name,
    verdict: (view) =>
      verdict(view.summary.incidents, view.summary.counts, view.words, {
        page: view.words.say(key),
        ...contextOf(view),
      }),
    ...more,
  };
}

export const PAGES: readonly Page[] = [
  OVERVIEW,
  {
    name: "insiden",
    Body: Incidents,
    verdict: (view) =>
      listVerdict(view.summary.incidents, view.summary.counts, view.words, contextOf(view)),
    services: null,
    tells: true,
  },
  named("peta", "page.map", { Body: CityMap, services: null, tells: true }),
  named("wifi", "page.wifi", { Body: ServicePage, services: ["wifi"], tells: false }),
  named("cctv", "page.cctv", { Body: ServicePage, services: ["cctv"], tells: false }),
  named("server", "page.server", {
    Body: ServicePage,
    services: ["server", "power"],
    tells: false,
  }),
];

const PREFIX = "/dinding/";

/** The page that an address names; null for the bare address and for a name nobody knows. */
export function pageAt(pathname: string): Page | null {
  const name = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length).split("/")[0] : "";
  return PAGES.find((page) => page.name === name) ?? null;
}
