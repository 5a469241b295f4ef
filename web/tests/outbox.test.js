import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, history, listed, page, settled } from './fakes.js';

/** @param {import('../js/realm/timeline.js').Timeline} timeline */
const shown = (timeline) => timeline.items.map((item) => [item.position, item.entry.text, item.status]);

/** An open timeline of lineker with one message of his. */
async function talking(kept = {}) {
  const world = page(kept);
  const client = await world.open({ conversations: [listed(entry(1))] });
  const timeline = client.timeline('lineker');
  const started = timeline.start();
  await settled();
  await world.socket().answer('history', history([entry(1)]));
  await started;
  return { ...world, timeline };
}

/** An open timeline of a group whose home is elsewhere, with one message of lineker. */
async function talkingInBatak(kept = {}) {
  const world = page(kept);
  const client = await world.open();
  const timeline = client.timeline('#batak@dua');
  const started = timeline.start();
  await settled();
  await world.socket().answer('history', history([entry(1, { to: '#batak@dua' })]));
  await started;
  return { ...world, client, timeline };
}

/** @param {import('../js/realm/timeline.js').Timeline} timeline @param {number} index */
const keyAt = (timeline, index) => timeline.items[index]?.key;

for (const first of ['reply', 'event']) {
  test(`a message stands at once, and becomes its entry under the same key, when the ${first} comes first`, async () => {
    const { socket, timeline } = await talking();
    const key = timeline.send('halo', { reply: 1 });
    assert.deepEqual(shown(timeline).at(-1), [null, 'halo', 'sending']);
    const request = socket().asked[0];
    assert.deepEqual([request.do, request.to, request.text, request.reply, request.key], ['send', 'lineker', 'halo', 1, key]);
    const said = entry(2, { from: 'messi', text: 'halo', reply: 1 });
    if (first === 'event') socket().tell(said);
    assert.equal(timeline.items.length, 2);
    await socket().answer('send', { state: 'accepted', mid: said.mid, position: 2, at: said.at });
    assert.deepEqual(shown(timeline).at(-1), [2, 'halo', 'sent']);
    if (first === 'reply') socket().tell(said);
    assert.equal(timeline.items.length, 2);
    assert.equal(keyAt(timeline, 1), key);
    assert.equal(timeline.items[1]?.entry.reply, 1);
  });
}

test('what was said on another device meanwhile is not taken for what is being sent', async () => {
  const { socket, timeline } = await talking();
  const key = timeline.send('halo');
  socket().tell(entry(2, { from: 'messi', text: 'halo', mid: 'elsewhere' }));
  assert.equal(timeline.items.length, 2);
  await socket().answer('send', { state: 'accepted', mid: 'here', position: 3, at: '9000' });
  assert.deepEqual(timeline.items.map((item) => [item.position, item.key]), [[1, 'm1'], [2, 'elsewhere'], [3, key]]);
});

test('the reply may come before the event of a message that somebody else has said before', async () => {
  const { socket, timeline } = await talking();
  timeline.send('halo');
  await socket().answer('send', { state: 'accepted', mid: 'm3', position: 3, at: '9000' });
  assert.deepEqual(timeline.items.map((item) => item.position), [1, 3]);
  socket().tell(entry(2));
  socket().tell(entry(3, { from: 'messi', text: 'halo' }));
  assert.deepEqual(timeline.items.map((item) => item.position), [1, 2, 3]);
  assert.deepEqual(socket().verbs, []);
});

test('messages of one conversation are sent one after the other, those of several at once', async () => {
  const { client, socket } = await talking();
  client.outbox.add('lineker', 'one');
  client.outbox.add('lineker', 'two');
  client.outbox.add('james', 'three');
  assert.deepEqual(socket().asked.map(({ text }) => text), ['one', 'three']);
  await socket().answer('send', { state: 'accepted', mid: 'a', position: 2, at: '8000' });
  assert.deepEqual(socket().asked.map(({ text }) => text), ['three', 'two']);
});

