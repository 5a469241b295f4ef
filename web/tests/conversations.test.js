import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, history, listed, page, settled } from './fakes.js';

/** @param {import('../js/realm/client.js').Client} client */
const addresses = (client) => client.conversations.list.map(({ address }) => address);

/** A client with conversations with lineker (read up to 5) and james, and the group #batak. @param {Record<string, unknown>} [lineker] */
async function talking(lineker = {}) {
  const world = page();
  const [batak, james, last] = [entry(3, { to: '#batak', from: 'james', name: 'Hook' }), entry(2, { from: 'james', name: 'James Maranata' }), entry(5)];
  const client = await world.open({
    groups: [{ group: '#batak', topic: 'horas', open: true, members: 3, role: 'member' }],
    conversations: [listed(last, lineker), listed(james, { with: 'james' }), listed(batak, { with: '#batak' })],
  });
  /** @type {[string, number][]} */
  const notified = [];
  client.conversations.on('notify', ({ entry, address }) => notified.push([address, entry.position]));
  return { ...world, client, notified };
}

test('the list is as the realm tells it, with names, topics and what is unread', async () => {
  const { client } = await talking({ read: 3, unread: 2 });
  const [lineker, james, batak] = client.conversations.list;
  assert.deepEqual([lineker?.title, lineker?.unread, lineker?.read, lineker?.last?.text], ['Gary Lineker', 2, 3, 'text 5']);
  assert.equal(james?.title, 'James Maranata', 'what comes through a webhook bears another name');
  assert.deepEqual([batak?.title, batak?.isGroup, batak?.topic], ['#batak', true, 'horas']);
  assert.equal(client.conversations.unread, 2);
});

test('what is said puts a conversation first, is counted when it is of others, and told', async () => {
  const { client, socket, notified } = await talking();
  socket().tell(entry(3, { from: 'james' }));
  assert.deepEqual(addresses(client), ['james', 'lineker', '#batak']);
  assert.equal(client.conversations.get('JAMES')?.unread, 1);
  socket().tell(entry(6, { from: 'messi' }));
  assert.deepEqual(addresses(client), ['lineker', 'james', '#batak']);
  assert.equal(client.conversations.get('lineker')?.unread, 0);
  socket().tell(entry(7, { event: 'reacted', target: 6, emoji: '👍' }));
  assert.equal(client.conversations.get('lineker')?.unread, 0);
  assert.deepEqual(notified, [['james', 3]]);
});

test('what the list knew already is not counted again', async () => {
  const { client, socket } = await talking({ read: 4, unread: 1 });
  const known = client.conversations.get('lineker')?.last;
  socket().tell(known);
  assert.equal(client.conversations.get('lineker')?.unread, 1);
});

test('an edit of the last line changes it, an edit of another one does not', async () => {
  const { client, socket } = await talking();
  socket().tell(entry(6, { event: 'edited', target: 5, text: 'better' }));
  socket().tell(entry(7, { event: 'edited', target: 2, text: 'old' }));
  assert.equal(client.conversations.get('lineker')?.last?.text, 'better');
  socket().tell(entry(8, { event: 'deleted', target: 5 }));
  assert.equal(client.conversations.get('lineker')?.last?.deleted, true);
});

test('when the newest entry is a revision, the last line is asked for', async () => {
  const world = page();
  const client = world.client;
  client.start();
  await world.greet();
  await world.socket().answer('listen', { at: '1' });
  await world.socket().answer('group list', { groups: [] });
  await world.socket().answer('conversations', { conversations: [listed(entry(5, { event: 'reacted', target: 4, emoji: '👍' }), { read: 2, unread: 2 })], more: false });
  await world.socket().answer('status', { user: 'lineker', presence: 'online' });
  await world.socket().answer('history', history([entry(3), entry(4)], { last: 5, head: 5, read: 2 }));
  assert.deepEqual([client.conversations.get('lineker')?.last?.position, client.conversations.get('lineker')?.unread], [4, 2]);
});

