/**
 * How the rows of a timeline look: messages, what else happened, the days, the line above what is new.
 */
import { el, icon } from '../dom.js';
import { day, fullTime, time } from '../words/format.js';
import { t } from '../words/words.js';
import { avatar, hueOf } from './avatar.js';
import { richText } from './rich-text.js';
import { reasonOf, sentenceOf, spoken, statusWord, visibleName } from './sentences.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {{people:import('./people.js').People, quotes:import('./quotes.js').Quotes}} Around what a row has to know beside itself */

/**
 * A string that differs whenever the row looks different.
 * @param {Row} row
 * @param {Around} around
 */
export function signatureOf(row, { people, quotes }) {
  if (row.kind === 'day') {
    // Today is yesterday tomorrow.
    return day(row.date);
  }
  if (row.kind === 'unread') {
    return row.kind;
  }
  const { item } = row;
  const { entry, mine, position, status, error } = item;
  if (row.kind === 'event') {
    return entry.user ? people.nameOf(entry.user) : '';
  }
  const quote = entry.reply && !entry.deleted ? quotes.of(entry.reply) : null;
  const quoted = quote?.state === 'known' ? [quote.entry.name, quote.entry.text, quote.entry.deleted] : quote?.state;
  const reactions = entry.reactions?.map(({ emoji, from }) => [emoji, people.nameOf(from)]);
  return JSON.stringify([row.leads, mine, position, status, error, item.code, entry.text, entry.edited, entry.deleted, entry.failed, entry.name, reactions, quoted]);
}

/**
 * @param {Row} row
 * @param {Around} around
 * @returns {HTMLElement}
 */
export function drawRow(row, around) {
  switch (row.kind) {
    case 'day':
      return el('div', { class: 'timeline-day', role: 'separator', 'aria-label': day(row.date) }, el('span', null, day(row.date)));
    case 'unread':
      return el('div', { class: 'timeline-unread', role: 'separator', 'aria-label': t('timeline.unread') }, el('span', null, t('timeline.unread')));
    case 'event':
      return drawEvent(row.item, around);
    case 'message':
      return drawMessage(row.item, row.leads, around);
  }
}

/**
 * @param {Item} item
 * @param {Around} around
 */
function drawEvent({ entry }, { people }) {
  const sentence = sentenceOf(entry, people);
  return el('p', { class: ['timeline-event', entry.event === 'failed' && 'is-failed'], title: fullTime(entry.sent) },
    entry.event === 'failed' ? icon('warning') : null, el('span', { dir: 'auto' }, sentence), el('time', { datetime: entry.sent }, time(entry.sent)));
}

/**
 * @param {Item} item
 * @param {boolean} leads
 * @param {Around} around
 */
function drawMessage(item, leads, around) {
  const { entry, mine } = item;
  const { people } = around;
  const isNamed = leads && !mine && people.isGroup;
  return el('div', {
    class: ['message', mine && 'is-mine', leads && 'is-first', people.isGroup && 'is-in-group', entry.deleted && 'is-deleted', (item.status === 'failed' || entry.failed) && 'is-failed'],
    role: 'article', tabindex: '-1', 'aria-label': spoken(item),
  },
  isNamed ? avatar(entry.from, entry.name) : null,
  el('div', { class: 'bubble' },
    isNamed ? author(item) : null,
    entry.reply && !entry.deleted ? drawQuote(entry.reply, around) : null,
    el('div', { class: ['message-text', !entry.deleted && isOnlyEmoji(entry.text ?? '') && 'is-large'], dir: 'auto' },
      entry.deleted ? [icon('trash'), t('message.deleted')] : richText(entry.text ?? ''),
      el('span', { class: 'message-meta', dir: 'ltr' },
        entry.edited && !entry.deleted ? el('span', { title: fullTime(entry.edited) }, t('message.edited')) : null,
        el('time', { datetime: entry.sent, title: fullTime(entry.sent) }, time(entry.sent)),
        entry.deleted ? null : drawStatus(item, around)))),
  entry.deleted ? null : drawReactions(item, around),
  item.status === 'failed' || entry.failed ? drawFailure(item) : null);
}