test('what was on its way when the connection broke is sent again with the same key, before all else', async () => {
  const { client, socket, timeline, ...world } = await talking();
  const key = timeline.send('halo');
  timeline.send('dunia');
  const said = entry(2, { from: 'messi', text: 'halo' });
  socket().break();
  timeline.send('lagi');
  client.retryNow();
  await world.reopen({ entries: [said], at: said.at });
  assert.equal(socket().asked[0].key, key);
  assert.equal(timeline.items.length, 4, 'it has come, but that it is the one that was sent is not known yet');
  await socket().answer('send', { state: 'accepted', mid: said.mid, position: 2, at: said.at });
  assert.deepEqual(timeline.items.map((item) => [item.position, item.entry.text]), [[1, 'text 1'], [2, 'halo'], [null, 'dunia'], [null, 'lagi']]);
  assert.equal(keyAt(timeline, 1), key);
});

test('what was written outlives the page, with its key and in its order', async () => {
  const { client, storage } = await talking();
  const keys = [client.outbox.add('lineker', 'one'), client.outbox.add('lineker', 'two', 1)];
  client.close();
  const world = page({ storage });
  assert.deepEqual(world.client.outbox.pending('Lineker').map(({ key, text, reply }) => [key, text, reply]), [[keys[0], 'one', undefined], [keys[1], 'two', 1]]);
  world.client.start();
  await world.greet();
  await world.socket().answer('listen', { at: '100' });
  assert.equal(world.socket().asked[0].key, keys[0]);
  await world.socket().answer('send', { state: 'accepted', mid: 'a', position: 2, at: '8000' });
  assert.equal(world.client.outbox.pending('lineker').length, 1);
  assert.equal(page({ storage }).client.outbox.pending('lineker').length, 1);
});

test('a refusal makes a message fail with its reason; it can be said anew or given up, and the next ones are sent', async () => {
  const { client, socket, timeline, storage } = await talking();
  const [one, other] = [timeline.send('one'), timeline.send('two')];
  await socket().refuse('send', 'peer_queue_full');
  const [failed] = timeline.items.slice(1);
  assert.deepEqual([failed?.key, failed?.status, failed?.code, failed?.error], [one, 'failed', 'peer_queue_full', 'message of peer_queue_full']);
  assert.equal(page({ storage }).client.outbox.pending('lineker')[0]?.state, 'failed');
  await socket().answer('send', { state: 'accepted', mid: 'm2', position: 2, at: '8000' });
  assert.equal(client.outbox.discard(other), false);
  const again = client.outbox.retry(one);
  assert.notEqual(again, one);
  assert.equal(socket().asked[0].key, again);
  await socket().refuse('send', 'peer_queue_full');
  assert.equal(client.outbox.discard(again ?? ''), true);
  assert.deepEqual(client.outbox.pending('lineker'), []);
});

test('what may have been sent cannot be given up, what was only written can', async () => {
  const { client, socket } = await talking();
  const sent = client.outbox.add('lineker', 'one');
  const written = client.outbox.add('lineker', 'two');
  assert.equal(client.outbox.discard(sent), false);
  assert.equal(client.outbox.discard(written), true);
  socket().break();
  assert.equal(client.outbox.discard(sent), false);
});

test('a message that waits for the home of its group has no place, and gets it with its entry', async () => {
  const { client, timeline, ...world } = await talkingInBatak();
  const key = timeline.send('horas');
  await world.socket().answer('send', { state: 'pending', mid: 'p' });
  assert.deepEqual(shown(timeline).at(-1), [null, 'horas', 'waiting']);
  assert.equal(page({ storage: world.storage }).client.outbox.pending('#batak@dua')[0]?.state, 'waiting', 'another page asks again what has become of it');
  world.socket().tell(entry(2, { to: '#batak@dua', from: 'messi', mid: 'p', text: 'horas' }));
  assert.deepEqual(shown(timeline).at(-1), [2, 'horas', 'sent']);
  assert.equal(keyAt(timeline, 1), key);
  assert.equal(timeline.items.length, 2);
  assert.deepEqual(client.outbox.pending('#batak@dua'), []);
});