test('a conversation that was not loaded appears with its first entry, and what is unread in it is asked for', async () => {
  const { client, socket } = await talking();
  socket().tell(entry(40, { from: 'pele', name: 'Pelé' }));
  assert.deepEqual([addresses(client)[0], client.conversations.get('pele')?.title], ['pele', 'Pelé']);
  await socket().answer('status', { user: 'pele', presence: 'online' });
  const asked = socket().answer('history', history([38, 39, 40].map((position) => entry(position, { from: 'pele' })), { to: 'pele', read: 37 }));
  socket().tell(entry(41, { from: 'pele' }));
  await asked;
  assert.deepEqual([client.conversations.get('pele')?.unread, client.conversations.get('pele')?.read], [4, 37]);
});

test('what is seen is read at once here, and the realm is told a moment later, once', async () => {
  const { client, clock, socket } = await talking({ read: 0, unread: 5 });
  client.timeline('lineker').markRead(4);
  await settled();
  await socket().answer('history', history([entry(5)], { first: 1, read: 0 }));
  client.timeline('lineker').markRead(5);
  client.timeline('lineker').markRead(3);
  assert.equal(client.conversations.get('lineker')?.unread, 0);
  await clock.pass(500);
  assert.deepEqual(socket().asked.map(({ do: verb, to, position }) => [verb, to, position]), [['read', 'lineker', 5]]);
  await clock.pass(5_000);
  assert.equal(socket().asked.length, 1);
});

test('a part that was read is counted from what is loaded', async () => {
  const { client, socket } = await talking({ read: 0, unread: 4 });
  const timeline = client.timeline('lineker');
  timeline.start();
  await settled();
  await socket().answer('history', history([entry(1), entry(2, { from: 'messi' }), entry(3), entry(4), entry(5)], { read: 0 }));
  assert.equal(timeline.read, 0);
  timeline.markRead(3);
  assert.equal(client.conversations.get('lineker')?.unread, 2);
  assert.deepEqual(socket().verbs, []);
});

test('what was read while there was no connection is told when there is one', async () => {
  const { client, clock, socket, ...world } = await talking({ read: 4, unread: 1 });
  socket().break();
  client.timeline('lineker').markRead(5);
  await clock.pass(500);
  if (client.retryAt !== null) client.retryNow();
  await world.reopen({ at: '999999' });
  assert.deepEqual(socket().asked.filter((request) => request.do === 'read').map(({ position }) => position), [5]);
});

test('how far one has read is told once, in a group that one has left too', async () => {
  const { client, clock, socket, ...world } = await talking();
  socket().tell(entry(4, { event: 'left', from: 'messi', to: '#batak', text: undefined }));
  const timeline = client.timeline('#batak');
  const marks = async () => {
    timeline.markRead(4);
    await clock.pass(500);
    return socket().asked.filter((request) => request.do === 'read').length;
  };
  assert.equal(await marks(), 1);
  await socket().refuse('read', 'not_a_member');
  assert.equal(await marks(), 0);
  timeline.markRead(5);
  assert.equal(await marks(), 1);
  socket().break();
  await clock.pass(500);
  await world.reopen({ at: '999999' });
  assert.equal(await marks(), 1, 'what may not have been heard is told again');
});

test('what another device has read is read here', async () => {
  const { client, socket } = await talking({ read: 3, unread: 2 });
  socket().tell({ event: 'receipt', from: 'messi', to: 'lineker', stored: 0, delivered: 0, read: 5 });
  assert.deepEqual([client.conversations.get('lineker')?.unread, client.conversations.get('lineker')?.read], [0, 5]);
});

test('a message that was deleted is not unread any more', async () => {
  const { client, socket } = await talking();
  socket().tell(entry(6));
  socket().tell(entry(7, { event: 'deleted', target: 6 }));
  assert.equal(client.conversations.get('lineker')?.unread, 0);
});

test('when a message was deleted that the realm had counted, it counts again', async () => {
  const { client, socket } = await talking({ read: 3, unread: 2 });
  socket().tell(entry(6, { event: 'deleted', target: 4 }));
  await socket().answer('history', history([entry(3), entry(4, { deleted: true }), entry(5)], { last: 6, head: 6, read: 3 }));
  assert.equal(client.conversations.get('lineker')?.unread, 1);
  assert.deepEqual(socket().verbs, []);
});

