/** What somebody chose for this browser: language, light, sound. Kept here, told to nobody. */

import { LANGUAGES, type Language } from "../shared/words";

export type Light = "auto" | "light" | "dark";

const LANGUAGE = "pantau.language";
const LIGHT = "pantau.light";
const SOUND = "pantau.sound";

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

/** Whether a new critical is to be heard at this desk; nobody is rung at without asking for it. */
export function wantsSound(): boolean {
  return read(SOUND) === "on";
}

export function chooseSound(on: boolean): void {
  write(SOUND, on ? "on" : "off");
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
