import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionsOn } from '../js/view/message-actions.js';

/** @param {Partial<import('../js/realm/items.js').Item>} item @param {boolean} mayDiscard */
function namesOn(item, mayDiscard) {
  const { position = null, status = 'sending' } = item;
  const entry = { event: 'message', to: 'lineker', mid: '', from: 'messi', name: 'Messi', sent: '2026-11-21T14:52:00Z', text: 'halo' };
  const rights = { mayWrite: true, isGroup: false, mayDelete: () => true, mayDiscard: () => mayDiscard };
  return actionsOn({ key: 'k', position, entry, mine: true, status }, rights).map(({ name }) => name);
}

test('what has failed, or waits and was never sent, can be discarded; what may be at the realm already cannot', () => {
  assert.deepEqual(namesOn({ status: 'failed' }, true), ['retry', 'copy', 'discard']);
  assert.deepEqual(namesOn({ status: 'sending' }, true), ['copy', 'discard']);
  assert.deepEqual(namesOn({ status: 'sending' }, false), ['copy']);
});
