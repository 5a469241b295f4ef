import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Addresses } from '../js/realm/addresses.js';
import { compareAt } from '../js/realm/at.js';
import { Emitter } from '../js/realm/emitter.js';
import { mentions } from '../js/realm/mention.js';
import { Shelf } from '../js/realm/shelf.js';
import { Unread } from '../js/realm/unread.js';
import { FakeStorage } from './fakes.js';

test('places are compared as numbers, however long they are', () => {
  assert.ok(compareAt('99', '100') < 0);
  assert.ok(compareAt('90071992547409930', '90071992547409929') > 0);
  assert.equal(compareAt('7', '7'), 0);
});

test('addresses fold the case of ASCII and the name of the own realm, nothing else', () => {
  const addresses = new Addresses({ user: 'Messi', realm: 'Satu' });
  assert.ok(addresses.isSame('MESSI@satu', 'messi'));
  assert.ok(addresses.isSame('#Batak', '#batak@SATU'));
  assert.ok(!addresses.isSame('pelÉ', 'pelé'));
  assert.ok(addresses.isElsewhere('messi@dua') && !addresses.isElsewhere('messi@satu'));
  assert.equal(addresses.conversationOf({ from: 'lineker', to: 'messi' }), 'lineker');
  assert.equal(addresses.conversationOf({ from: 'messi', to: 'lineker' }), 'lineker');
  assert.equal(addresses.conversationOf({ from: 'messi', to: 'messi' }), 'messi');
  assert.equal(addresses.conversationOf({ from: 'lineker', to: '#batak' }), '#batak');
  assert.equal(addresses.moved('#batak@dua', 'satu'), '#batak');
});

test('who does not listen any more hears nothing', () => {
  /** @type {Emitter<{change: number}>} */
  const emitter = new Emitter();
  /** @type {number[]} */
  const heard = [];
  const off = emitter.on('change', (detail) => heard.push(detail));
  emitter.emit('change', 1);
  off();
  emitter.emit('change', 2);
  assert.deepEqual(heard, [1]);
});

test('a mention is the name by itself', () => {
  const messi = { user: 'messi', realm: 'satu' };
  for (const text of ['halo @Messi!', '@messi', '@messi.', '@messi...', '@messi - halo', '(@messi@satu)', '@messi@Satu.', '@messi-2 @messi']) assert.ok(mentions(text, messi), text);
  for (const text of ['surel messi@messi.id', '@messina', 'messi', '@messi@dua', '@messi@satu2', '@messi-2', '@messi.x', '@messi_x']) assert.ok(!mentions(text, messi), text);
  const other = { user: 'a.b-c', realm: 'satu' };
  assert.ok(mentions('@a.b-c', other) && !mentions('@axb-c', other));
});

test('each user of each realm has a shelf of his own', () => {
  const storage = /** @type {any} */ (new FakeStorage());
  const [messi, lineker] = [new Shelf(storage, { user: 'messi', realm: 'satu' }), new Shelf(storage, { user: 'lineker', realm: 'satu' })];
  messi.set('draft:a', 1);
  lineker.set('draft:a', 2);
  assert.equal(messi.get('draft:a'), 1);
  messi.clear();
  assert.deepEqual([messi.get('draft:a'), lineker.get('draft:a'), lineker.names('draft:')], [null, 2, ['draft:a']]);
  storage.setItem('kabar:satu:messi:muted', '{broken');
  assert.equal(messi.get('muted'), null);
});

test('what is unread is counted from where the realm has counted to', () => {
  const unread = new Unread();
  unread.came(11);
  unread.told(3, 5, 10);
  unread.came(10);
  unread.came(12);
  assert.equal(unread.count, 5);
  unread.readTo(8);
  assert.deepEqual([unread.count, unread.isGuess], [4, true]);
  unread.readTo(11);
  assert.deepEqual([unread.count, unread.isGuess], [1, false]);
  unread.told(4, 5, 10);
  assert.deepEqual([unread.count, unread.read], [1, 11], 'a mark does not go back');
});
