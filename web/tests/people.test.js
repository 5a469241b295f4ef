import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, listed, page, settled } from './fakes.js';

test('who types is shown for six seconds, or until he has said something', async () => {
  const { client, clock, socket } = await withLineker();
  /** @type {string[]} */
  const changes = [];
  client.typing.on('change', (address) => changes.push(address));
  socket().tell({ event: 'typing', from: 'lineker', to: 'messi' });
  assert.deepEqual(client.typing.of('Lineker'), ['Gary Lineker']);
  await clock.pass(4_000);
  socket().tell({ event: 'typing', from: 'lineker', to: 'messi' });
  await clock.pass(5_999);
  assert.equal(client.typing.of('lineker').length, 1);
  await clock.pass(1);
  assert.deepEqual(client.typing.of('lineker'), []);
  socket().tell({ event: 'typing', from: 'lineker', to: 'messi' });
  socket().tell(entry(6));
  assert.deepEqual(client.typing.of('lineker'), []);
  assert.deepEqual(changes, ['lineker', 'lineker', 'lineker', 'lineker', 'lineker']);
});

test('that one types is told every three seconds at most', async () => {
  const { client, clock, socket } = await withLineker();
  client.typing.tell('lineker');
  client.typing.tell('lineker');
  await clock.pass(3_000);
  client.typing.tell('lineker');
  assert.deepEqual(socket().verbs, ['typing', 'typing']);
});

test('it is known how those are with whom one has a conversation, and after a break it is asked again', async () => {
  const { client, socket, ...world } = await withLineker();
  socket().tell({ event: 'presence', user: 'lineker', presence: 'online' });
  assert.equal(client.presence.of('lineker'), 'online');
  socket().tell({ event: 'presence', user: 'lineker', presence: 'offline', seen: '2026-11-21T14:00:00.000Z' });
  assert.deepEqual([client.presence.of('lineker'), client.presence.seen('lineker')], ['offline', '2026-11-21T14:00:00.000Z']);
  socket().break();
  assert.equal(client.presence.of('lineker'), undefined);
  client.retryNow();
  await world.reopen({ at: '999999' });
  await socket().answer('group list', { groups: [] });
  assert.equal((await socket().answer('status', { user: 'lineker', presence: 'away' })).user, 'lineker');
  assert.equal(client.presence.of('lineker'), 'away');
});

test('how somebody is, is asked once, and again when the realm could not tell', async () => {
  const { client, socket } = await withLineker();
  client.presence.ask('pele');
  client.presence.ask('Pele');
  await socket().refuse('status', 'failed');
  assert.deepEqual(socket().verbs, []);
  client.presence.ask('pele');
  await socket().answer('status', { user: 'pele', presence: 'away' });
  assert.equal(client.presence.of('pele'), 'away');
});

test('one is away after five minutes without a touch, also on the next connection', async () => {
  const { client, clock, socket, ...world } = await withLineker();
  const away = () => socket().asked.filter((request) => request.do === 'status set').map(({ presence }) => presence);
  const minutes = async (/** @type {number} */ count) => {
    for (let half = 0; half < 2 * count; half++) {
      await clock.pass(30_000);
      if (socket().verbs.includes('ping')) await socket().answer('ping');
    }
  };
  await minutes(4);
  client.presence.touch();
  await minutes(4.5);
  assert.deepEqual(away(), []);
  await clock.pass(29_999);
  assert.deepEqual(away(), []);
  await clock.pass(1);
  socket().asked = socket().asked.filter((request) => request.do !== 'ping');
  assert.deepEqual(away(), ['away']);
  socket().break();
  client.retryNow();
  await world.reopen({ at: '999999' });
  assert.deepEqual(away(), ['away']);
  client.presence.touch();
  assert.deepEqual(away(), ['away', 'online']);
});

test('who is there teaches names', async () => {
  const { client, socket } = await withLineker();
  const who = client.presence.who();
  await socket().answer('who', { users: [{ user: 'pele', name: 'Pelé', presence: 'online' }] });
  await who;
  assert.deepEqual([client.names.of('PELE'), client.presence.of('pele')], ['Pelé', 'online']);
});

