/** Administration: loaded only for an account that has the right. What the pages ask for is allowed or refused by the server, each time. */
import { el, fill, icon, iconButton } from '../dom.js';
import { View } from '../view/view.js';
import { addWords, t } from '../words/words.js';
import { en } from './words-en.js';
import { id } from './words-id.js';

addWords({ id, en });
await loadStyle();

// After the words: the pages take theirs when they are made.
await Promise.all([import('./health.js'), import('./accounts.js'), import('./groups.js'), import('./peers.js'), import('./invitations.js'), import('./tokens.js')]);

/** @typedef {Parameters<typeof icon>[0]} Icon */

/** @type {[page: string, icon: Icon][]} */
const pages = [['health', 'chart'], ['accounts', 'people'], ['groups', 'group'], ['peers', 'globe'], ['invitations', 'personAdd'], ['tokens', 'bot']];

/** `<kabar-admin>`: administration of the realm. `path` says which page, `groups/batak%40satu` a group. */
class Admin extends View {
  static observedAttributes = ['path'];

  /** @type {import('../realm/types.js').Me} */
  me = /** @type {any} */ (null);
  #tabs = el('nav', { class: 'admin-tabs', 'aria-label': t('app.admin') });
  #page = el('div', { class: 'page admin-page' });

  get path() {
    return this.getAttribute('path') ?? '';
  }

  set path(path) {
    this.setAttribute('path', path);
  }

  connectedCallback() {
    fill(this,
      el('header', { class: 'bar page-head' }, iconButton('back', t('common.back'), { class: 'back', onclick: () => { location.hash = '#/'; } }), el('h1', null, t('app.admin'))),
      this.#tabs, el('div', { class: 'page-body' }, this.#page));
    this.#show();
  }

  attributeChangedCallback() {
    if (this.isConnected) {
      this.#show();
    }
  }

  #show() {
    const [wanted = '', detail] = this.path.split('/');
    const page = pages.find(([name]) => name === wanted)?.[0] ?? 'health';
    fill(this.#tabs, pages.map(([name, picture]) => el('a', { class: 'admin-tab', href: `#/admin/${name}`, 'aria-current': name === page ? 'page' : null }, icon(picture), t(`admin.page.${name}`))));
    this.#tabs.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const isGroup = page === 'groups' && Boolean(detail);
    fill(this.#page, isGroup
      ? Object.assign(el('kabar-admin-group'), { name: decoded(detail ?? ''), realm: this.me.realm })
      : Object.assign(el(`kabar-admin-${page}`), { me: this.me }));
    this.#page.parentElement?.scrollTo(0, 0);
  }
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The style of these pages, which nobody else needs. */
function loadStyle() {
  return new Promise((resolve, reject) => {
    const onerror = () => reject(new Error('admin.css'));
    document.head.append(el('link', { rel: 'stylesheet', href: new URL('../../css/admin.css', import.meta.url).href, onload: resolve, onerror }));
  });
}

customElements.define('kabar-admin', Admin);
