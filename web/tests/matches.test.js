import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesIn } from '../js/view/matches.js';

/**
 * @param {string} text
 * @param {string} words
 */
const marked = (text, words) => matchesIn(text, words).map(({ start, end }) => text.slice(start, end));

test('words are found whatever their case and accents', () => {
  assert.deepEqual(marked('Kopi panas? KOPI! kopí', 'kopi panas'), ['Kopi', 'panas', 'KOPI', 'kopí']);
  assert.deepEqual(marked('Cafe\u0301 Zoë', 'cafe zoe'), ['Cafe\u0301', 'Zoë']);
});

test('only the last word may be one that is begun, and only from two letters on', () => {
  assert.deepEqual(marked('teh manis, tehnik', 'teh man'), ['teh', 'manis']);
  assert.deepEqual(marked('manis m', 'm'), ['m']);
});

test('letters inside a word, and text without words, are no matches', () => {
  assert.deepEqual(marked('sekopi', 'kopi'), []);
  assert.deepEqual(marked('kopi', '!? '), []);
});
