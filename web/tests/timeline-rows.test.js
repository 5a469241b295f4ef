import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockSize, blocksOf, dayOf, firstUnread, lastBlock, rowsOf } from '../js/view/rows.js';

/**
 * @param {number|null} position
 * @param {string} sent
 * @param {{from?:string, event?:string, mine?:boolean, name?:string}} [about]
 * @returns {import('../js/realm/items.js').Item}
 */
function item(position, sent, { from = 'messi', event = 'message', mine = false, name = from } = {}) {
  return { key: `k${position ?? sent}`, position, mine, status: null, entry: { event, to: 'lineker', mid: '', from, name, sent, ...(position === null ? {} : { position }) } };
}

/** @param {import('../js/view/rows.js').Row[]} rows */
const kinds = rows => rows.map(row => row.kind + (row.kind === 'message' && row.leads ? '+' : ''));

test('messages of one sender go together within five minutes', () => {
  const items = [item(1, '2026-11-21T10:00:00'), item(2, '2026-11-21T10:04:59'), item(3, '2026-11-21T10:10:00'), item(4, '2026-11-21T10:10:01', { from: 'lineker' })];
  assert.deepEqual(kinds(rowsOf(items, 0, 4, null)), ['day', 'message+', 'message', 'message+', 'message+']);
});

test('a webhook does not go together with the account that it speaks for', () => {
  const items = [item(1, '2026-11-21T10:00:00'), item(2, '2026-11-21T10:00:01', { name: 'Cuaca' })];
  assert.deepEqual(kinds(rowsOf(items, 0, 2, null)), ['day', 'message+', 'message+']);
});

test('what else happens parts messages', () => {
  const items = [item(1, '2026-11-21T10:00:00'), item(2, '2026-11-21T10:00:01', { event: 'joined' }), item(3, '2026-11-21T10:00:02')];
  assert.deepEqual(kinds(rowsOf(items, 0, 3, null)), ['day', 'message+', 'event', 'message+']);
});

test('each day begins with its line, where the reader is', () => {
  const items = [item(1, '2026-11-21T23:59:59'), item(2, '2026-11-22T00:00:01')];
  assert.deepEqual(kinds(rowsOf(items, 0, 2, null)), ['day', 'message+', 'day', 'message+']);
  assert.equal(dayOf(new Date('2026-01-02T03:04:05')), '2026-01-02');
});

test('a part of the items looks as it does within the whole', () => {
  const items = [item(1, '2026-11-21T10:00:00'), item(2, '2026-11-21T10:00:01'), item(3, '2026-11-21T10:00:02')];
  assert.deepEqual([...rowsOf(items, 0, 2, null), ...rowsOf(items, 2, 3, null)], rowsOf(items, 0, 3, null));
});

test('the line for what is new stands above the first unread message of somebody else', () => {
  const items = [item(1, '2026-11-21T10:00:00'), item(2, '2026-11-21T10:00:01', { mine: true }), item(3, '2026-11-21T10:00:02', { event: 'topic' }), item(4, '2026-11-21T10:00:03'), item(5, '2026-11-21T10:00:04')];
  assert.equal(firstUnread(items, 1), 4);
  assert.equal(firstUnread(items, 5), null);
  assert.deepEqual(kinds(rowsOf(items, 0, 5, 4)), ['day', 'message+', 'message', 'event', 'unread', 'message+', 'message']);
});

test('keys of rows differ', () => {
  const items = Array.from({ length: 50 }, (_, at) => item(at + 1, `2026-11-${String(1 + at % 28).padStart(2, '0')}T10:00:00`));
  const keys = rowsOf(items, 0, 50, 7).map(row => row.key);
  assert.equal(new Set(keys).size, keys.length);
});

test('a block follows from the position, so what is put in before does not change it', () => {
  const items = Array.from({ length: 40 }, (_, at) => item(100 + at, '2026-11-21T10:00:00'));
  const older = Array.from({ length: 9 }, (_, at) => item(91 + at, '2026-11-21T09:00:00'));
  const before = blocksOf(items);
  const after = blocksOf([...older, ...items]);
  for (const block of before.slice(1)) {
    assert.deepEqual(after.find(({ id }) => id === block.id), { id: block.id, start: block.start + 9, end: block.end + 9 });
  }
  assert.equal(before[0]?.id, Math.floor(100 / blockSize));
});

test('what has no position yet is in the last block', () => {
  const blocks = blocksOf([item(1, '2026-11-21T10:00:00'), item(null, '2026-11-21T10:00:01'), item(null, '2026-11-21T10:00:02')]);
  assert.deepEqual(blocks, [{ id: 0, start: 0, end: 1 }, { id: lastBlock, start: 1, end: 3 }]);
  assert.deepEqual(blocksOf([]), []);
});
