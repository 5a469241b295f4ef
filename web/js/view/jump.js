import { el, fill, icon, on, userText } from '../dom.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import { newId, openDialog } from './dialog.js';
import { conversationHash } from './routes.js';
import { titleOf } from './titles.js';

/** @typedef {import('../realm/client.js').Client} Client */

const mostShown = 30;
const mostPages = 50;

/**
 * Opens a dialog in which a few letters find a conversation, or begin one with whoever is named.
 * @param {Client} client
 */
export function openJump(client) {
  const id = newId();
  const list = el('ul', { class: 'jump-list', id, role: 'listbox', 'aria-label': t('sidebar.conversations') });
  const input = el('input', {
    type: 'search', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': id, 'aria-autocomplete': 'list', 'aria-label': t('jump.title'), placeholder: t('jump.placeholder'),
    autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', autofocus: true,
  });
  let chosen = 0;
  /** @type {string[]} */
  let addresses = [];
  let hasFound = false;

  const choose = (/** @type {number} */ next) => {
    chosen = Math.max(0, Math.min(next, addresses.length - 1));
    [...list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === chosen)));
    const option = list.children[chosen];
    if (option) {
      input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  };
  const open = (/** @type {number} */ at) => {
    const address = addresses[at];
    if (address && dialog.open) {
      dialog.close();
      location.hash = conversationHash(address);
    }
  };
  const render = () => {
    const words = input.value.trim();
    const found = matching(client, words).slice(0, mostShown);
    const isNew = words !== '' && !/\s/u.test(words) && !found.some(one => client.sameAddress(one.address, words));
    hasFound = found.length > 0;
    addresses = [...found.map(one => one.address), ...(isNew ? [words] : [])];
    fill(list, found.map((one, at) => option(at, avatar(one.address, client.names.of(one.address), 'small'), userText(titleOf(client, one.address), 'truncate jump-title'), one.unread ? el('span', { class: 'badge' }, one.unread) : null)),
      isNew ? option(found.length, icon('add'), el('span', { class: 'truncate grow' }, t('jump.new', { name: words }))) : null);
    choose(0);
  };
  /**
   * @param {number} at
   * @param {...import('../dom.js').Child} content
   */
  const option = (at, ...content) => el('li', { id: `${id}-${at}`, role: 'option', class: 'menu-item', onclick: () => open(at) }, ...content);

  on(input, 'input', render);
  on(input, 'keydown', event => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      if (hasFound || client.state !== 'live') {
        open(chosen);
      } else {
        // What is typed quickly may name one that is still being loaded.
        void loaded.then(() => open(chosen));
      }
    }
  });
  render();
  const loaded = loadAll(client).then(() => {
    const before = chosen;
    render();
    choose(before);
  });
  const dialog = openDialog(t('jump.title'), [input, list]);
}

/**
 * Loads the older conversations too, so that all can be found by their names.
 * @param {Client} client
 */
export async function loadAll({ conversations }) {
  try {
    for (let page = 0; page < mostPages && conversations.hasMore; page++) {
      await conversations.more();
    }
  } catch {
    // Those that are there are found.
  }
}

/**
 * The conversations whose title or address has all the words, those that begin with them first.
 * @param {Client} client
 * @param {string} text
 */
export function matching(client, text) {
  const words = plain(text).split(/\s+/u).filter(Boolean);
  const found = client.conversations.list.filter(one => {
    const held = plain(`${titleOf(client, one.address)} ${one.title} ${one.address}`);
    return words.every(word => held.includes(word));
  });
  return words.length === 0 ? found : found.sort((one, other) => Number(begins(other, words)) - Number(begins(one, words)));
}

/**
 * @param {{title: string, address: string}} one
 * @param {string[]} words
 */
function begins({ title, address }, words) {
  return plain(title).startsWith(words[0] ?? '') || plain(address).replace('#', '').startsWith(words[0] ?? '');
}

/**
 * Without case and accents.
 * @param {string} text
 */
const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
