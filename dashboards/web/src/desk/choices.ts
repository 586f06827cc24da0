/** What somebody chose for this browser: language and light. Kept here, told to nobody. */

import { LANGUAGES, type Language } from "../shared/words";

export type Light = "auto" | "light" | "dark";

const LANGUAGE = "pantau.language";
const LIGHT = "pantau.light";

export function chosenLanguage(): Language | null {
  const name = read(LANGUAGE);
  return LANGUAGES.find((language) => language === name) ?? null;
}

export function chooseLanguageHere(language: Language): void {
  write(LANGUAGE, language);
}

export function chosenLight(): Light {
  const name = read(LIGHT);
  return name === "light" || name === "dark" ? name : "auto";
}

export function chooseLight(light: Light): void {
  write(LIGHT, light);
  showLight(light);
}

/** Set the light of the page; without one the system's is followed (see tokens.css). */
export function showLight(light: Light): void {
  const { dataset } = document.documentElement;
  if (light === "auto") delete dataset["light"];
  else dataset["light"] = light;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