test('a group appears when one joins it, and goes when one is put out', async () => {
  const { client, socket } = await talking();
  socket().tell(entry(7, { event: 'joined', from: 'messi', to: '#java', text: undefined }));
  assert.equal(addresses(client)[0], '#java');
  assert.equal(client.conversations.get('#java')?.read, 7);
  socket().tell(entry(8, { event: 'kicked', from: 'james', user: 'Messi', to: '#java', text: undefined }));
  socket().tell(entry(4, { event: 'kicked', from: 'james', user: 'lineker', to: '#batak', text: undefined }));
  assert.deepEqual(addresses(client), ['#batak', 'lineker', 'james']);
});

test('a group that has another home keeps its place under its new name', async () => {
  const { client, socket } = await talking();
  client.drafts.set('#batak', { text: 'hor' });
  const timeline = client.timeline('#batak');
  socket().tell(entry(4, { event: 'moved', from: 'james', to: '#batak', realm: 'dua', text: undefined }));
  assert.deepEqual([addresses(client), timeline.address], [['#batak@dua', 'lineker', 'james'], '#batak@dua']);
  assert.equal(client.timeline('#batak@dua'), timeline);
  assert.equal(client.conversations.get('#batak@dua')?.topic, 'horas');
  assert.deepEqual([client.drafts.get('#batak'), client.drafts.get('#batak@dua')], [null, { text: 'hor' }]);
});

test('one that is opened appears before anything was said, and goes when another one is', async () => {
  const { client } = await talking();
  client.conversations.open('pele');
  assert.deepEqual(addresses(client)[0], 'pele');
  client.conversations.open('maradona');
  assert.deepEqual(addresses(client).slice(0, 2), ['maradona', 'lineker']);
  client.drafts.set('maradona', { text: 'ho' });
  client.conversations.open('lineker');
  assert.equal(addresses(client)[0], 'maradona', 'something was begun there');
});

test('a group that one is not in goes from the list when another conversation is opened, one\'s own stays', async () => {
  const world = page();
  const client = await world.open({ groups: [{ group: '#batak', topic: '', open: true, members: 3, role: 'member' }] });
  client.conversations.open('#batak');
  client.conversations.open('#rahasia');
  assert.deepEqual(addresses(client).sort(), ['#batak', '#rahasia']);
  client.conversations.open('lineker');
  assert.deepEqual(addresses(client).sort(), ['#batak', 'lineker']);
});

test('nothing is told of a muted conversation, in the next page neither', async () => {
  const { client, socket, notified, storage } = await talking();
  client.conversations.setMuted('James', true);
  socket().tell(entry(3, { from: 'james' }));
  assert.deepEqual([notified, client.conversations.unread, client.conversations.get('james')?.unread], [[], 0, 1]);
  const next = page({ storage });
  await next.open({ conversations: [listed(entry(9, { from: 'james' }), { with: 'james' })] });
  assert.equal(next.client.conversations.get('james')?.muted, true);
});

test('of what was missed only the last of each conversation is told', async () => {
  const { client, socket, notified, ...world } = await talking();
  socket().break();
  client.retryNow();
  await world.reopen({ entries: [entry(6), entry(3, { from: 'james' }), entry(7), entry(8, { from: 'messi' })], at: '999999' });
  assert.deepEqual(notified, [['lineker', 7], ['james', 3]]);
});

test('a message with one\'s name in it is a mention until it is read', async () => {
  const { client, socket } = await talking();
  socket().tell(entry(4, { to: '#batak', from: 'james', text: 'horas, @Messi!' }));
  assert.equal(client.conversations.get('#batak')?.mention, true);
  client.conversations.markRead('#batak', 4);
  assert.equal(client.conversations.get('#batak')?.mention, false);
});

test('older conversations are loaded behind the last one of the page before', async () => {
  const world = page();
  const first = entry(5);
  const client = await world.open({ conversations: [listed(first)], more: true });
  const more = client.conversations.more();
  await settled();
  assert.equal(world.socket().asked[0].before, first.at);
  await world.socket().answer('conversations', { conversations: [listed(entry(1, { from: 'james', at: '500' }), { with: 'james' })], more: false });
  await more;
  assert.deepEqual([addresses(client), client.conversations.hasMore], [['lineker', 'james'], false]);
});

