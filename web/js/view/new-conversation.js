import { el, fill, on, userText } from '../dom.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import { formDialog, formOf, openDialog } from './dialog.js';
import { conversationHash } from './routes.js';
import { told } from './toasts.js';

/** @typedef {import('../realm/client.js').Client} Client */

/**
 * Asks with whom, and opens the conversation. Those who are there now are offered.
 * @param {Client} client
 * @param {string} [address] who was named already: he is only looked for
 */
export function newConversation(client, address = '') {
  const people = el('ul', { class: 'people-list', 'aria-label': t('new.online') });
  const dialog = formDialog({
    title: t('new.conversation'), action: t('new.open'),
    fields: [{ name: 'user', label: t('new.user'), hint: t('new.user.hint'), value: address, required: true, maxlength: 130, codes: ['unknown_recipient', 'unreachable_recipient', 'unknown_group'] }],
    submit: async ({ user = '' }) => {
      const wanted = user.replace(/^@/, '');
      if (wanted.startsWith('#')) {
        await client.request('history', { to: wanted, limit: 1 });
      } else {
        await find(client, wanted);
      }
      open(client, wanted, dialog);
    },
  });
  dialog.querySelector('.form-actions')?.before(people);
  void offerPeople(client, people, user => open(client, user, dialog));
  if (address) {
    dialog.querySelector('form')?.requestSubmit();
  }
}

/**
 * Refused where there is nobody of this name. Whether somebody is on a realm that is away shows when something is sent.
 * @param {Client} client
 * @param {string} user
 */
async function find(client, user) {
  try {
    await client.request('status', { user });
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code !== 'peer_unreachable') {
      throw error;
    }
  }
}

/**
 * @param {Client} client
 * @param {HTMLElement} list
 * @param {(user: string) => void} choose
 */
async function offerPeople(client, list, choose) {
  const there = await client.presence.who().catch(() => []);
  const others = there.filter(one => !client.sameAddress(one.user, client.me.user)).slice(0, 50);
  if (others.length > 0) {
    fill(list, el('li', { class: 'label list-label', 'aria-hidden': 'true' }, t('new.online')), others.map(one => el('li', null, el('button', { type: 'button', class: 'menu-item', onclick: () => choose(one.user) },
      avatar(one.user, one.name, 'small'), el('span', { class: 'grow truncate' }, userText(one.name), ' ', userText(one.user, 'quiet small'))))));
  }
}

/** @param {Client} client */
export function createGroup(client) {
  const dialog = formDialog({
    title: t('new.group'), action: t('new.group.create'),
    fields: [
      { name: 'group', label: t('new.group.name'), hint: t('new.group.hint'), required: true, maxlength: 64, codes: ['name_taken', 'invalid_name'] },
      { name: 'open', label: t('new.group.who'), options: [{ value: 'open', label: t('group.open'), hint: t('group.open.hint') }, { value: 'closed', label: t('group.closed'), hint: t('group.closed.hint') }] },
    ],
    submit: async ({ group = '', open: kind }) => {
      const made = await client.groups.create(group.startsWith('#') ? group : `#${group}`, kind === 'open');
      open(client, made.group, dialog);
    },
  });
}

/** @param {Client} client */
export function joinGroup(client) {
  const list = el('div', { class: 'join-list' }, el('div', { class: 'empty' }, el('span', { class: 'spinner' })));
  const button = el('button', { class: 'button' }, t('new.join.join'));
  const form = formOf({
    fields: [{ name: 'group', label: t('new.join.name'), hint: t('new.join.hint'), required: true, maxlength: 130, codes: ['unknown_group', 'banned', 'invite_only', 'too_many', 'peer_unreachable', 'invalid_name'] }],
    button, submit: async ({ group = '' }) => join(group.startsWith('#') ? group : `#${group}`),
  });
  const join = async (/** @type {string} */ group) => {
    const joined = await client.groups.join(group);
    open(client, joined.group, dialog);
  };
  const dialog = openDialog(t('new.join'), [el('h3', { class: 'label' }, t('new.join.open')), list, form]);
  void client.groups.all().then(groups => {
    const sorted = [...groups].sort((one, other) => other.members - one.members);
    fill(list, sorted.length === 0 ? el('p', { class: 'quiet' }, t('new.join.none')) : el('ul', { class: 'rows' }, sorted.map(one => groupRow(client, one, join, () => open(client, one.group, dialog)))));
  }, error => fill(list, el('p', { class: 'error', role: 'alert' }, /** @type {Error} */ (error).message)));
}

/**
 * @param {Client} client
 * @param {import('../realm/groups.js').Group} group
 * @param {(group: string) => Promise<void>} join
 * @param {() => void} show
 */
function groupRow(client, group, join, show) {
  const isIn = Boolean(group.role) || client.groups.of(group.group) !== null;
  const button = el('button', { type: 'button', class: 'button small', 'aria-label': t(isIn ? 'new.join.openOne' : 'new.join.joinOne', { group: group.group }) }, isIn ? t('new.open') : t('new.join.join'));
  on(button, 'click', async () => {
    if (isIn) {
      show();
      return;
    }
    button.disabled = true;
    await told(join(group.group));
    button.disabled = false;
  });
  return el('li', null, avatar(group.group), el('div', { class: 'grow' }, userText(group.group, 'strong truncate'),
    group.topic ? userText(group.topic, 'quiet small truncate block') : null, el('span', { class: 'quiet small block' }, t('group.members', { count: group.members }))), button);
}

/**
 * Closes the dialog and goes to a conversation. Who has closed it meanwhile wants to stay where he is.
 * @param {Client} client
 * @param {string} address
 * @param {HTMLDialogElement} dialog
 */
function open(client, address, dialog) {
  if (!dialog.open) {
    return;
  }
  dialog.close();
  client.conversations.open(address);
  location.hash = conversationHash(address);
}
