import { el, fill, icon, iconButton, userText } from '../dom.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import './conversation-list.js';
import { openMenu } from './menu.js';
import { createGroup, joinGroup, newConversation } from './new-conversation.js';
import { conversationHash } from './routes.js';
import './search.js';
import { View } from './view.js';

/**
 * `<kabar-sidebar>`: the conversations, or what a search has found, and who one is. Says `jump`, `keys` and `log-out` when that is asked for.
 */
export class Sidebar extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  /** @type {import('../realm/session.js').Session} */
  session = /** @type {any} */ (null);
  /** @type {import('./conversation-list.js').ConversationList} */
  #list = /** @type {any} */ (null);
  #body = el('div', { class: 'sidebar-body' });
  #filter = /** @type {HTMLInputElement|null} */ (null);
  /** @type {string|null} */
  #current = null;

  connectedCallback() {
    const { client } = this;
    this.#list = /** @type {import('./conversation-list.js').ConversationList} */ (el('kabar-conversation-list', {
      client, onsearch: (/** @type {CustomEvent<string>} */ event) => this.search(event.detail, null), onbegin: (/** @type {CustomEvent<string>} */ event) => this.begin(event.detail),
    }));
    this.#list.current = this.#current;
    fill(this, this.#head(), this.#body, this.#foot());
    this.endSearch();
  }

  /** @param {string|null} address which conversation is open */
  set current(address) {
    this.#current = address;
    this.#list.current = address;
  }

  get isSearching() {
    return this.querySelector('kabar-search') !== null;
  }

  /**
   * Searches what was said.
   * @param {string} words
   * @param {string|null} address in one conversation, or in all
   */
  search(words, address) {
    fill(this.#body, el('kabar-search', { client: this.client, words, address, onclose: () => this.endSearch() }));
    /** @type {HTMLInputElement|null} */ (this.#body.querySelector('input'))?.focus();
  }

  /** Shows the conversations again. */
  endSearch() {
    const wasSearching = this.isSearching;
    const filter = this.#filter = el('input', {
      type: 'search', class: 'search-input', placeholder: t('sidebar.filter'), 'aria-label': t('sidebar.filter'), autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false',
      oninput: () => { this.#list.filter = filter.value; },
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'ArrowDown') {
          event.preventDefault();
          this.#list.focusFirst();
        } else if (event.key === 'Enter' && !event.isComposing) {
          this.#list.openFirst();
        } else if (event.key === 'Escape' && filter.value) {
          event.preventDefault();
          filter.value = '';
          this.#list.filter = '';
        }
      },
    });
    this.#list.filter = '';
    fill(this.#body,
      el('div', { class: 'sidebar-search' }, icon('search'), filter),
      this.#list);
    if (wasSearching) {
      filter.focus();
    }
  }

  /**
   * Puts the focus on a conversation in the list, or into the search while that stands there.
   * @param {string|null} address
   */
  focusOn(address) {
    const search = /** @type {HTMLElement|null} */ (this.querySelector('kabar-search input'));
    if (search) {
      search.focus();
    } else {
      this.#list.focusOn(address);
    }
  }

  /**
   * Opens a conversation with whoever was named.
   * @param {string} address
   */
  begin(address) {
    if (this.#filter) {
      this.#filter.value = '';
    }
    this.#list.filter = '';
    newConversation(this.client, address);
  }

  #head() {
    const add = iconButton('add', t('sidebar.new'), {
      'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => openMenu(add, [
        { label: t('new.conversation'), icon: 'person', action: () => newConversation(this.client) },
        { label: t('new.group'), icon: 'group', action: () => createGroup(this.client) },
        { label: t('new.join'), icon: 'people', action: () => joinGroup(this.client) },
      ]),
    });
    return el('div', { class: 'bar sidebar-head' },
      el('h2', { class: 'grow truncate' }, t('sidebar.conversations')),
      iconButton('search', t('search.title'), { onclick: () => this.search('', null) }), add);
  }

  #foot() {
    const { me } = this.client;
    const more = iconButton('more', t('sidebar.menu'), {
      'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => openMenu(more, [
        { label: t('settings.title'), icon: 'settings', action: () => { location.hash = '#/settings'; } },
        me.admin === true && { label: t('app.admin'), icon: 'admin', action: () => { location.hash = '#/admin'; } },
        { label: t('list.self'), icon: 'chat', action: () => { location.hash = conversationHash(me.user); } },
        { label: t('keys.title'), icon: 'keyboard', action: () => this.dispatchEvent(new CustomEvent('keys')) },
        { label: t('common.logOut'), icon: 'leave', action: () => this.dispatchEvent(new CustomEvent('log-out', { bubbles: true })) },
      ]),
    });
    return el('div', { class: 'sidebar-foot' },
      avatar(me.user, me.name),
      el('div', { class: 'grow' }, userText(me.name, 'me-name truncate'), userText(`${me.user}@${me.realm}`, 'me-address truncate quiet small')),
      more);
  }
}

customElements.define('kabar-sidebar', Sidebar);