test('how others are is asked of the newest conversations and of what is opened, not of all that are loaded', async () => {
  const world = page();
  world.client.start();
  await world.greet();
  await world.socket().answer('listen', { at: '1' });
  await world.socket().answer('group list', { groups: [] });
  const pages = [0, 100].map((from) => Array.from({ length: 100 }, (_, index) => listed(entry(1, { from: `user${from + index}`, at: String(900 - from - index) }), { with: `user${from + index}` })));
  await world.socket().answer('conversations', { conversations: pages[0], more: true });
  const asked = () => world.socket().asked.filter((request) => request.do === 'status').map(({ user }) => user);
  assert.deepEqual([asked().length, asked()[0], asked().at(-1)], [30, 'user0', 'user29']);
  world.socket().asked = [];
  world.client.conversations.more();
  await settled();
  await world.socket().answer('conversations', { conversations: pages[1], more: false });
  assert.deepEqual([world.client.conversations.list.length, asked()], [200, []]);
  world.client.conversations.open('user150');
  world.client.conversations.open('user150');
  assert.deepEqual(asked(), ['user150']);
  world.socket().tell(entry(1, { from: 'pele' }));
  assert.deepEqual(asked(), ['user150', 'pele']);
});

test('when the realm fails to tell the conversations it is asked again a moment later, while there is a connection', async () => {
  const { client, clock, socket, ...world } = page();
  client.start();
  await world.greet();
  await socket().answer('listen', { at: '1' });
  await socket().answer('group list', { groups: [] });
  await socket().refuse('conversations', 'failed');
  assert.deepEqual([client.conversations.isLoaded, socket().verbs], [false, []]);
  await clock.pass(5_000);
  await socket().refuse('conversations', 'failed');
  socket().break();
  await clock.pass(5_000);
  await world.reopen({ at: '1' });
  assert.equal(socket().verbs.filter((verb) => verb === 'conversations').length, 1);
  await socket().answer('group list', { groups: [] });
  await socket().answer('conversations', { conversations: [listed(entry(1))], more: false });
  assert.deepEqual([client.conversations.isLoaded, addresses(client)], [true, ['lineker']]);
  await clock.pass(60_000);
  assert.ok(!socket().verbs.includes('conversations'));
});

test('one\'s own notes to oneself are not unread', async () => {
  const world = page();
  world.client.start();
  await world.greet();
  await world.socket().answer('listen', { at: '1' });
  await world.socket().answer('group list', { groups: [] });
  await world.socket().answer('conversations', { conversations: [listed(entry(2, { from: 'messi', to: 'messi' }), { with: 'messi', read: 0, unread: 2 })], more: false });
  await world.socket().answer('history', history([entry(1, { from: 'messi', to: 'messi' }), entry(2, { from: 'messi', to: 'messi' })], { to: 'messi', read: 0 }));
  assert.deepEqual([world.client.conversations.get('messi')?.unread, world.client.conversations.get('messi')?.isSelf], [0, true]);
});

test('one that is opened and was not loaded comes to its place with what was said last', async () => {
  const { client, socket } = await talking();
  client.conversations.open('pele');
  assert.equal((await socket().answer('status', { user: 'pele', presence: 'offline' })).user, 'pele');
  await socket().answer('history', history([entry(8, { from: 'pele', at: '7' })], { to: 'pele', read: 8 }));
  assert.deepEqual([addresses(client), client.conversations.get('pele')?.last?.position], [['lineker', 'james', '#batak', 'pele'], 8]);
});

test('one that is opened by a name alone goes over to the address that the realm tells, with what waits to be sent there', async () => {
  const { client, socket } = await talking();
  /** @type {{before: string, after: string}[]} */
  const renamed = [];
  client.on('renamed', (change) => renamed.push(change));
  client.conversations.open('taeno');
  client.timeline('taeno').send('halo');
  assert.deepEqual(client.outbox.pending('taeno').map(({ text }) => text), ['halo']);
  await socket().answer('status', { user: 'taeno@dua', presence: 'offline' });
  await socket().answer('history', history([], { to: 'taeno@dua', read: 0 }));
  assert.deepEqual(renamed, [{ before: 'taeno', after: 'taeno@dua' }]);
  assert.equal(client.conversations.get('taeno'), null);
  assert.ok(client.conversations.get('taeno@dua'));
  assert.deepEqual(client.outbox.pending('taeno@dua').map(({ text }) => text), ['halo']);
});