test('what waited for the home of its group has its place with its entry, though the group was not opened on this page', async () => {
  const { client, timeline, ...before } = await talkingInBatak();
  timeline.send('horas');
  await before.socket().answer('send', { state: 'pending', mid: 'p' });
  client.close();
  const world = page(before);
  world.client.start();
  await world.greet();
  await world.socket().answer('listen', { at: '100' });
  await world.socket().answer('send', { state: 'pending', mid: 'p' });
  world.socket().tell(entry(2, { to: '#batak@dua', from: 'messi', mid: 'p', text: 'horas' }));
  assert.deepEqual(world.client.outbox.pending('#batak@dua'), []);
  assert.deepEqual(page(before).client.outbox.pending('#batak@dua'), []);
});

test('what may have been said is not sent again when the realm has forgotten its key; what was never sent is', async () => {
  const { client, clock, storage } = await talking();
  client.outbox.add('lineker', 'sent');
  client.outbox.add('lineker', 'written');
  client.close();
  await clock.pass(7 * 24 * 60 * 60_000);
  const world = page({ storage, clock });
  world.client.start();
  await world.greet();
  await world.socket().answer('listen', { at: '100' });
  assert.deepEqual(world.socket().asked.filter((request) => request.do === 'send').map(({ text }) => text), ['written']);
  assert.deepEqual(world.client.outbox.pending('lineker').map(({ state, code }) => [state, code]), [['failed', 'expired'], ['sending', undefined]]);
});

for (const [said, items] of /** @type {const} */ ([
  [['halo'], [[1, 'text 1', null], [2, 'halo', 'sent']]],
  [['dunia'], [[1, 'text 1', null], [2, 'dunia', 'sent'], [null, 'halo', 'failed']]],
  [['halo', 'halo'], [[1, 'text 1', null], [2, 'halo', 'sent'], [3, 'halo', 'sent'], [null, 'halo', 'failed']]],
])) {
  test(`of a message that is refused when it is sent again it is known whether it was said, when ${said.join(' and ')} was heard`, async () => {
    const { client, socket, timeline, ...world } = await talking();
    timeline.send('halo');
    socket().break();
    client.retryNow();
    await world.reopen({ entries: said.map((text, index) => entry(2 + index, { from: 'messi', text })), at: '999998' });
    await socket().refuse('send', 'unreachable_recipient');
    assert.deepEqual(shown(timeline), items);
    assert.equal(client.outbox.pending('lineker').length, items.filter(([position]) => position === null).length);
  });
}

for (const isLoadedAnew of [false, true]) {
  test(`a message that its group's home has placed while there was no connection stands once, ${isLoadedAnew ? 'found in the history' : 'heard of before the answer'}`, async () => {
    const { client, socket, timeline, ...world } = await talkingInBatak();
    const key = timeline.send('horas');
    socket().break();
    client.retryNow();
    const said = entry(2, { to: '#batak@dua', from: 'messi', mid: 'p', text: 'horas' });
    await world.reopen({ entries: isLoadedAnew ? [] : [said], at: said.at });
    if (isLoadedAnew) {
      timeline.renew();
      await settled();
      const request = socket().asked.findIndex(({ do: verb }) => verb === 'history');
      socket().asked.unshift(...socket().asked.splice(request, 1));
      await socket().answer('history', history([entry(1, { to: '#batak@dua' }), said]));
    }

    assert.equal(socket().asked[0].key, key);
    await socket().answer('send', { state: 'pending', mid: 'p' });
    assert.deepEqual(shown(timeline), [[1, 'text 1', null], [2, 'horas', 'sent']]);
    if (!isLoadedAnew) assert.equal(keyAt(timeline, 1), key);
    assert.deepEqual(client.outbox.pending('#batak@dua'), []);
  });
}

