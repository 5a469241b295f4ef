import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesLeft, isSendable } from '../js/view/message-size.js';

test('what is left is counted in bytes of UTF-8', () => {
  assert.equal(bytesLeft(''), 8192);
  assert.equal(bytesLeft('é'), 8190);
  assert.equal(bytesLeft('a'.repeat(8192)), 0);
  assert.equal(bytesLeft('é'.repeat(4096)), 0);
  assert.equal(bytesLeft('😀'.repeat(2049)), -4);
});

test('blanks alone are not sent, nor what is too long', () => {
  assert.equal(isSendable(' \n\t'), false);
  assert.equal(isSendable('a'), true);
  assert.equal(isSendable('a'.repeat(8193)), false);
});
