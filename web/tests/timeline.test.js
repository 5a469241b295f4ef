import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, history, listed, page, settled } from './fakes.js';

/**
 * An open timeline of lineker.
 * @param {import('../js/realm/types.js').PlacedEntry[]} entries
 * @param {Record<string, unknown>} [other] about the page of the history
 */
async function talking(entries, other) {
  const world = page();
  const client = await world.open({ conversations: [listed(entries.at(-1) ?? entry(1))] });
  const timeline = client.timeline('lineker');
  const started = timeline.start();
  await settled();
  await world.socket().answer('history', history(entries, other));
  await started;
  /** @type {import('../js/realm/timeline.js').Change[]} */
  const changes = [];
  timeline.on('change', (change) => changes.push(change));
  return { ...world, timeline, changes };
}

/** @param {number} from @param {number} to */
const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));

/** @param {import('../js/realm/timeline.js').Timeline} timeline */
const positions = (timeline) => timeline.items.map((item) => item.position);

test('it is the same timeline however the address is written', async () => {
  const { client, timeline } = await talking([]);
  assert.equal(client.timeline('Lineker@SATU'), timeline);
});

test('it begins at the end, and grows at its beginning until there is nothing before', async () => {
  const { socket, timeline } = await talking(entries(5, 6));
  assert.deepEqual([positions(timeline), timeline.hasOlder, timeline.hasNewer], [[5, 6], true, false]);
  const older = timeline.older();
  assert.ok(timeline.isLoading);
  timeline.older();
  assert.equal(socket().asked.length, 1);
  assert.equal((await socket().answer('history', history(entries(3, 4), { head: 6 }))).before, 5);
  await older;
  assert.deepEqual(positions(timeline), [3, 4, 5, 6]);
  timeline.older();
  await socket().answer('history', history([], { first: 3, last: 2, head: 6 }));
  assert.equal(timeline.hasOlder, false);
});

test('pages on which there are only revisions are passed over', async () => {
  const { socket, timeline } = await talking(entries(5, 5));
  const older = timeline.older();
  await socket().answer('history', history([], { first: 3, last: 4, head: 5 }));
  assert.equal((await socket().answer('history', history(entries(1, 2), { head: 5 }))).before, 3);
  await older;
  assert.deepEqual(positions(timeline), [1, 2, 5]);
});

test('it opens around a position, takes no new entries then but knows of them, and finds the way to the end', async () => {
  const { socket, timeline } = await talking(entries(90, 99));
  const found = timeline.start(50);
  await settled();
  await socket().answer('history', history(entries(49, 50), { head: 99 }));
  await socket().answer('history', history(entries(51, 52), { head: 99 }));
  await found;
  assert.deepEqual([positions(timeline), timeline.hasNewer], [[49, 50, 51, 52], true]);
  socket().tell(entry(100));
  assert.deepEqual(positions(timeline), [49, 50, 51, 52]);
  const newer = timeline.newer();
  await socket().answer('history', history(entries(53, 100)));
  await newer;
  assert.equal(timeline.hasNewer, false);
  socket().tell(entry(101));
  assert.equal(positions(timeline).at(-1), 101);
});

test('to say something leads back to the end', async () => {
  const { socket, timeline } = await talking(entries(90, 99));
  timeline.start(50).catch(() => {});
  await settled();
  await socket().answer('history', history(entries(49, 50), { head: 99 }));
  await socket().answer('history', history(entries(51, 52), { head: 99 }));
  const key = timeline.send('halo');
  await settled();
  await socket().answer('send', { state: 'accepted', mid: 'm100', position: 100, at: '9000' });
  await socket().answer('history', history([...entries(98, 99), entry(100, { from: 'messi', text: 'halo' })]));
  assert.deepEqual(positions(timeline), [98, 99, 100]);
  assert.ok(key);
});

