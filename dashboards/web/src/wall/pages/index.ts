/**
 * The pages of the wall, by the name in their address: `/dinding/NAME`.
 *
 * A page is one entry here and one module beside this one. The frame (verdict, clock, counts,
 * trust line, and the stale and blind banners) is every page's and is not its business.
 */

import type { JSX } from "preact";
import type { View } from "../view/view";
import { Overview } from "./overview";

export interface Page {
  readonly name: string;
  readonly Body: (view: View) => JSX.Element;
}

const OVERVIEW: Page = { name: "ringkasan", Body: Overview };

export const PAGES: readonly Page[] = [OVERVIEW];

const PREFIX = "/dinding/";

/** The page of an address; the overview for the bare address and for a name nobody knows. */
export function pageAt(pathname: string): Page {
  const name = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length).split("/")[0] : "";
  return PAGES.find((page) => page.name === name) ?? OVERVIEW;
}
