import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, page, settled } from './fakes.js';

test('a page resumes its session, listens, and then asks for its conversations', async () => {
  const { client, socket, states } = page();
  client.start();
  assert.equal(client.state, 'connecting');
  socket().onopen?.();
  assert.deepEqual(socket().asked.map(({ id: _, ...request }) => request), [{ do: 'resume' }, { do: 'language', language: 'en' }, { do: 'listen' }]);
  await socket().answer('resume', { user: 'messi' });
  await socket().answer('language');
  await socket().answer('listen', { at: '100' });
  assert.deepEqual(states, ['live']);
  assert.deepEqual(socket().verbs, ['group list', 'conversations']);
});

test('replies go to those who asked, though several ask at once', async () => {
  const world = page();
  const client = await world.open();
  const [one, other] = [client.request('who'), client.request('group list', { all: true })];
  const refused = assert.rejects(other, { code: 'failed', message: 'message of failed' });
  await world.socket().answer('who', { users: [] });
  await world.socket().refuse('group list', 'failed');
  assert.deepEqual((await one).users, []);
  await refused;
});

test('a refusal without id belongs to the first that is open', async () => {
  const world = page();
  const client = await world.open();
  const refused = assert.rejects(client.request('edit'), { code: 'malformed_request' });
  world.socket().tell({ status: 'ERROR', code: 'malformed_request', message: '' });
  await refused;
});

test('what no line can hold is refused here, and breaks no connection', async () => {
  const world = page();
  const client = await world.open();
  await assert.rejects(client.request('edit', { text: 'é'.repeat(33_000) }), { code: 'message_too_long' });
  assert.deepEqual(world.socket().verbs, []);
});

test('when the connection breaks, what is open is rejected as offline, and it is tried again after longer and longer waits', async () => {
  const world = page();
  const client = await world.open();
  const open = assert.rejects(client.request('who'), { code: 'offline' });
  world.socket().break();
  await open;
  assert.equal(client.state, 'offline');
  const waits = [];
  for (let tries = 0; tries < 9; tries++) {
    const wait = (client.retryAt ?? 0) - world.clock.now();
    waits.push(Math.round(wait / 100) / 10);
    await world.clock.pass(wait + 1);
    assert.equal(client.retryAt, null);
    world.socket().break();
  }

  assert.deepEqual(waits, [0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  await assert.rejects(client.request('who'), { code: 'offline' });
});

test('it is tried at once when the network is said to be back', async () => {
  const world = page();
  const client = await world.open();
  world.socket().break();
  client.retryNow();
  assert.equal(world.sockets.length, 2);
  await world.clock.pass(14_999);
  assert.equal(world.sockets.length, 2, 'the attempt that was waited for is not made as well');
  await world.clock.pass(2_001);
  assert.equal(world.sockets.length, 3, 'one that does not open in time is given up');
});

test('after a break it listens from the last entry that it heard, and is live when it has caught up', async () => {
  const world = page();
  const client = await world.open({ at: '100' });
  const heard = entry(1);
  world.socket().tell(heard);
  await settled();
  world.socket().break();
  client.retryNow();
  await world.greet();
  const listening = await world.socket().answer('listen', { at: '9000' });
  assert.equal(listening.from, heard.at);
  assert.equal(client.state, 'offline');
  world.socket().tell({ event: 'live', at: '9000' });
  assert.equal(client.state, 'live');
});

test('an entry that was heard is not heard again', async () => {
  const world = page();
  const client = await world.open();
  /** @type {number[]} */
  const notified = [];
  client.conversations.on('notify', ({ entry }) => notified.push(entry.position));
  const one = entry(1);
  world.socket().tell(one);
  world.socket().tell(one);
  await settled();
  assert.deepEqual(notified, [1]);
  assert.equal(client.conversations.unread, 1);
});

test('when the data of the realm were put back from a backup, everything is loaded anew', async () => {
  const world = page();
  const client = await world.open({ at: '5000', conversations: [{ with: 'james', last: entry(9, { at: '4000', from: 'james' }), read: 9, unread: 0 }] });
  world.socket().break();
  client.retryNow();
  await world.reopen({ at: '300' });
  assert.deepEqual(client.conversations.list, []);
  assert.ok(world.socket().verbs.includes('conversations'));
  const again = entry(1, { at: '400' });
  world.socket().tell(again);
  await settled();
  assert.equal(client.conversations.get('lineker')?.last?.mid, again.mid, 'an entry whose place was seen before is a new one');
});

test('thirty seconds of silence are broken by a ping, and who does not answer it in ten is given up', async () => {
  const world = page();
  const client = await world.open();
  await world.clock.pass(29_999);
  assert.deepEqual(world.socket().verbs, []);
  await world.clock.pass(1);
  await world.socket().answer('ping');
  await world.clock.pass(30_000);
  assert.deepEqual(world.socket().verbs, ['ping']);
  await world.clock.pass(9_999);
  assert.equal(client.state, 'live');
  await world.clock.pass(1);
  assert.equal(client.state, 'offline');
  assert.ok(world.socket().isClosed);
});

for (const [what, end] of /** @type {[string, (socket: import('./fakes.js').FakeSocket) => unknown][]} */ ([
  ['the realm says so', (socket) => socket.tell({ event: 'logged_out' })],
  ['a request is answered so', (socket) => socket.refuse('who', 'unknown_session')],
])) {
  test(`the session is over when ${what}, and nothing is tried again`, async () => {
    const world = page();
    const client = await world.open();
    client.request('who').catch(() => {});
    await end(world.socket());
    assert.equal(client.state, 'ended');
    await world.clock.pass(120_000);
    assert.equal(world.sockets.length, 1);
  });
}

test('the session is over when it cannot be resumed', async () => {
  for (const [code, parameter] of [['unknown_session', undefined], ['missing_parameter', 'token']]) {
    const world = page();
    world.client.start();
    world.socket().onopen?.();
    await world.socket().refuse('resume', code ?? '', parameter);
    assert.equal(world.client.state, 'ended');
  }
});

test('the session is over for this page when somebody else has logged in beside it', async () => {
  const world = page();
  world.client.start();
  world.socket().onopen?.();
  await world.socket().answer('resume', { user: 'lineker' });
  await world.socket().answer('language');
  await world.socket().answer('listen', { at: '1' });
  assert.equal(world.client.state, 'ended');
});

test('ending a session that there is not ends not one\'s own', async () => {
  const world = page();
  const client = await world.open();
  const refused = assert.rejects(client.request('sessions end', { session: 'x' }), { code: 'unknown_session' });
  await world.socket().refuse('sessions end', 'unknown_session');
  await refused;
  assert.equal(client.state, 'live');
});
