import { el, fill, icon, on } from '../dom.js';
import { Client } from '../realm/client.js';
import { untilMidnight } from '../words/format.js';
import { language, setLanguage, t } from '../words/words.js';
import { brand, showUnread } from './brand.js';
import './connection-banner.js';
import './conversation.js';
import './group-panel.js';
import { openJump } from './jump.js';
import { handleKey, showKeys } from './keys.js';
import { Notifications } from './notifications.js';
import './person-panel.js';
import { keepLanguage } from './preferences.js';
import { conversationHash, parseRoute } from './routes.js';
import { inSentence, sentenceOf, visibleName } from './sentences.js';
import './settings.js';
import './sidebar.js';
import { logOut } from '../realm/session.js';
import { peopleOf, titleOf } from './titles.js';
import { toast, told } from './toasts.js';
import { View } from './view.js';

/** @typedef {import('./routes.js').Route} Route */

/** Where there is room for one part of the page only. As in shell.css. */
const phone = matchMedia('(max-width: 720px)');

/**
 * `<kabar-app>`: the chat of one who is logged in. The sidebar, beside it what the address of the page names, and what goes on around it: the title, notifications, the keyboard.
 * Says `leave` when the session is over; the detail is `ended` where that was not asked for.
 */
class App extends View {
  /** @type {import('../realm/session.js').Session} who is logged in */
  session = { realm: '', registration: 'off', language: 'id', version: '' };
  /** @type {Client} */
  client = /** @type {any} */ (null);
  /** @type {Route} */
  #route = { place: 'home' };
  #announcer = el('div', { class: 'visually-hidden', role: 'log', 'aria-live': 'polite' });
  #main = el('main', { id: 'main', tabindex: '-1' });
  #side = el('div', { class: 'shell-side' });
  /** @type {import('./sidebar.js').Sidebar} */
  #sidebar = /** @type {any} */ (null);
  /** When the page was last told which day it is. */
  #today = new Date().toDateString();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #midnight;

