import { el, fill, iconButton, on, userText } from '../dom.js';
import { fullTime, shortTime } from '../words/format.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import { matchesIn } from './matches.js';
import { conversationHash } from './routes.js';
import { titleOf } from './titles.js';
import { View } from './view.js';

/** @typedef {import('../realm/types.js').PlacedEntry} PlacedEntry */

const pageSize = 30;

/** `<kabar-search>`: finds what was said, in all conversations or one, newest first. A result leads to its place in the conversation. Says `close`. */
class Search extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  words = '';
  /** @type {string|null} in which conversation */
  address = null;
  #input = el('input', { type: 'search', class: 'search-input', placeholder: t('search.placeholder'), 'aria-label': t('search.placeholder'), autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search' });
  #scope = el('div', { class: 'search-scope' });
  #results = el('ul', { class: 'search-results', 'aria-label': t('search.results') });
  #state = el('div', { class: 'search-state', role: 'status' });
  #more = el('div', { class: 'search-more' });
  #asked = 0;
  #timer = 0;

  connectedCallback() {
    this.#input.value = this.words;
    const close = iconButton('back', t('search.close'), { onclick: () => this.#close() });
    fill(this,
      el('form', { class: 'sidebar-search', role: 'search', 'aria-label': t('search.title'), onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void this.#search(); } }, close, this.#input),
      this.#scope, el('div', { class: 'list-scroll' }, this.#state, this.#results, this.#more));
    this.during(
      on(this.#input, 'input', () => {
        clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => this.#search(), 300);
      }),
      on(this, 'keydown', event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          this.#close();
        }
      }),
      () => clearTimeout(this.#timer));
    this.#showScope();
    void this.#search();
  }

  #close() {
    this.dispatchEvent(new CustomEvent('close'));
  }

  #showScope() {
    const { address } = this;
    fill(this.#scope, address === null ? null : el('span', { class: 'scope' }, t('search.in'), ' ', userText(titleOf(this.client, address), 'truncate'),
      iconButton('close', t('search.everywhere'), { class: 'tiny', onclick: () => {
        this.address = null;
        this.#showScope();
        this.#input.focus();
        void this.#search();
      } })));
  }

  /** @param {string} [before] the place of the last result, for those beyond it */
  async #search(before) {
    clearTimeout(this.#timer);
    const words = this.#input.value.trim();
    const asked = ++this.#asked;
    if (!before) {
      fill(this.#more);
    }
    if (words === '') {
      fill(this.#results);
      fill(this.#state, el('p', { class: 'quiet' }, t('search.hint')));
      return;
    }
    // The last word may be only begun.
    const wanted = /[\p{L}\p{N}]{2}$/u.test(words) ? `${words}*` : words;
    try {
      const { entries, more } = await this.client.search(wanted, { limit: pageSize, ...(this.address ? { in: this.address } : {}), ...(before ? { before } : {}) });
      if (asked !== this.#asked) {
        return;
      }
      const results = entries.map(entry => this.#result(entry, words));
      if (before) {
        this.#results.append(...results);
        results[0]?.querySelector('a')?.focus();
      } else {
        this.#results.replaceChildren(...results);
      }
      fill(this.#state, this.#results.childElementCount === 0 ? el('p', { class: 'quiet' }, t('search.none')) : el('span', { class: 'visually-hidden' }, t('search.count', { count: this.#results.childElementCount })));
      const last = entries.at(-1);
      fill(this.#more, more && last ? el('button', { type: 'button', class: 'button wide', onclick: () => this.#search(last.at) }, t('search.older')) : null);
    } catch (error) {
      if (asked === this.#asked) {
        const { code, message } = /** @type {import('../realm/refusal.js').Refusal} */ (error);
        fill(this.#state, code === 'empty_text' ? el('p', { class: 'quiet' }, t('search.hint')) : el('p', { class: 'error' }, message));
      }
    }
  }

  /**
   * @param {PlacedEntry} entry
   * @param {string} words
   */
  #result(entry, words) {
    const { client } = this;
    const isMine = client.sameAddress(entry.from, client.me.user);
    const address = client.conversationOf(entry);
    const hash = conversationHash(address, entry.position);
    client.names.meet(entry);
    const title = titleOf(client, address);
    return el('li', null, el('a', { class: 'result', href: hash, onclick: () => {
      if (location.hash === hash) {
        // The place is named already: it is gone to once more.
        window.dispatchEvent(new HashChangeEvent('hashchange'));
      }
    } },
    avatar(address, client.names.of(address), 'small'),
    el('span', { class: 'result-words' },
      el('span', { class: 'row-top' }, userText(title, 'truncate strong'), el('time', { class: 'row-time', datetime: entry.sent, title: fullTime(entry.sent) }, shortTime(entry.sent))),
      el('span', { class: 'result-text' }, isMine ? `${t('list.you')} ` : entry.to.startsWith('#') ? [userText(entry.name), ': '] : null, marked(entry.text ?? '', words)))));
  }
}

/**
 * A text around the first of the words that were looked for, with all of them marked.
 * @param {string} text
 * @param {string} words
 */
function marked(text, words) {
  const matches = matchesIn(text, words);
  const first = matches[0]?.start ?? 0;
  const from = first > 60 ? text.lastIndexOf(' ', first - 40) + 1 : 0;
  const until = Math.min(text.length, from + 240);
  /** @type {import('../dom.js').Child[]} */
  const parts = [from > 0 ? '…' : null];
  let at = from;
  for (const { start, end } of matches) {
    if (start >= at && end <= until) {
      parts.push(text.slice(at, start), el('mark', null, text.slice(start, end)));
      at = end;
    }
  }
  parts.push(text.slice(at, until), until < text.length ? '…' : null);
  return el('bdi', { class: 'user-text', dir: 'auto' }, ...parts);
}

customElements.define('kabar-search', Search);
