import { isGoing } from './conversations.js';
import { Emitter } from './emitter.js';
import { Parts } from './parts.js';

/** @typedef {import('./types.js').PlacedEntry} PlacedEntry */

/**
 * One logged-in person: his conversations, and the link by which they are kept up to date. What was loaded stays readable while there is no connection.
 * Emits `state` with how the link is, also when `retryAt` changes, and `renamed` when a conversation has another address than it was known by.
 * @extends {Emitter<{state: import('./types.js').LinkState, renamed: {before: string, after: string}}>}
 */
export class Client extends Emitter {
  #parts;

  /** @param {import('./parts.js').Options} options */
  constructor(options) {
    super();
    const parts = new Parts(options);
    this.#parts = parts;
    this.me = options.me;
    this.names = parts.names;
    this.drafts = parts.drafts;
    this.outbox = parts.outbox;
    this.conversations = parts.conversations;
    this.groups = parts.groups;
    this.presence = parts.presence;
    this.typing = parts.typing;
    parts.link.on('event', (event) => this.#heard(event));
    parts.link.on('anew', () => this.#renew());
    parts.conversations.on('found', ({ before, after }) => this.#rename(before, after));
    // Behind all parts: whoever hears of a state finds them in it.
    parts.link.on('state', (state) => this.emit('state', state));
  }

  get state() {
    return this.#parts.link.state;
  }

  /** While it is offline: when it is tried again, in milliseconds since 1970; null while it is being tried. */
  get retryAt() {
    return this.#parts.link.retryAt;
  }

  /** Connects, and stays so until `close` or the end of the session. */
  start() {
    this.#parts.link.start();
  }

  /** The network may be back, or the page is looked at again: tries now what would be tried later. */
  retryNow() {
    this.#parts.link.retryNow();
  }

  /** Ends the connection for good. */
  close() {
    this.#parts.link.close();
  }

  /** Forgets all that was kept in the browser for this person: drafts, what was not sent yet, what is muted. For whoever logs out. */
  forget() {
    this.#parts.shelf.clear();
  }

  /**
   * Asks the realm something, once. Only while it is live.
   * @param {string} verb
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<any>} the reply; rejects with a `Refusal`, `offline` when there is no connection or it broke before the answer
   */
  request(verb, params) {
    return this.#parts.link.request(verb, params);
  }

  /**
   * The timeline of a conversation, always the same one.
   * @param {string} address
   */
  timeline(address) {
    return this.#parts.timelines.of(address);
  }

  /**
   * Finds what was said, newest first.
   * @param {string} words
   * @param {{in?: string, before?: string, limit?: number}} [where] a conversation, and the `at` of the last one found to go on behind it
   * @returns {Promise<{entries: PlacedEntry[], more: boolean}>}
   */
  search(words, where = {}) {
    return this.#parts.link.request('search', { words, ...where });
  }

  /**
   * The language in which the realm words why it refuses something.
   * @param {string} language
   */
  setLanguage(language) {
    this.#parts.link.setLanguage(language);
  }

  /**
   * The same for all ways to write an address.
   * @param {string} address
   */
  fold(address) {
    return this.#parts.addresses.fold(address);
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  sameAddress(one, other) {
    return this.#parts.addresses.isSame(one, other);
  }

  /**
   * By what one calls the conversation that an entry belongs to.
   * @param {import('./types.js').Entry} entry
   */
  conversationOf(entry) {
    return this.#parts.addresses.conversationOf(entry);
  }

  /** @param {any} event */
  #heard(event) {
    const place = event.event === 'presence' ? '' : this.#parts.addresses.conversationOf(event);
    switch (event.event) {
      case 'receipt':
        if (this.#parts.addresses.isMe(event.from)) this.conversations.takeOwnReceipt(event, place);
        else this.#parts.timelines.find(place)?.takeReceipt(event);
        break;
      case 'typing':
        this.typing.begins(place, event.from);
        break;
      case 'presence':
        this.presence.take(event.user, event.presence, event.seen);
        break;
      default:
        if (event.position !== undefined) this.#happened(event, place);
    }
  }

  /**
   * @param {PlacedEntry} entry
   * @param {string} told the conversation, as it was called then
   */
  #happened(entry, told) {
    const place = entry.event === 'moved' && entry.realm !== undefined ? this.#moved(told, entry.realm) : told;
    this.names.meet(entry);
    this.typing.ends(place, entry.from);
    if (this.#parts.addresses.isGroup(place)) this.groups.apply(entry);
    this.conversations.apply(entry, place);
    const key = this.outbox.settle(entry) ?? undefined;
    const timeline = this.#parts.timelines.find(place);
    timeline?.apply(entry, key);
    if (isGoing(entry, this.#parts.addresses)) timeline?.leave();
    else if (entry.event === 'joined' && this.#parts.addresses.isMe(entry.from)) timeline?.enter();
    if (entry.event === 'failed') this.#failed(entry);
  }

  /** @param {PlacedEntry} entry that tells of something which could not be delivered */
  #failed({ target_mid: mid, target_to: to, failed: code }) {
    if (mid === undefined || to === undefined) return;
    this.outbox.fail(mid, code ?? 'failed');
    this.#parts.timelines.find(to)?.fail(mid, code ?? 'failed');
  }

  /**
   * A group has another home, and is called after it.
   * @param {string} before
   * @param {string} realm
   */
  #moved(before, realm) {
    const after = this.#parts.addresses.moved(before, realm);
    if (!this.#parts.addresses.isSame(before, after)) this.#rename(before, after);
    return after;
  }

  /**
   * @param {string} before
   * @param {string} after
   */
  #rename(before, after) {
    for (const part of [this.outbox, this.drafts, this.groups, this.conversations, this.#parts.timelines]) part.rename(before, after);
    this.emit('renamed', { before, after });
  }

  #renew() {
    this.conversations.renew();
    this.#parts.timelines.renew();
  }
}
