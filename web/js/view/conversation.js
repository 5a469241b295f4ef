import { el, fill, icon, iconButton, on, userText } from '../dom.js';
import { lastSeen } from '../words/format.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import './composer.js';
import { People } from './people.js';
import { Quotes } from './quotes.js';
import { conversationHash } from './routes.js';
import { inSentence } from './sentences.js';
import './timeline.js';
import { View } from './view.js';

/** @typedef {import('./timeline.js').TimelineView} TimelineView */
/** @typedef {import('./composer.js').Composer} Composer */

/** `<kabar-conversation>`: who it is with, what was said, and where one writes. `show` goes to a position. Says `search`. */
export class Conversation extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  address = '';
  /** @type {number|null} where to begin; null for where one had read to */
  position = null;
  /** @type {People} */
  #people = /** @type {any} */ (null);
  /** @type {TimelineView} */
  #timeline = /** @type {any} */ (null);
  /** @type {Composer} */
  #composer = /** @type {any} */ (null);
  #face = el('span', { class: 'conversation-face' });
  #title = el('h1', { class: 'conversation-title truncate' });
  #about = el('p', { class: 'conversation-about truncate' });
  #typing = el('p', { class: 'conversation-typing', 'aria-live': 'polite' });

  connectedCallback() {
    const { client, address } = this;
    const people = this.#people = new People(client, address);
    const timeline = client.timeline(address);
    const quotes = new Quotes(timeline);
    this.#timeline = /** @type {TimelineView} */ (el('kabar-timeline', { client, timeline, people, quotes }));
    this.#composer = /** @type {Composer} */ (el('kabar-composer', { client, timeline, people, quotes }));
    fill(this,
      el('header', { class: 'conversation-header' },
        el('a', { class: 'icon-button conversation-back', href: '#/', 'aria-label': t('conversation.back'), title: t('conversation.back') }, icon('back')),
        el('a', { class: 'conversation-who', href: conversationHash(address, 'details'), title: t('conversation.details') }, this.#face, el('div', { class: 'grow' }, this.#title, this.#about)),
        iconButton('search', t('conversation.search'), { onclick: () => this.dispatchEvent(new CustomEvent('search')) }),
        el('a', { class: 'icon-button', href: conversationHash(address, 'details'), 'aria-label': t('conversation.details'), title: t('conversation.details') }, icon('info'))),
      this.#timeline, this.#typing, this.#composer);
    this.during(
      quotes.follow(),
      client.conversations.on('change', () => this.#showHeader()),
      client.presence.on('change', () => this.#showHeader()),
      client.typing.on('change', () => this.#showTyping()),
      client.on('state', () => { if (client.state === 'live') void people.load(); }),
      client.groups.on('change', () => void people.load()),
      people.on('change', () => this.#showHeader()),
      on(this.#timeline, 'reply', event => this.#composer.reply(event.detail)),
      on(this.#timeline, 'edit', event => this.#composer.edit(event.detail)),
      on(this.#timeline, 'write', () => this.#composer.focus()),
      on(this.#composer, 'sent', () => void this.#timeline.toEnd()),
      on(this.#composer, 'page', event => this.#timeline.scrollByPage(event.detail)));
    this.#showHeader();
    this.#showTyping();
    void people.load();
    void this.#timeline.open(this.position);
    // A keyboard that comes up by itself would hide half of a phone.
    if (matchMedia('(pointer: fine)').matches && this.position === null) {
      this.#composer.focus();
    }
  }

  /**
   * Goes to a position, that of something that was found, say.
   * @param {number} position
   */
  show(position) {
    void this.#timeline.jump(position);
  }

  #showHeader() {
    const { client, address } = this;
    const known = client.conversations.get(address);
    const title = this.#people.isGroup ? known?.title ?? address : this.#people.nameOf(address);
    fill(this.#face, avatar(address, title));
    fill(this.#title, userText(title));
    fill(this.#about, this.#aboutWords());
    this.#title.title = address;
  }

  #aboutWords() {
    const { client, address } = this;
    if (this.#people.isGroup) {
      const { topic } = client.conversations.get(address) ?? {};
      const count = this.#people.count;
      return [topic ? userText(topic) : null, topic && count ? ' · ' : null, count ? t('conversation.members', { count }) : null, !topic && !count ? userText(address) : null];
    }
    if (this.#people.isMe(address)) {
      return t('conversation.self');
    }
    const presence = client.presence.of(address);
    const seen = client.presence.seen(address);
    const words = presence === 'online' || presence === 'away' ? t(`presence.${presence}`) : seen ? lastSeen(seen) : presence ? t('presence.offline') : null;
    return [userText(address), words ? ` · ${words}` : null];
  }

  #showTyping() {
    const names = this.client.typing.of(this.address).map(inSentence);
    this.#typing.textContent = names.length === 0 ? '' : names.length > 2 ? t('typing.many') : t(names.length === 1 ? 'typing.one' : 'typing.two', { one: names[0] ?? '', two: names[1] ?? '' });
  }
}

customElements.define('kabar-conversation', Conversation);