/** @param {Item} item */
function author({ entry }) {
  const name = visibleName(entry.name, entry.from);
  const realm = entry.from.includes('@') ? entry.from.slice(entry.from.indexOf('@')) : '';
  return el('div', { class: 'message-author', title: entry.from }, el('bdi', { class: 'hued', dir: 'auto', data: { hue: hueOf(entry.from) } }, name), realm ? el('span', { class: 'message-realm' }, realm) : null);
}

/**
 * @param {number} position
 * @param {Around} around
 */
function drawQuote(position, { people, quotes }) {
  const quote = quotes.of(position);
  if (quote.state === 'gone') {
    return el('p', { class: 'quote' }, el('span', { class: 'quote-text' }, t('quote.gone')));
  }
  const { entry } = quote.state === 'known' ? quote : { entry: null };
  const name = entry ? (people.isMe(entry.from) ? t('message.you') : visibleName(entry.name, entry.from)) : '…';
  const text = entry?.deleted ? t('message.deleted') : entry?.text ?? '…';
  return el('button', { type: 'button', class: 'quote', data: { jump: position }, title: t('quote.jump') },
    el('bdi', { class: 'quote-author hued', dir: 'auto', data: { hue: entry ? hueOf(entry.from) : null } }, name), el('span', { class: 'quote-text', dir: 'auto' }, beginning(text)));
}

/**
 * @param {Item} item
 * @param {Around} around
 */
function drawStatus(item, { people }) {
  const word = statusWord(item);
  if (!word || !item.status) {
    return null;
  }
  const picture = icon(ticks[item.status], item.status === 'read' ? 'is-read' : '');
  if (people.isGroup && item.position !== null) {
    return el('button', { type: 'button', class: 'tick', tabindex: '-1', title: t('action.seen'), 'aria-label': t('action.seen'), data: { seen: true } }, picture);
  }
  return el('span', { class: 'tick', title: word, role: 'img', 'aria-label': word }, picture);
}

/**
 * @param {Item} item
 * @param {Around} around
 */
function drawReactions({ entry }, { people }) {
  if (!entry.reactions?.length) {
    return null;
  }
  /** @type {Map<string, string[]>} */
  const by = new Map();
  for (const { emoji, from } of entry.reactions) {
    by.set(emoji, [...by.get(emoji) ?? [], from]);
  }
  return el('div', { class: 'reactions', role: 'group', 'aria-label': t('message.reactionsLabel') }, [...by].map(([emoji, from]) => {
    const names = from.map(address => people.isMe(address) ? t('message.you') : people.nameOf(address)).join(', ');
    return el('button', { type: 'button', class: 'reaction', 'aria-pressed': String(from.some(address => people.isMe(address))), title: names, 'aria-label': `${emoji} ${from.length}: ${names}`, data: { emoji } },
      el('span', { class: 'reaction-emoji' }, emoji), el('span', { class: 'reaction-count' }, from.length));
  }));
}

/** @param {Item} item */
function drawFailure(item) {
  const canRetry = item.position === null;
  return el('div', { class: 'message-failure' }, icon('warning'), el('span', { class: 'grow' }, item.error ?? reasonOf(item.code ?? item.entry.failed)),
    canRetry ? el('button', { type: 'button', class: 'button quiet small', data: { act: 'retry' } }, t('action.retry')) : null,
    canRetry ? el('button', { type: 'button', class: 'button quiet small danger', data: { act: 'discard' } }, t('action.discard')) : null);
}

/**
 * The beginning of a text on one line.
 * @param {string} text
 */
export function beginning(text) {
  const line = text.slice(0, 400).replace(/\s+/g, ' ').trim();
  const letters = [...line];
  return letters.length > 140 ? `${letters.slice(0, 140).join('')}…` : line;
}

/** @param {string} text */
function isOnlyEmoji(text) {
  return text.length <= 24 && onlyEmoji.test(text);
}

const onlyEmoji = new RegExp('^\\p{RGI_Emoji}{1,3}$', 'v');

/** @type {Record<NonNullable<Item['status']>, Parameters<typeof icon>[0]>} */
const ticks = { waiting: 'clock', sending: 'clock', sent: 'check', delivered: 'checks', read: 'checks', failed: 'warning' };
