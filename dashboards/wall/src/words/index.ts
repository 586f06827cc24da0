/**
 * The words people see, from catalogues: Indonesian first, English complete beside it.
 *
 * A message is a text with `{values}`, or one text a plural form (CLDR's names: `one`, `other`).
 */

import en from "./en.json";
import id from "./id.json";

type Plural = { readonly one?: string; readonly other: string };
type Catalogue = typeof id;

/** Keys whose message does not depend on a number. */
export type Key = {
  [K in keyof Catalogue]: Catalogue[K] extends string ? K : never;
}[keyof Catalogue];

/** Keys whose message has plural forms. */
export type CountKey = Exclude<keyof Catalogue, Key>;

export type Values = Readonly<Record<string, string | number>>;

export const LANGUAGES = ["id", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

// The annotations make the compiler refuse a catalogue that lacks a key of the other.
const CATALOGUES: Readonly<Record<Language, Readonly<Record<keyof Catalogue, string | Plural>>>> = {
  id,
  en,
};

export interface Words {
  readonly language: Language;
  /** The message of a key. */
  say(key: Key, values?: Values): string;
  /** The message of a key for `n` things; `{n}` is the number as people write it. */
  count(key: CountKey, n: number, values?: Values): string;
  /** The message of a key that data names (`reason.…`), or null if the catalogue has none. */
  find(key: string): string | null;
  /** As `find`, for plural messages (`kind.…`). */
  findCount(key: string, n: number): string | null;
  number(n: number): string;
  /** Short name of a month, 1 to 12. */
  month(month: number): string;
}

/** The language to use: what the address asks for, else the server's, else Indonesian. */
export function chooseLanguage(asked: string | null, server: string | null): Language {
  const known = (name: string | null): Language | undefined =>
    LANGUAGES.find((language) => language === name);
  return known(asked) ?? known(server) ?? "id";
}

/** The catalogue of one language, ready to speak. */
export function wordsOf(language: Language): Words {
  const catalogue: Readonly<Record<string, string | Plural | undefined>> = CATALOGUES[language];
  const plural = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language === "id" ? "id-ID" : "en-GB");

  const number = (n: number): string => numbers.format(n);
  const find = (key: string): string | null => {
    const message = catalogue[key];
    return typeof message === "string" ? message : null;
  };
  const findCount = (key: string, n: number): string | null => {
    const message = catalogue[key];
    if (message === undefined || typeof message === "string") return null;
    return (plural.select(n) === "one" ? message.one : undefined) ?? message.other;
  };
  return {
    language,
    say: (key, values = {}) => fill(find(key) ?? key, values),
    count: (key, n, values = {}) => fill(findCount(key, n) ?? key, { ...values, n: number(n) }),
    find,
    findCount,
    number,
    month: (month) => (find("months") ?? "").split(" ")[month - 1] ?? String(month),
  };
}

function fill(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/gu, (place, name: string) => String(values[name] ?? place));
}
