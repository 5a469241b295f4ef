import { en } from './en.js';
import { id } from './id.js';

/** @typedef {'id' | 'en'} Language */
/** @typedef {string | {one?: string, other: string}} Phrase with `{name}` where a parameter stands; two forms where it depends on `count` */

/** @type {Record<Language, Record<string, Phrase>>} */
const books = { id: { ...id }, en: { ...en } };

/** @type {Record<Language, Intl.PluralRules>} */
const plurals = { id: new Intl.PluralRules('id'), en: new Intl.PluralRules('en') };

/** @type {Language} */
let current = 'id';

/** The language that the page speaks. Indonesian at first. */
export function language() {
  return current;
}

/**
 * Speaks another language from now on.
 * @param {Language} wanted
 */
export function setLanguage(wanted) {
  current = wanted;
}

/**
 * Adds the words of a part of the client that is loaded later.
 * @param {Record<Language, Record<string, Phrase>>} words
 */
export function addWords(words) {
  Object.assign(books.id, words.id);
  Object.assign(books.en, words.en);
}

/**
 * What is said under a key, in the language of the page. A key without words is returned itself, so that it is seen.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 */
export function t(key, params = {}) {
  const phrase = books[current][key];
  if (phrase === undefined) return key;
  const text = typeof phrase === 'string' ? phrase : (phrase[form(params['count'])] ?? phrase.other);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/**
 * Whether there are words under a key.
 * @param {string} key
 */
export function hasWords(key) {
  return key in books[current];
}

/**
 * @param {string | number | undefined} count
 * @returns {'one' | 'other'}
 */
function form(count) {
  return plurals[current].select(Number(count)) === 'one' ? 'one' : 'other';
}