  connectedCallback() {
    const { user = '', name = user, realm, session = '', admin = false } = this.session;
    this.client = new Client({
      me: { user, name, realm, session, admin }, url: `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`, language: language(), storage: localStorage, WebSocket,
    });
    const { client } = this;
    const notifications = new Notifications(client, address => this.isShown(address));
    this.#render();
    this.during(
      client.on('state', () => this.#onState()),
      client.on('renamed', ({ before, after }) => {
        if (this.openAddress && client.sameAddress(this.openAddress, before)) location.replace(conversationHash(after));
      }),
      client.conversations.on('change', () => this.#showTitle()),
      client.conversations.on('notify', ({ entry, address }) => {
        notifications.tell(entry, address);
        if (!this.isShown(address)) {
          fill(this.#announcer, entry.event === 'failed'
            ? sentenceOf(entry, peopleOf(client))
            : t(address.startsWith('#') ? 'app.announceIn' : 'app.announce', { name: inSentence(visibleName(entry.name, entry.from)), place: inSentence(address) }));
        }
      }),
      on(window, 'hashchange', () => this.#go()),
      on(phone, 'change', () => this.#nameParts()),
      on(document, 'keydown', event => handleKey(event, this)),
      on(document, 'visibilitychange', () => this.#onVisibility()),
      on(window, 'online', () => client.retryNow()),
      ...['pointerdown', 'pointermove', 'wheel', 'keydown', 'focusin'].map(type => on(document, type, () => this.#touch(), { passive: true })),
      on(this, 'language', event => this.#speak(event.detail)),
      on(this, 'log-out', () => this.logOut()),
      () => clearTimeout(this.#midnight),
      () => notifications.close(),
      () => client.close());
    client.start();
    this.#go();
    this.#awaitMidnight();
  }

  /** The conversation that is open, if one is. */
  get openAddress() {
    return this.#route.place === 'conversation' ? this.#route.address : null;
  }

  /**
   * Whether somebody sees this conversation now.
   * @param {string} address
   */
  isShown(address) {
    const route = this.#route;
    return document.visibilityState === 'visible' && document.hasFocus() && route.place === 'conversation' && !(phone.matches && route.details) && this.client.sameAddress(route.address, address);
  }

  /** Back towards the list: from the details to the conversation, from there to the list. */
  back() {
    if (this.#route.place === 'conversation' && this.#route.details) {
      location.hash = conversationHash(this.#route.address);
    } else if (this.#sidebar.isSearching) {
      this.#sidebar.endSearch();
    } else if (this.#route.place !== 'home') {
      location.hash = '#/';
    }
  }

  /**
   * Opens the conversation above or below the open one in the list.
   * @param {-1|1} step
   */
  step(step) {
    const { list } = this.client.conversations;
    const open = this.openAddress;
    const at = open === null ? -1 : list.findIndex(one => this.client.sameAddress(one.address, open));
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (next) {
      location.hash = conversationHash(next.address);
    }
  }

  jump() {
    openJump(this.client);
  }

  /**
   * Searches messages in the sidebar.
   * @param {string|null} [address] only in one conversation
   */
  search(address = null) {
    this.#sidebar.search('', address);
    if (phone.matches) {
      location.hash = '#/';
    }
  }

  keys() {
    showKeys();
  }

  async logOut() {
    if (await told(logOut().then(() => true))) {
      this.#leave('');
      // Behind it: what is left keeps what was begun in it.
      this.client.forget();
    }
  }

  #render() {
    this.#sidebar = /** @type {import('./sidebar.js').Sidebar} */ (el('kabar-sidebar', { role: 'navigation', 'aria-label': t('sidebar.conversations'), client: this.client, session: this.session, onjump: () => this.jump(), onkeys: () => this.keys() }));
    fill(this,
      el('button', { type: 'button', class: 'button skip', onclick: () => this.#main.focus() }, t('app.skip')),
      this.#sidebar, this.#main, this.#side,
      el('kabar-connection-banner', { client: this.client }),
      this.#announcer);
  }

  #go() {
    const before = this.#route;
    const route = this.#route = parseRoute(location.hash);
    this.dataset['place'] = route.place;
    this.toggleAttribute('data-details', route.place === 'conversation' && route.details);
    if (route.place === 'conversation') {
      this.#showConversation(route);
      this.#showDetails(route);
    } else {
      fill(this.#side);
      void this.#showPage(route);
    }
    this.#nameParts();
    this.#sidebar.current = this.openAddress;
    this.#showTitle();
    if (before.place !== 'home' && route.place === 'home') {
      this.#sidebar.focusOn(before.place === 'conversation' ? before.address : null);
    }
  }

  /** @param {Extract<Route, {place: 'conversation'}>} route */
  #showConversation(route) {
    const { client } = this;
    const shown = /** @type {(HTMLElement & {address: string, position?: number|null, show?: (position: number) => void})|null} */ (this.#main.querySelector('kabar-conversation'));
    if (shown && client.sameAddress(shown.address, route.address)) {
      if (route.position) {
        shown.show?.(route.position);
      }
      return;
    }
    client.conversations.open(route.address);
    const known = client.conversations.get(route.address);
    const conversation = el('kabar-conversation', { client, address: known?.address ?? route.address, position: route.position, onsearch: () => this.search(route.address) });
    fill(this.#main, conversation);
  }

  /** @param {Extract<Route, {place: 'conversation'}>} route */
  #showDetails(route) {
    if (!route.details) {
      const hadFocus = this.#side.contains(document.activeElement);
      fill(this.#side);
      if (hadFocus) {
        /** @type {HTMLElement|null} */ (this.#main.querySelector('.conversation-header > a:last-child'))?.focus();
      }
      return;
    }
    const { client } = this;
    const panel = el(route.address.startsWith('#') ? 'kabar-group-panel' : 'kabar-person-panel', { role: 'complementary', client, address: route.address, onsearch: () => this.search(route.address) });
    fill(this.#side, panel);
    panel.setAttribute('aria-label', panel.querySelector('h2')?.textContent ?? '');
    panel.querySelector('h2')?.focus();
  }

  /** @param {Exclude<Route, {place: 'conversation'}>} route */
  async #showPage(route) {
    const { client } = this;
    if (route.place === 'settings') {
      fill(this.#main, el('kabar-settings', { client, session: this.session }));
      this.#focusHeading();
    } else if (route.place === 'admin' && client.me.admin) {
      const shown = /** @type {any} */ (this.#main.querySelector('kabar-admin'));
      if (shown) {
        shown.path = route.path;
        return;
      }
      fill(this.#main, el('div', { class: 'empty', role: 'status' }, el('span', { class: 'spinner' }), el('span', { class: 'visually-hidden' }, t('common.loading'))));
      try {
        await import('../admin/admin.js');
        if (this.#route.place === 'admin') {
          fill(this.#main, el('kabar-admin', { client, me: client.me, path: route.path }));
          this.#focusHeading();
        }
      } catch {
        toast(t('app.admin.failed'), { isError: true });
        location.hash = '#/';
      }
    } else {
      fill(this.#main, el('div', { class: 'empty full' }, brand(), el('h1', null, t('app.home', { name: client.me.name })), el('p', null, t('app.home.hint')),
        el('button', { type: 'button', class: 'button', onclick: () => this.keys() }, icon('keyboard'), t('keys.title'))));
    }
  }

  /** On a phone one part is shown, whichever it is: that one is the page then. */
  #nameParts() {
    const isList = phone.matches && this.dataset['place'] === 'home';
    this.#sidebar.role = isList ? 'main' : 'navigation';
    this.#sidebar.querySelector('h2')?.setAttribute('aria-level', isList ? '1' : '2');
    const panel = this.#side.firstElementChild;
    if (panel) {
      panel.role = phone.matches ? 'main' : 'complementary';
      panel.querySelector('h2')?.setAttribute('aria-level', phone.matches ? '1' : '2');
    }
  }

  #focusHeading() {
    const heading = this.#main.querySelector('h1');
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }

  #onState() {
    if (this.client.state === 'ended') {
      this.#leave('ended');
    }
  }

  #showTitle() {
    const { client } = this;
    const { conversations, me } = client;
    const open = this.openAddress;
    const place = open !== null ? visibleName(titleOf(client, open), open) : this.#route.place === 'settings' ? t('settings.title') : this.#route.place === 'admin' ? t('app.admin') : null;
    showUnread(conversations.unread, place ? `${place} · Kabar` : `Kabar · ${me.realm}`);
  }

  #touch() {
    if (document.visibilityState === 'visible') {
      this.client.presence.touch();
    }
  }

  /** Who looks at the page again does not wait for the next attempt, and sees what day it is. */
  #onVisibility() {
    if (document.visibilityState === 'visible') {
      this.#touch();
      this.client.retryNow();
      this.#awaitMidnight();
    }
  }

  /** Tells all that name days when another one has begun: at midnight, or when a machine that slept over it is looked at again. */
  #awaitMidnight() {
    clearTimeout(this.#midnight);
    this.#midnight = setTimeout(() => this.#awaitMidnight(), untilMidnight());
    const today = new Date().toDateString();
    if (today !== this.#today) {
      this.#today = today;
      window.dispatchEvent(new CustomEvent('midnight'));
    }
  }

  /** @param {'id'|'en'} chosen */
  #speak(chosen) {
    keepLanguage(chosen);
    setLanguage(chosen);
    document.documentElement.lang = chosen;
    this.client.setLanguage(chosen);
    fill(this.#main);
    this.#render();
    this.#go();
  }

  /** @param {string} why */
  #leave(why) {
    showUnread(0, 'Kabar');
    this.dispatchEvent(new CustomEvent('leave', { detail: why }));
  }
}

customElements.define('kabar-app', App);