test('the members of a group are asked for once, and follow what happens', async () => {
  const { client, socket } = await withLineker();
  const asked = client.groups.members('#batak');
  await socket().answer('group members', {
    group: '#batak',
    members: [{ user: 'messi', name: 'Lionel Messi', role: 'owner', muted: false }, { user: 'james', name: 'James Maranata', role: 'member', muted: false }],
  });
  await asked;
  /** @param {number} position @param {Record<string, unknown>} what */
  const happens = (position, what) => socket().tell(entry(position, { to: '#batak', from: 'messi', text: undefined, ...what }));
  happens(2, { event: 'joined', from: 'pele', name: 'Pelé' });
  happens(3, { event: 'role', user: 'JAMES', role: 'moderator' });
  happens(4, { event: 'muted', user: 'pele' });
  assert.deepEqual(
    (await client.groups.members('#BATAK')).map(({ user, role, muted }) => [user, role, muted]),
    [['messi', 'owner', false], ['james', 'moderator', false], ['pele', 'member', true]],
  );
  happens(5, { event: 'kicked', user: 'pele' });
  assert.equal((await client.groups.members('#batak')).length, 2);
  happens(6, { event: 'topic', text: 'horas' });
  happens(7, { event: 'closed' });
  assert.deepEqual(client.groups.of('#batak'), { group: '#batak', topic: 'horas', open: false, members: 2, role: 'owner' });
});

test('who follows an owner that leaves is asked for', async () => {
  const { client, socket } = await withLineker();
  const asked = client.groups.members('#batak');
  await socket().answer('group members', { group: '#batak', members: [{ user: 'james', name: 'James', role: 'owner', muted: false }] });
  await asked;
  socket().tell(entry(2, { event: 'left', from: 'james', to: '#batak', text: undefined }));
  client.groups.members('#batak').catch(() => {});
  assert.ok(socket().verbs.includes('group list') && socket().verbs.includes('group members'));
});

test('what is done in a group is a request of its name', async () => {
  const { client, socket } = await withLineker();
  const done = [
    client.groups.create('java', false), client.groups.join('#java'), client.groups.invite('#java', 'pele'), client.groups.role('#java', 'pele', 'owner'),
    client.groups.topic('#java', ''), client.groups.move('#java', 'dua'), client.groups.leave('#java'),
  ];
  for (const act of done) act.catch(() => {});
  assert.deepEqual(socket().asked.map(({ id: _, ...request }) => request), [
    { do: 'group create', group: 'java', open: false }, { do: 'group join', group: '#java' }, { do: 'group invite', group: '#java', user: 'pele' },
    { do: 'group role', group: '#java', user: 'pele', role: 'owner' }, { do: 'group topic', group: '#java', text: '' }, { do: 'group move', group: '#java', realm: 'dua' },
    { do: 'group leave', group: '#java' },
  ]);
});

test('drafts outlive the page, and an empty one is none', async () => {
  const { client, storage } = await withLineker();
  client.drafts.set('Lineker', { text: 'ha', reply: 3 });
  client.drafts.set('james', { text: 'x' });
  client.drafts.set('james', { text: '' });
  const next = page({ storage }).client;
  assert.deepEqual([next.drafts.get('lineker'), next.drafts.get('james')], [{ text: 'ha', reply: 3 }, null]);
});

test('a search asks for the words, and where', async () => {
  const { client, socket } = await withLineker();
  const found = client.search('kopi pan*', { in: 'lineker', before: '900' });
  const request = await socket().answer('search', { entries: [], more: false });
  assert.deepEqual([request.words, request.in, request.before], ['kopi pan*', 'lineker', '900']);
  assert.deepEqual((await found).entries, []);
});

async function withLineker() {
  const world = page();
  const client = await world.open({
    groups: [{ group: '#batak', topic: '', open: true, members: 2, role: 'owner' }],
    conversations: [listed(entry(5)), listed(entry(1, { to: '#batak', from: 'james' }), { with: '#batak' })],
  });
  await settled();
  return { ...world, client };
}
