/**
 * How this panel shows the wall: what its address says, else what belongs to its link
 * (`GET /session`), else as usual.
 *
 *   /dinding/insiden?jarak=6&layar=55&suara=nyala&malam=21.00-05.00&lang=en
 */

import type { ScreenSettings } from "../shared/api/schema";
import { NIGHT, type Night } from "../shared/time";
import { pageAt, PAGES, type Page } from "./pages";
import { rotationIn, rotationOf, type Rotation } from "./rotation";
import { screenIn, screenOf, type Screen } from "./screen";

/** What the address says; null: nothing. */
export interface Address {
  readonly language: string | null;
  readonly screen: Screen | null;
  readonly page: Page | null;
  readonly rotation: Rotation | null;
  readonly site: string | null;
  readonly sound: boolean | null;
  readonly night: Night | null;
}

export interface Wanted {
  readonly language: string | null;
  readonly screen: Screen | null;
  /** What stands between the head and the bottom edge; with a rotation, its pages in turn. */
  readonly page: Page;
  readonly rotation: Rotation | null;
  readonly site: string | null;
  readonly sound: boolean;
  readonly night: Night;
}

/** Read an address. */
export function addressOf(pathname: string, query: URLSearchParams): Address {
  const sound = query.get("suara");
  return {
    language: query.get("lang"),
    screen: screenIn(query),
    page: pageAt(pathname),
    rotation: rotationIn(query, PAGES),
    site: query.get("titik"),
    sound: sound === "nyala" ? true : sound === "mati" ? false : null,
    night: nightIn(query.get("malam")),
  };
}

/** `21.00-05.00`; `tidak`: never. What cannot be read is not said. */
function nightIn(text: string | null): Night | null {
  if (text === "tidak") return { from: 0, until: 0 };
  const read = /^(\d\d)[.:](\d\d)-(\d\d)[.:](\d\d)$/u.exec(text ?? "");
  if (read === null) return null;
  const [from = NaN, until = NaN] = [minutes(read[1], read[2]), minutes(read[3], read[4])];
  return Number.isNaN(from) || Number.isNaN(until) ? null : { from, until };
}

function minutes(hour: string | undefined, minute: string | undefined): number {
  const [h, m] = [Number(hour), Number(minute)];
  return h < 24 && m < 60 ? h * 60 + m : NaN;
}

function nightOf(link: ScreenSettings): Night {
  if (link.night_from === null || link.night_until === null) return { from: 0, until: 0 };
  return nightIn(`${link.night_from}-${link.night_until}`) ?? NIGHT;
}

/** Put address and link together. A page that the address names stays: it does not turn. */
export function wantedOf(address: Address, link: ScreenSettings | null): Wanted {
  const named = address.page !== null || address.rotation !== null;
  const pages = link === null || named ? [] : pagesOf(link.pages);
  return {
    language: address.language ?? link?.language ?? null,
    screen: address.screen ?? screenOf(link?.distance_metres, link?.diagonal_inches),
    page: address.page ?? pages[0] ?? USUAL,
    rotation: address.rotation ?? rotationOf(pages, link?.page_seconds),
    site: address.site,
    sound: address.sound ?? link?.sound ?? false,
    night: address.night ?? (link === null ? NIGHT : nightOf(link)),
  };
}

function pagesOf(names: readonly string[]): Page[] {
  return names.flatMap((name) => PAGES.find((page) => page.name === name) ?? []);
}

const [USUAL] = PAGES as readonly [Page, ...Page[]];
