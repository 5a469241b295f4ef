import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationHash, parseRoute } from '../js/view/routes.js';

test('a conversation of any name is found again by the address that leads to it', () => {
  for (const address of ['messi', 'james@dua', '#batak', '#kopi-pagi@satu.example', '#a/b?c%', 'details']) {
    assert.deepEqual(parseRoute(conversationHash(address)), { place: 'conversation', address, position: null, details: false });
    assert.deepEqual(parseRoute(conversationHash(address, 12)), { place: 'conversation', address, position: 12, details: false });
    assert.deepEqual(parseRoute(conversationHash(address, 'details')), { place: 'conversation', address, position: null, details: true });
  }
});

test('pages have addresses too', () => {
  assert.deepEqual(parseRoute('#/settings'), { place: 'settings' });
  assert.deepEqual(parseRoute('#/admin'), { place: 'admin', path: '' });
  assert.deepEqual(parseRoute('#/admin/groups/batak%40satu'), { place: 'admin', path: 'groups/batak%40satu' });
});

test('what leads nowhere leads to the beginning, and a position that is none to the end', () => {
  for (const hash of ['', '#', '#/', '#/c', '#/c/', '#/c/%', '#/nowhere']) assert.deepEqual(parseRoute(hash), { place: 'home' });
  for (const position of ['0', '-1', '1.5', 'x', '99999999999999999999']) {
    assert.deepEqual(parseRoute(`#/c/messi/${position}`), { place: 'conversation', address: 'messi', position: null, details: false });
  }
});