test('revisions change what they are about, and are no items', async () => {
  const { socket, timeline, changes } = await talking([entry(1), entry(2, { from: 'messi' })]);
  socket().tell(entry(3, { event: 'edited', target: 1, text: 'better' }));
  socket().tell(entry(4, { event: 'reacted', target: 2, emoji: '👍' }));
  socket().tell(entry(5, { event: 'reacted', target: 2, emoji: '🎉', from: 'LINEKER' }));
  assert.deepEqual(positions(timeline), [1, 2]);
  assert.equal(timeline.find(1)?.entry.text, 'better');
  assert.ok(timeline.find(1)?.entry.edited);
  assert.deepEqual(timeline.find(2)?.entry.reactions, [{ emoji: '🎉', from: 'LINEKER' }]);
  socket().tell(entry(6, { event: 'reacted', target: 2, emoji: '' }));
  assert.deepEqual(timeline.find(2)?.entry.reactions, []);
  socket().tell(entry(7, { event: 'deleted', target: 1 }));
  assert.deepEqual([timeline.find(1)?.entry.deleted, timeline.find(1)?.entry.text], [true, undefined]);
  assert.ok(changes.every((change) => change.kind === 'update'));
  socket().tell(entry(8));
  assert.deepEqual([positions(timeline), changes.at(-1)?.kind], [[1, 2, 8], 'append']);
});

test('what happens while a page is on its way is not lost, and nothing stands twice', async () => {
  const world = page();
  const client = await world.open();
  const timeline = client.timeline('lineker');
  const started = timeline.start();
  await settled();
  world.socket().tell(entry(3));
  world.socket().tell(entry(4, { event: 'edited', target: 2, text: 'better' }));
  await world.socket().answer('history', history(entries(1, 2)));
  await started;
  assert.deepEqual([positions(timeline), timeline.find(2)?.entry.text], [[1, 2, 3], 'better']);

  const again = page();
  const other = (await again.open()).timeline('lineker');
  other.start();
  await settled();
  again.socket().tell(entry(3));
  await again.socket().answer('history', history(entries(1, 3)));
  assert.deepEqual(positions(other), [1, 2, 3]);
});

test('an edit that comes while an older page is on its way holds for what is on it', async () => {
  const { socket, timeline } = await talking(entries(3, 4));
  timeline.older();
  socket().tell(entry(5, { event: 'edited', target: 2, text: 'better' }));
  await socket().answer('history', history(entries(1, 2), { head: 4 }));
  assert.equal(timeline.find(2)?.entry.text, 'better');
});

test('what is loaded stays readable while there is no connection, and what was missed follows', async () => {
  const { client, socket, timeline, ...world } = await talking(entries(1, 2));
  socket().break();
  assert.deepEqual(positions(timeline), [1, 2]);
  await timeline.older();
  client.retryNow();
  await world.reopen({ entries: [entry(3), entry(4, { event: 'deleted', target: 2 })], at: '99999' });
  assert.deepEqual(positions(timeline), [1, 2, 3]);
  assert.equal(timeline.find(2)?.entry.deleted, true);
});

test('a timeline that is opened while there is no connection is loaded when there is one', async () => {
  const world = page();
  const client = await world.open();
  world.socket().break();
  const timeline = client.timeline('lineker');
  const started = timeline.start();
  client.retryNow();
  await world.reopen({ at: '100' });
  await settled();
  while (world.socket().verbs[0] !== 'history') world.socket().asked.shift();
  await world.socket().answer('history', history(entries(1, 1)));
  await started;
  assert.deepEqual(positions(timeline), [1]);
});

test('a conversation that cannot be read says why', async () => {
  const world = page();
  const client = await world.open();
  const refused = assert.rejects(client.timeline('siapa').start(), { code: 'unknown_recipient' });
  await settled();
  await world.socket().refuse('history', 'unknown_recipient');
  await refused;
  assert.equal(client.timeline('siapa').isLoading, false);
});

test('the state of one\'s own messages follows the receipts, also those of the history', async () => {
  const own = [1, 2, 3].map((position) => entry(position, { from: 'messi' }));
  const { socket, timeline, changes } = await talking(own, { receipts: [{ from: 'lineker', to: 'messi', stored: 0, delivered: 2, read: 1 }] });
  const statuses = () => timeline.items.map((item) => item.status);
  assert.deepEqual(statuses(), ['read', 'delivered', 'sent']);
  socket().tell({ event: 'receipt', from: 'lineker', to: 'messi', stored: 0, delivered: 2, read: 2 });
  assert.deepEqual([statuses(), changes.at(-1)?.keys], [['read', 'read', 'sent'], ['m2']]);
  socket().tell({ event: 'receipt', from: 'lineker', to: 'messi', stored: 0, delivered: 1, read: 1 });
  assert.deepEqual(statuses(), ['read', 'read', 'sent']);
  assert.equal(changes.length, 1);
});

