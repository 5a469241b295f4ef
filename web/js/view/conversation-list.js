import { el, fill, icon, on, roving } from '../dom.js';
import { t } from '../words/words.js';
import { ConversationRow } from './conversation-row.js';
import { loadAll, matching } from './jump.js';
import { View } from './view.js';
import { told } from './toasts.js';

/**
 * `<kabar-conversation-list>`: the conversations, the one with the newest entry first. A row stays the same element wherever it moves, so the focus stays too.
 * Says `search` and `begin` with what stands in the filter.
 */
export class ConversationList extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  /** @type {Map<string, ConversationRow>} */
  #rows = new Map();
  #list = el('ul', { class: 'conversations' });
  #after = el('div', { class: 'list-after' });
  #settle = () => {};
  #filter = '';
  /** @type {string|null} */
  #current = null;
  #isAsked = 0;

  connectedCallback() {
    const { client } = this;
    fill(this, el('div', { class: 'list-scroll' }, this.#list, this.#after));
    this.#settle = roving(this.#list, '.row-link');
    const scroll = /** @type {HTMLElement} */ (this.firstElementChild);
    this.during(
      client.conversations.on('change', () => this.#soon()),
      client.presence.on('change', address => address === null ? this.#soon() : this.#row(address)?.updatePresence()),
      client.typing.on('change', address => this.#row(address)?.update()),
      client.names.on('change', () => this.#soon()),
      on(window, 'midnight', () => this.#soon()),
      on(scroll, 'scroll', () => {
        if (client.conversations.hasMore && client.conversations.isLoaded && scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 400) {
          void this.#more();
        }
      }, { passive: true }),
      () => cancelAnimationFrame(this.#isAsked),
      () => { this.#isAsked = 0; });
    this.#render();
  }

  /** @param {string} text only what has these words */
  set filter(text) {
    this.#filter = text.trim();
    if (this.#filter) {
      void loadAll(this.client);
    }
    if (this.isConnected) {
      this.#render();
    }
  }

  /** @param {string|null} address */
  set current(address) {
    this.#current = address;
    for (const row of this.#rows.values()) {
      row.setCurrent(address !== null && this.client.sameAddress(row.address, address));
    }
    if (this.isConnected) {
      this.#settle();
      const row = address === null ? null : this.#row(address);
      row?.element.scrollIntoView({ block: 'nearest' });
    }
  }

  focusFirst() {
    /** @type {HTMLElement|null} */ (this.querySelector('.row-link'))?.focus();
  }

  /** Opens what the filter has found first, or offers what it may mean. */
  openFirst() {
    /** @type {HTMLElement|null} */ (this.querySelector('.row-link, .list-after button'))?.click();
  }

  /** @param {string|null} address */
  focusOn(address) {
    const row = address === null ? null : this.#row(address);
    if (row) {
      row.link.focus();
    } else {
      this.focusFirst();
    }
  }

  /** @param {string} address */
  #row(address) {
    return this.#rows.get(this.client.fold(address));
  }

  /** Many changes come at once: they are shown together. */
  #soon() {
    this.#isAsked ||= requestAnimationFrame(() => {
      this.#isAsked = 0;
      this.#render();
    });
  }

  #render() {
    const { client } = this;
    const shown = this.#filter ? matching(client, this.#filter) : client.conversations.list;
    const focused = /** @type {HTMLElement|null} */ (this.contains(document.activeElement) ? document.activeElement : null);
    const wanted = new Set();
    let place = this.#list.firstElementChild;
    for (const conversation of shown) {
      const key = client.fold(conversation.address);
      wanted.add(key);
      let row = this.#rows.get(key);
      if (row) {
        row.update();
      } else {
        row = new ConversationRow(client, conversation.address);
        row.setCurrent(this.#current !== null && client.sameAddress(conversation.address, this.#current));
        this.#rows.set(key, row);
      }
      if (row.element === place) {
        place = place.nextElementSibling;
      } else {
        this.#list.insertBefore(row.element, place);
      }
    }
    for (const [key, row] of this.#rows) {
      if (!wanted.has(key)) {
        row.element.remove();
        this.#rows.delete(key);
      }
    }
    this.#renderAfter(shown.length);
    this.#settle();
    if (focused && document.activeElement !== focused) {
      if (focused.isConnected) {
        focused.focus({ preventScroll: true });
      } else {
        this.focusFirst();
      }
    }
  }

  /** @param {number} count how many are shown */
  #renderAfter(count) {
    const words = this.#filter;
    const { conversations } = this.client;
    if (words) {
      const isName = !/\s/u.test(words) && !conversations.get(words);
      fill(this.#after,
        count === 0 ? el('p', { class: 'quiet small' }, t('sidebar.none')) : null,
        el('button', { type: 'button', class: 'menu-item', onclick: () => this.dispatchEvent(new CustomEvent('search', { detail: words })) },
          icon('search'), el('span', { class: 'grow truncate' }, t('sidebar.search', { words }))),
        isName ? el('button', { type: 'button', class: 'menu-item', onclick: () => this.dispatchEvent(new CustomEvent('begin', { detail: words })) },
          icon('chat'), el('span', { class: 'grow truncate' }, t('jump.new', { name: words }))) : null);
    } else if (count === 0) {
      fill(this.#after, el('div', { class: 'empty' }, conversations.isLoaded ? [icon('chat'), el('p', null, t('sidebar.empty'))] : [el('span', { class: 'spinner' }), el('span', { class: 'visually-hidden', role: 'status' }, t('common.loading'))]));
    } else {
      fill(this.#after);
    }
  }

  async #more() {
    await told(this.client.conversations.more());
  }
}

customElements.define('kabar-conversation-list', ConversationList);