test('a message that could not be delivered after all has failed, whether it has its place or not', async () => {
  const { client, socket, timeline } = await talking();
  timeline.send('halo');
  await socket().answer('send', { state: 'queued', mid: 'q', position: 2, at: '8000' });
  client.outbox.add('#batak@dua', 'horas');
  await socket().answer('send', { state: 'pending', mid: 'p' });
  const failure = { event: 'failed', from: 'messi', to: 'messi', failed: 'expired', text: undefined };
  socket().tell(entry(1, { ...failure, at: '8001', target_mid: 'q', target_to: 'lineker' }));
  socket().tell(entry(2, { ...failure, at: '8002', target_mid: 'p', target_to: '#batak@dua' }));
  assert.deepEqual([timeline.items[1]?.status, timeline.items[1]?.code], ['failed', 'expired']);
  assert.deepEqual(client.outbox.pending('#batak@dua').map(({ state, code }) => [state, code]), [['failed', 'expired']]);
});

test('a home that is recovering is asked again a moment later, in order', async () => {
  const { client, clock, socket } = await talking();
  client.outbox.add('#batak', 'one');
  client.outbox.add('#batak', 'two');
  await socket().refuse('send', 'recovering');
  assert.deepEqual(socket().verbs, []);
  await clock.pass(2_000);
  assert.deepEqual(socket().asked.map(({ text }) => text), ['one']);
});

test('no more than five hundred messages wait', async () => {
  const { client, socket } = await talking();
  socket().break();
  for (let count = 0; count < 500; count++) client.outbox.add('lineker', `text ${count}`);
  assert.throws(() => client.outbox.add('lineker', 'one more'), { code: 'outbox_full' });
});

test('a browser that keeps nothing still sends', async () => {
  const { client, socket, storage } = await talking();
  storage.isFull = true;
  client.outbox.add('lineker', 'halo');
  assert.equal(socket().asked[0].text, 'halo');
});

test('the end of the session makes no message fail, logging out forgets them', async () => {
  const { client, socket, timeline, storage } = await talking();
  timeline.send('halo');
  await socket().refuse('send', 'unknown_session');
  assert.equal(page({ storage }).client.outbox.pending('lineker')[0]?.state, 'waiting');
  client.forget();
  assert.equal(page({ storage }).client.outbox.pending('lineker').length, 0);
});

/** A page with a failed message, and another tab that shows it too. */
async function inTwoTabs() {
  const { client, socket, storage, timeline } = await talking();
  const key = timeline.send('halo');
  await socket().refuse('send', 'muted');
  const tabs = storage.tab();
  const other = page({ storage, tabs }).client;
  assert.equal(other.outbox.pending('lineker')[0]?.state, 'failed');
  return { client, other, storage, key, hear: tabs.hear };
}

for (const act of /** @type {const} */ (['retry', 'discard'])) {
  test(`what one tab does with a failed message (${act}) takes it out of the other`, async () => {
    const { client, other, key, hear } = await inTwoTabs();
    client.outbox[act](key);
    hear();
    assert.deepEqual(other.outbox.pending('lineker'), []);
    assert.deepEqual(client.outbox.pending('lineker').map(({ text }) => text), act === 'retry' ? ['halo'] : []);
  });
}

test('two tabs that say a failed message anew at the same moment say it once', async () => {
  const { client, other, key } = await inTwoTabs();
  assert.ok(client.outbox.retry(key));
  assert.equal(other.outbox.retry(key), null);
  assert.deepEqual(other.outbox.pending('lineker'), []);
});

test('a failed message can be said anew in a browser that keeps nothing', async () => {
  const { client, socket, storage, timeline } = await talking();
  storage.isFull = true;
  const key = timeline.send('halo');
  await socket().refuse('send', 'muted');
  assert.ok(client.outbox.retry(key));
  assert.equal(socket().asked[0].text, 'halo');
});

test('after logging out nothing is kept any more, in no tab', async () => {
  const { client, other, storage, hear } = await inTwoTabs();
  client.forget();
  hear();
  assert.deepEqual(other.outbox.pending('lineker'), []);
  for (const one of [client, other]) {
    one.drafts.set('lineker', { text: 'ha' });
    one.outbox.add('lineker', 'dunia');
    one.conversations.setMuted('lineker', true);
  }

  assert.equal(storage.length, 0);
  const next = page({ storage }).client;
  next.drafts.set('lineker', { text: 'hu' });
  assert.equal(storage.length, 1, 'who logs in again keeps what he writes');
});
