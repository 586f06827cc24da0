/** What a form says of a screen, as the API takes it, and how it is said in a line. Pure. */

import type { ScreenSettings } from "../../shared/api/schema";
import type { Words } from "../words";

export const WALL_PAGES = ["ringkasan", "insiden", "peta", "wifi", "cctv", "server"] as const;
export const USUAL: ScreenSettings = {
  distance_metres: null,
  diagonal_inches: null,
  pages: [],
  page_seconds: 20,
  night_from: "22:00",
  night_until: "05:30",
  sound: false,
  language: "id",
};

/** The settings that a form holds. Its fields are those of `ScreenForm`. */
export function settingsIn(form: FormData): ScreenSettings {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const number = (name: string): number | null => {
    const value = Number(text(name).replace(",", "."));
    return text(name) !== "" && Number.isFinite(value) ? value : null;
  };
  const dims = form.get("dims") !== null;
  const distance = number("distance");
  const diagonal = number("diagonal");
  const both = distance !== null && diagonal !== null;
  return {
    distance_metres: both ? distance : null,
    diagonal_inches: both ? diagonal : null,
    pages: WALL_PAGES.filter((page) => form.get(`page-${page}`) !== null),
    page_seconds: number("seconds") ?? USUAL.page_seconds,
    night_from: dims ? text("night-from") || USUAL.night_from : null,
    night_until: dims ? text("night-until") || USUAL.night_until : null,
    sound: form.get("sound") !== null,
    language: text("language") === "en" ? "en" : "id",
  };
}

/** `Ringkasan, Peta tiap 20 dtk · 6 m, 55″ · malam 22.00–05.30 · suara`: what differs is seen. */
export function settingsLine(settings: ScreenSettings, words: Words): string {
  const pages = settings.pages.map((page) => words.say(`wallpage.${page}`)).join(", ");
  const turning =
    settings.pages.length > 1
      ? words.say("screen.turning", { pages, n: settings.page_seconds })
      : pages || words.say("screen.any_page");
  const clock = (text: string): string => text.replace(":", words.say("clock.separator"));
  return [
    turning,
    settings.distance_metres === null || settings.diagonal_inches === null
      ? null
      : words.say("screen.size", {
          metres: words.number(settings.distance_metres),
          inches: words.number(settings.diagonal_inches),
        }),
    settings.night_from === null || settings.night_until === null
      ? words.say("screen.no_night")
      : words.say("screen.night", {
          from: clock(settings.night_from),
          until: clock(settings.night_until),
        }),
    settings.sound ? words.say("screen.rings") : null,
    settings.language === "en" ? "English" : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** A name that nobody has yet: `layar-3`. */
export function nextName(stem: string, taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
