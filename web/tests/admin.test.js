import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, duration, number } from '../js/admin/figures.js';
import { ceilingOf, pointsOf } from '../js/admin/plot.js';
import { mostSamples, Samples } from '../js/admin/samples.js';
import { newPassword } from '../js/admin/secrets.js';
import { en } from '../js/admin/words-en.js';
import { id } from '../js/admin/words-id.js';
import { addWords, setLanguage } from '../js/words/words.js';

addWords({ id, en });

/**
 * @param {number} seconds since the first
 * @param {Partial<import('../js/admin/ask.js').Status>} [more]
 */
function status(seconds, more) {
  const now = new Date(Date.UTC(2026, 2, 1, 12, 0, seconds)).toISOString();
  return /** @type {import('../js/admin/ask.js').Status} */ ({ started: '2026-03-01T11:00:00Z', now, requests: 0, cpu_seconds: 0, resident_bytes: 0, connections: 0, peers: [], ...more });
}

test('both languages have the same words of administration, but for the limits, which the server words in English', () => {
  const keys = Object.keys(id).filter(key => !key.startsWith('admin.limit.'));
  assert.deepEqual(Object.keys(en).sort(), keys.sort());
  for (const key of keys) {
    const parameters = /** @param {string} text */ text => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    assert.deepEqual(parameters(String(en[key])), parameters(String(id[key])), key);
  }
});

test('rates come from two answers that follow each other', () => {
  const samples = new Samples();
  samples.add(status(0, { requests: 100, cpu_seconds: 10 }));
  assert.deepEqual(samples.all, []);
  samples.add(status(2, { requests: 300, cpu_seconds: 11, resident_bytes: 3 * 2 ** 20, connections: 7, peers: [{ realm: 'dua', state: 'down', queue: 4, queue_bytes: 9 }, { realm: 'tiga', state: 'down', queue: 1, queue_bytes: 9 }] }));
  assert.deepEqual(samples.all, [{ requests: 100, cpu: 50, memory: 3, connections: 7, queue: 5 }]);
});

test('the same moment twice gives no rate, and a restart begins anew', () => {
  const samples = new Samples();
  samples.add(status(0));
  samples.add(status(0, { requests: 5 }));
  assert.equal(samples.all.length, 0);
  samples.add(status(2, { requests: 9 }));
  assert.equal(samples.all.length, 1);
  samples.add(status(4, { requests: 0, started: '2026-03-01T12:00:03Z' }));
  assert.equal(samples.all.length, 0);
});

test('no more samples are kept than a plot shows', () => {
  const samples = new Samples();
  for (let second = 0; second < 3 * mostSamples; second++) {
    samples.add(status(second, { connections: second }));
  }
  assert.equal(samples.all.length, mostSamples);
  assert.equal(samples.all.at(-1)?.connections, 3 * mostSamples - 1);
});

test('a plot ends at its right edge and stays inside', () => {
  assert.deepEqual([0, 0.4, 1, 3, 20, 21, 700].map(ceilingOf), [1, 1, 1, 5, 20, 50, 1000]);
  const points = pointsOf([0, 5, 10], 10).map(point => point.split(' ').map(Number));
  assert.equal(points.at(-1)?.[0], 300);
  assert.ok(points.every(([x = -1, y = -1]) => x >= 0 && x <= 300 && y >= 0 && y <= 72));
  assert.ok((points[0]?.[1] ?? 0) > (points[2]?.[1] ?? 0));
});

test('figures are written as the language has them', () => {
  setLanguage('en');
  assert.deepEqual([number(1234567), bytes(999), bytes(1536), bytes(300 * 2 ** 20)], ['1,234,567', '999 B', '1.5 KiB', '300 MiB']);
  assert.deepEqual([0, 61, 3_600, 90_000].map(duration), ['0 s', '1 min 1 s', '1 h 0 min', '1 d 1 h']);
  setLanguage('id');
  assert.deepEqual([number(1234567), bytes(1536), duration(90_000)], ['1.234.567', '1,5 KiB', '1 hr 1 jam']);
});

test('a password is as long as it is said to be and never the same', () => {
  const made = new Set(Array.from({ length: 100 }, newPassword));
  assert.equal(made.size, 100);
  for (const password of made) {
    assert.match(password, /^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/);
  }
});