test('to another realm a message waits until that has it', async () => {
  const world = page();
  const client = await world.open();
  const timeline = client.timeline('james@dua');
  timeline.start();
  await settled();
  await world.socket().answer('history', history([1, 2].map((position) => entry(position, { from: 'messi', to: 'james@dua' })), {
    receipts: [{ from: 'james@dua', to: 'messi', stored: 1, delivered: 0, read: 0 }],
  }));
  assert.deepEqual(timeline.items.map((item) => item.status), ['sent', 'waiting']);
});

test('in a group it is known who has read a message', async () => {
  const world = page();
  const client = await world.open();
  const timeline = client.timeline('#batak');
  timeline.start();
  await settled();
  await world.socket().answer('history', history([entry(1, { from: 'messi', to: '#batak' })]));
  for (const from of ['james', 'lineker', 'messi']) world.socket().tell({ event: 'receipt', from, to: '#batak', stored: 0, delivered: 0, read: 1 });
  assert.deepEqual(timeline.readBy(1), ['james', 'lineker']);
  assert.equal(timeline.items[0]?.status, 'read');
});

test('two thousand items are kept around what is looked at, and what was dropped is loaded again', async () => {
  const { socket, timeline } = await talking(entries(10_001, 10_100));
  for (let first = 9_901; timeline.items.length < 2_200; first -= 100) {
    timeline.see(first + 100, first + 120);
    const older = timeline.older();
    await socket().answer('history', history(entries(first, first + 99), { head: 10_100 }));
    await older;
    if (timeline.hasNewer) break;
  }

  timeline.see(7_901, 7_920);
  const older = timeline.older();
  await socket().answer('history', history(entries(7_801, 7_900), { head: 10_100 }));
  await older;
  assert.equal(timeline.items.length, 2_000);
  assert.deepEqual([timeline.items[0]?.position, timeline.hasNewer], [7_801, true]);
  const newer = timeline.newer();
  assert.equal(socket().asked[0].after, 9_800);
  await socket().answer('history', history(entries(9_801, 9_900), { head: 10_100 }));
  await newer;
  assert.equal(timeline.items.at(-1)?.position, 9_900);
});

test('what is answered can be shown though it is not loaded', async () => {
  const { socket, timeline } = await talking(entries(50, 51));
  assert.equal((await timeline.peek(50))?.text, 'text 50');
  const peeked = timeline.peek(7);
  await settled();
  const request = await socket().answer('history', history(entries(7, 7), { head: 51 }));
  assert.deepEqual([request.before, request.limit], [8, 1]);
  assert.equal((await peeked)?.text, 'text 7');
});

test('who comes back to a group is given what was said meanwhile as a history', async () => {
  const world = page();
  const client = await world.open();
  const timeline = client.timeline('#batak');
  timeline.start();
  await settled();
  await world.socket().answer('history', history([entry(1, { to: '#batak' })]));
  world.socket().tell(entry(2, { event: 'left', from: 'messi', to: '#batak' }));
  assert.equal(timeline.isGone, true);
  world.socket().tell(entry(9, { event: 'joined', from: 'messi', to: '#batak' }));
  await settled();
  assert.equal(timeline.isGone, false);
  while (world.socket().verbs[0] !== 'history') world.socket().asked.shift();
  assert.deepEqual([world.socket().verbs[0], world.socket().asked[0].to], ['history', '#batak']);
});

test('what one has written stands in a conversation that is not loaded, and whose history is refused', async () => {
  const world = page();
  const client = await world.open();
  const timeline = client.timeline('#batak');
  const written = () => timeline.items.map((item) => [item.entry.text, item.status, item.code]);
  /** @type {string[]} */
  const told = [];
  timeline.on('change', ({ keys }) => told.push(...keys));
  const key = timeline.send('horas');
  assert.deepEqual(written(), [['horas', 'sending', undefined]]);
  assert.ok(told.includes(key));
  await world.socket().refuse('send', 'not_a_member');
  const started = assert.rejects(timeline.start(), { code: 'not_a_member' });
  await settled();
  await world.socket().refuse('history', 'not_a_member');
  await started;
  assert.deepEqual(written(), [['horas', 'failed', 'not_a_member']]);
});
