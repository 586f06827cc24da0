/**
 * The words people see, from catalogues: Indonesian first, English complete beside it.
 *
 * A message is a text with `{values}`, or one text a plural form (CLDR's names: `one`, `other`).
 * What is here is said on every page; a page adds a catalogue of its own (`wall/words`,
 * `desk/words`) and gets a speaker of both by `speaking`.
 */

import en from "./en.json";
import id from "./id.json";

type Plural = { readonly one?: string; readonly other: string };
export type Message = string | Plural;
export type SharedCatalogue = typeof id;

/** Keys of a catalogue whose message does not depend on a number. */
export type Key<C> = { [K in keyof C]: C[K] extends string ? K : never }[keyof C] & string;

/** Keys of a catalogue whose message has plural forms. */
export type CountKey<C> = Exclude<keyof C & string, Key<C>>;

export type Values = Readonly<Record<string, string | number>>;

export const LANGUAGES = ["id", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every language's messages for the keys of a catalogue: one that lacks a key does not compile. */
export type Catalogues<C> = Readonly<Record<Language, Readonly<Record<keyof C, Message>>>>;

export const SHARED: Catalogues<SharedCatalogue> = { id, en };

/** A speaker of the keys `K` and the plural keys `N`; who knows more keys may stand in for it. */
export interface Words<
  K extends string = Key<SharedCatalogue>,
  N extends string = CountKey<SharedCatalogue>,
> {
  readonly language: Language;
  /** The message of a key. */
  readonly say: (key: K, values?: Values) => string;
  /** The message of a key for `n` things; `{n}` is the number as people write it. */
  readonly count: (key: N, n: number, values?: Values) => string;
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

/** The words of a page: its own catalogue's and the shared ones. */
export type WordsOf<C> = Words<Key<SharedCatalogue> | Key<C>, CountKey<SharedCatalogue> | CountKey<C>>;

/** Speakers of a page's own catalogues and the shared ones, by language. */
export function speaking<C>(own: Catalogues<C>): (language: Language) => WordsOf<C> {
  return (language) => speakerOf(language, { ...SHARED[language], ...own[language] });
}

function speakerOf(
  language: Language,
  catalogue: Readonly<Record<string, Message | undefined>>,
): Words<string, string> {
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
