/**
 * Where a text has the words of a search: without regard to case and accents, from the beginning of a word.
 * @param {string} text
 * @param {string} words
 * @returns {{start: number, end: number}[]} in their order, none over another
 */
export function matchesIn(text, words) {
  const wanted = [...words.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map(([word]) => plain(word));
  const last = wanted.at(-1);
  /** @type {{start: number, end: number}[]} */
  const found = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const word = plain(match[0]);
    if (wanted.includes(word) || last !== undefined && last.length > 1 && word.startsWith(last)) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return found;
}

/** @param {string} word */
const plain = word => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
