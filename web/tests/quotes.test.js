import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Quotes } from '../js/view/quotes.js';
import { entry, history, listed, page, settled } from './fakes.js';

/** A conversation of which the entries 50 and 51 are loaded, and what is quoted in it. */
async function quoting() {
  const world = page();
  const timeline = (await world.open({ conversations: [listed(entry(51))] })).timeline('lineker');
  const started = timeline.start();
  await settled();
  await world.socket().answer('history', history([entry(50), entry(51, { reply: 7 })], { head: 51 }));
  await started;
  const quotes = new Quotes(timeline);
  const answer = async (/** @type {Record<string, unknown>} */ other = {}) => {
    await settled();
    await world.socket().answer('history', history([entry(7, other)], { head: 51 }));
  };
  return { socket: world.socket, quotes, answer, end: quotes.follow() };
}

test('what is quoted and was taken back is not shown as it was, though it is not loaded', async () => {
  const { socket, quotes, answer, end } = await quoting();
  assert.equal(quotes.of(7).state, 'loading');
  await answer();
  assert.equal(text(quotes.of(7)), 'text 7');
  let changes = 0;
  quotes.on('change', () => changes++);
  socket().tell(entry(52, { event: 'reacted', target: 7, emoji: '👍' }));
  assert.deepEqual([text(quotes.of(7)), changes], ['text 7', 0]);
  socket().tell(entry(53, { event: 'deleted', target: 7 }));
  assert.deepEqual([quotes.of(7).state, changes], ['loading', 1]);
  await answer({ text: undefined, deleted: true });
  assert.deepEqual([text(quotes.of(7)), changes], [undefined, 2]);
  end();
});

test('an answer that is older than an edit is asked for again', async () => {
  const { socket, quotes, answer, end } = await quoting();
  quotes.of(7);
  await settled();
  socket().tell(entry(52, { event: 'edited', target: 7, text: 'better' }));
  assert.equal(quotes.of(7).state, 'loading');
  await answer();
  assert.equal(quotes.of(7).state, 'loading');
  await answer({ text: 'better' });
  assert.equal(text(quotes.of(7)), 'better');
  end();
});

/** @param {import('../js/view/quotes.js').Quote} quote */
const text = quote => quote.state === 'known' ? quote.entry.text : quote.state;
