import { el, fill, icon, iconButton, on, userText } from '../dom.js';
import { fullTime, shortTime } from '../words/format.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import { openMenu } from './menu.js';
import { conversationHash } from './routes.js';
import { inSentence, sentenceOf } from './sentences.js';
import { peopleOf, titleOf } from './titles.js';

/** @typedef {import('../realm/client.js').Client} Client */

/** One conversation in the list. Its element stays; what stands in it changes. */
export class ConversationRow {
  #client;
  #shown = '';
  #face = el('span', { class: 'conversation-face' });
  #presence = el('span', { class: 'presence', hidden: true });
  #title = el('span', { class: 'row-title' });
  #time = el('time', { class: 'row-time' });
  #line = el('span', { class: 'row-line' });
  #marks = el('span', { class: 'row-marks' });

  /**
   * @param {Client} client
   * @param {string} address
   */
  constructor(client, address) {
    this.#client = client;
    this.address = address;
    const title = titleOf(client, address);
    this.link = el('a', { class: 'row-link', href: conversationHash(address) },
      this.#face,
      el('span', { class: 'row-words' },
        el('span', { class: 'row-top' }, this.#title, this.#time),
        el('span', { class: 'row-bottom' }, this.#line, this.#marks)));
    const more = iconButton('more', t('list.more', { name: title }), { class: 'row-more', tabindex: '-1', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => this.#openMenu(more) });
    this.element = el('li', { class: 'conversation-row' }, this.link, more);
    on(this.element, 'contextmenu', event => {
      event.preventDefault();
      this.#openMenu(more, { x: event.clientX, y: event.clientY });
    });
    on(this.link, 'keydown', event => {
      if (event.key === 'ArrowRight') {
        event.preventDefault();
        more.focus();
      }
    });
    on(more, 'keydown', event => {
      if (event.key === 'ArrowLeft') {
        event.preventDefault();
        this.link.focus();
      }
    });
    this.update();
  }

  /** @param {boolean} isCurrent */
  setCurrent(isCurrent) {
    this.link.ariaCurrent = isCurrent ? 'page' : null;
  }

  /** Shows the conversation as it is now. */
  update() {
    const client = this.#client;
    const conversation = client.conversations.get(this.address);
    if (!conversation) {
      return;
    }
    const { last, unread, mention, muted } = conversation;
    const title = titleOf(client, this.address);
    const typing = client.typing.of(this.address);
    const draft = client.drafts.get(this.address)?.text;
    // What is said ages: shortTime of the same entry changes over midnight.
    const when = last ? shortTime(last.sent) : '';
    const state = JSON.stringify([title, last?.mid, last?.text, last?.deleted, when, unread, mention, muted, typing, draft]);
    this.updatePresence();
    if (state === this.#shown) {
      return;
    }
    this.#shown = state;
    fill(this.#face, avatar(this.address, client.names.of(this.address)), this.#presence);
    fill(this.#title, userText(title, 'truncate'), muted ? [icon('bellOff', 'small'), el('span', { class: 'visually-hidden' }, t('list.muted'))] : null);
    this.#time.dateTime = last?.sent ?? '';
    this.#time.title = last ? fullTime(last.sent) : '';
    fill(this.#time, when);
    this.#line.classList.toggle('accent', typing.length > 0);
    fill(this.#line, typing.length > 0 ? el('span', { class: 'user-text' }, typingWords(typing, conversation.isGroup))
      : draft ? [el('span', { class: 'draft' }, t('list.draft')), userText(flat(draft))]
      : last ? lastLine(client, last, conversation.isGroup) : conversation.topic ? userText(conversation.topic) : el('span', null, t('list.new')));
    fill(this.#marks, unread > 0 ? [
      mention ? el('span', { class: 'badge', 'aria-hidden': 'true' }, '@') : null,
      el('span', { class: ['badge', muted && 'muted'], 'aria-hidden': 'true' }, unread > 99 ? '99+' : unread),
      el('span', { class: 'visually-hidden' }, t('list.unread', { count: unread }), mention ? `, ${t('list.mention')}` : ''),
    ] : null);
    this.element.classList.toggle('unread', unread > 0 && !muted);
  }

  updatePresence() {
    const presence = this.address.startsWith('#') || this.#client.sameAddress(this.address, this.#client.me.user) ? undefined : this.#client.presence.of(this.address);
    const isThere = presence === 'online' || presence === 'away';
    this.#presence.hidden = !isThere;
    if (isThere && this.#presence.dataset.presence !== presence) {
      this.#presence.dataset.presence = presence;
      fill(this.#presence, el('span', { class: 'visually-hidden' }, t(`presence.${presence}`)));
    }
  }

  /**
   * @param {HTMLElement} button
   * @param {{x: number, y: number}} [at]
   */
  #openMenu(button, at) {
    const { conversations } = this.#client;
    const conversation = conversations.get(this.address);
    openMenu(button, [
      conversation?.muted
        ? { label: t('list.unmute'), icon: 'bell', action: () => conversations.setMuted(this.address, false) }
        : { label: t('list.mute'), icon: 'bellOff', action: () => conversations.setMuted(this.address, true) },
      { label: t('list.details'), icon: 'info', action: () => { location.hash = conversationHash(this.address, 'details'); } },
    ], at);
  }
}

/**
 * @param {string[]} names
 * @param {boolean} isGroup
 */
const typingWords = (names, isGroup) => isGroup ? t('list.typingIn', { names: names.map(inSentence).join(', ') }) : t('list.typing');

/**
 * The last entry in one line.
 * @param {Client} client
 * @param {import('../realm/types.js').Entry} entry
 * @param {boolean} isGroup
 * @returns {import('../dom.js').Child}
 */
function lastLine(client, entry, isGroup) {
  const people = peopleOf(client);
  if (entry.event !== 'message') {
    return el('span', { class: 'user-text' }, sentenceOf(entry, people));
  }
  const who = people.isMe(entry.from) ? el('span', null, t('list.you')) : isGroup ? el('span', { class: 'row-who truncate' }, userText(entry.name), ':') : null;
  return [who, entry.deleted ? el('em', null, t('list.deleted')) : userText(flat(entry.text ?? ''))];
}

/**
 * The beginning of a text, in one line.
 * @param {string} text
 */
const flat = text => text.slice(0, 200).replace(/\s+/gu, ' ');
