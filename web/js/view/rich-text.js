/**
 * Text as people write it, with its links. What was written is shown letter by letter; a link is made of it only where it says plainly that it is one.
 */
import { el } from '../dom.js';

/** @typedef {{text:string, href?:string, title?:string}} Segment a piece of a text; with `href`, a link */

const schemes = new Set(['http:', 'https:', 'mailto:']);

// A link ends at a blank, at what encloses it, and at characters that are not seen or that turn the direction: those have no business in one.
const candidates = /(?<![\p{L}\p{N}_])(?:https?:\/\/|mailto:)[^\s<>"“”«»\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/giu;
const closing = new Map([[')', '('], [']', '['], ['}', '{'], ['）', '（'], ['」', '「'], ['』', '『'], ['】', '【'], ['》', '《']]);
const trailing = new Set('.,:;!?\'’‘`*_~|…、。，．：；！？｡'.split(''));

/**
 * The pieces of a text. Put together they are the text.
 * @param {string} text
 * @returns {Segment[]}
 */
export function segments(text) {
  /** @type {Segment[]} */
  const found = [];
  let end = 0;
  for (const match of text.matchAll(candidates)) {
    const written = trimmed(match[0]);
    const link = linkOf(written);
    if (!link) {
      continue;
    }
    if (match.index > end) {
      found.push({ text: text.slice(end, match.index) });
    }
    found.push({ text: written, ...link });
    end = match.index + written.length;
  }
  if (end < text.length) {
    found.push({ text: text.slice(end) });
  }
  return found;
}

/**
 * The text as nodes.
 * @param {string} text
 * @returns {(string|HTMLElement)[]}
 */
export function richText(text) {
  return segments(text).map(({ text: written, href, title }) =>
    href ? el('a', { href, title, target: '_blank', rel: 'noopener noreferrer nofollow' }, written) : written);
}

/**
 * Without the punctuation of the sentence around it, and without a bracket that was opened before it.
 * @param {string} written
 */
function trimmed(written) {
  /** @type {Map<string, number>} how many more brackets of a kind are closed than opened */
  const open = new Map();
  for (const letter of written) {
    const opening = closing.get(letter);
    if (opening) {
      open.set(opening, (open.get(opening) ?? 0) - 1);
    } else {
      open.set(letter, (open.get(letter) ?? 0) + 1);
    }
  }
  let end = written.length;
  for (; end > 0; end--) {
    const letter = /** @type {string} */ (written[end - 1]);
    const opening = closing.get(letter);
    if (opening && (open.get(opening) ?? 0) < 0) {
      open.set(opening, (open.get(opening) ?? 0) + 1);
    } else if (!trailing.has(letter)) {
      break;
    }
  }
  return written.slice(0, end);
}

/**
 * Where it leads, if it does. The title names the host in the letters that are looked up, so one that only looks like another is told apart. An address with a name
 * before the host (`https://bank.example@elsewhere.example`) is no link: it is made to be misread.
 * @param {string} written
 * @returns {{href:string, title:string}|null}
 */
function linkOf(written) {
  if (!URL.canParse(written)) {
    return null;
  }
  const url = new URL(written);
  if (!schemes.has(url.protocol) || url.username || url.password) {
    return null;
  }
  if (url.protocol === 'mailto:') {
    return /^[^@\s]+@[^@\s]+$/.test(url.pathname) ? { href: url.href, title: url.pathname } : null;
  }
  return url.hostname ? { href: url.href, title: url.host } : null;
}
