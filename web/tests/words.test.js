import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, test } from 'node:test';
import { en as enAdmin } from '../js/admin/words-en.js';
import { id as idAdmin } from '../js/admin/words-id.js';
import { en } from '../js/words/en.js';
import { day, lastSeen, shortTime, time, untilMidnight } from '../js/words/format.js';
import { id } from '../js/words/id.js';
import { addWords, hasWords, setLanguage, t } from '../js/words/words.js';

afterEach(() => setLanguage('id'));

test('both languages have words for the same things, with the same parameters', () => {
  assert.deepEqual(Object.keys(id), Object.keys(en));
  for (const key of Object.keys(en)) assert.deepEqual(parameters(id[key]), parameters(en[key]), key);
});

test('every key that the client names by itself has words', async () => {
  addWords({ id: idAdmin, en: enAdmin });
  const root = new URL('../js/', import.meta.url);
  for (const name of await readdir(root, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const text = await readFile(new URL(name, root), 'utf8');
    for (const [, key] of text.matchAll(/\bt\('([^']+)'/g)) assert.ok(key !== undefined && hasWords(key), `${name}: ${key}`);
  }
});

test('words take parameters and numbers, and change with the language', () => {
  addWords({
    id: { 'test.unread': '{count} belum dibaca dari {name}' },
    en: { 'test.unread': { one: '{count} unread message of {name}', other: '{count} unread messages of {name}' } },
  });
  assert.equal(t('test.unread', { count: 1, name: '$& {count}' }), '1 belum dibaca dari $& {count}');
  setLanguage('en');
  assert.equal(t('test.unread', { count: 1, name: 'x' }), '1 unread message of x');
  assert.equal(t('test.unread', { count: 2, name: 'x' }), '2 unread messages of x');
  assert.equal(t('test.nothing'), 'test.nothing');
});

test('times and days are written as the language does', () => {
  const now = new Date(2026, 10, 21, 14, 52).getTime();
  assert.equal(time(now), '14.52');
  assert.equal(day(now, now), 'Hari ini');
  assert.equal(day(new Date(2026, 10, 20, 23, 59), now), 'Kemarin');
  assert.equal(day(new Date(2026, 10, 2), now), 'Senin, 2 November');
  assert.equal(shortTime(new Date(2026, 10, 17), now), 'Selasa');
  assert.equal(lastSeen(now - 5 * 60_000, now), 'terlihat 5 menit yang lalu');
  setLanguage('en');
  assert.equal(time(now), '14:52');
  assert.match(day(new Date(2025, 10, 2), now), /^Sunday,? 2 November 2025$/);
  assert.equal(lastSeen(now - 3 * 3_600_000, now), 'seen 3 hours ago');
  assert.equal(lastSeen(new Date(2026, 10, 20, 9, 5), now), 'seen yesterday at 09:05');
});

/** @param {import('../js/words/words.js').Phrase | undefined} phrase */
function parameters(phrase) {
  const texts = typeof phrase === 'string' ? [phrase] : Object.values(phrase ?? {});
  return [...new Set(texts.join(' ').match(/\{\w+\}/g) ?? [])].sort();
}

test('the next day begins at midnight here, also at the end of a year', () => {
  for (const now of [new Date(2026, 10, 21, 14, 52), new Date(2026, 11, 31, 23, 59, 59, 999), new Date(2027, 0, 1)]) {
    const next = new Date(now.getTime() + untilMidnight(now.getTime()));
    assert.deepEqual([next.getHours(), next.getMinutes(), next.getSeconds(), next.getMilliseconds()], [0, 0, 0, 0]);
    assert.equal(day(now, next.getTime()), 'Kemarin');
  }
});
