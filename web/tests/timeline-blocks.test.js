import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Blocks } from '../js/view/blocks.js';

/** Ten blocks of ten rows, guessed at ten pixels a row. */
function ten() {
  const blocks = new Blocks(10);
  blocks.assign(Array.from({ length: 10 }, (_, id) => ({ id: id * 2, start: id * 10, end: id * 10 + 10 })));
  return blocks;
}

test('a height is guessed until it is measured', () => {
  const blocks = ten();
  assert.equal(blocks.span(0, 10), 1000);
  blocks.measure(4, 10, 200);
  assert.equal(blocks.heightOf(2), 200);
  assert.equal(blocks.heightOf(3), 200); // what was measured is what the others are guessed by
  blocks.measure(4, 10, 210);
  assert.equal(blocks.heightOf(2), 210);
  blocks.forget();
  assert.equal(blocks.heightOf(2), 200);
});

test('what lies in a stretch is found from any block whose place is known', () => {
  const blocks = ten();
  for (const anchor of [0, 3, 9]) {
    assert.deepEqual(blocks.within(anchor, anchor * 100, 350, 620), { first: 3, last: 6, top: 300 });
  }
});

test('a stretch beyond an end has the block nearest to it', () => {
  const blocks = ten();
  assert.deepEqual(blocks.within(5, 500, -900, -100), { first: 0, last: 0, top: 0 });
  assert.deepEqual(blocks.within(5, 500, 5000, 6000), { first: 9, last: 9, top: 900 });
});

test('edges that touch do not count', () => {
  assert.deepEqual(ten().within(0, 0, 100, 200), { first: 1, last: 1, top: 100 });
});

test('a block is found by its id, or the next one behind', () => {
  const blocks = ten();
  assert.equal(blocks.indexOf(6), 3);
  assert.equal(blocks.indexOf(7), 4);
  assert.equal(blocks.indexOf(-1), 0);
  assert.equal(blocks.indexOf(19), -1);
});

test('ten thousand messages are a matter of a moment', () => {
  const blocks = new Blocks();
  blocks.assign(Array.from({ length: 625 }, (_, id) => ({ id, start: id * 16, end: id * 16 + 16 })));
  const { first, last } = blocks.within(0, 0, 300_000, 302_000);
  assert.equal(last - first <= 3, true);
  assert.equal(blocks.within(624, blocks.span(0, 624), 300_000, 302_000).first, first);
});
