import { Addresses } from './addresses.js';
import { systemClock } from './clock.js';
import { Conversations, isGoing } from './conversations.js';
import { Drafts } from './drafts.js';
import { Emitter } from './emitter.js';
import { Groups } from './groups.js';
import { Link } from './link.js';
import { Names } from './names.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { Shelf } from './shelf.js';
import { Timelines } from './timelines.js';
import { Typing } from './typing.js';

/** @typedef {import('./types.js').Me} Me */
/** @typedef {import('./types.js').PlacedEntry} PlacedEntry */

/**
 * What the parts of the model know of each other.
 * @typedef {object} Parts
 * @property {Me} me
 * @property {Link} link
 * @property {Shelf} shelf
 * @property {Addresses} addresses
 * @property {import('./types.js').Clock} clock
 * @property {Names} names
 * @property {Outbox} outbox
 * @property {Drafts} drafts
 * @property {Presence} presence
 * @property {Groups} groups
 * @property {Conversations} conversations
 * @property {Timelines} timelines
 * @property {(timeline: import('./timeline.js').Timeline) => void} opened
 * @property {(entry: import('./types.js').Entry) => boolean} counts whether something waits to be read: a message of somebody else, or that one's own was not delivered
 */

/**
 * One logged-in person: his conversations, and the link by which they are kept up to date. What was loaded stays readable while there is no connection.
 * Emits `state` with how the link is, also when `retryAt` changes.
 * @extends {Emitter<{state: import('./types.js').LinkState}>}
 */
export class Client extends Emitter {
  #link;
  #shelf;
  #addresses;
  #timelines;

  /**
   * @param {object} options
   * @param {Me} options.me
   * @param {string} options.url of the WebSocket
   * @param {string} options.language
   * @param {Storage} options.storage
   * @param {import('./types.js').Dialler} options.WebSocket
   * @param {import('./types.js').Clock} [options.clock]
   */
  constructor({ me, url, language, storage, WebSocket, clock = systemClock }) {
    super();
    this.me = me;
    this.#addresses = new Addresses(me);
    this.#shelf = new Shelf(storage, me);
    this.#link = new Link({ url, user: me.user, language, WebSocket, clock });
    // A changed `state` is told by `client.on` behind all parts: whoever hears it finds them so.
    const addresses = this.#addresses;
    const [link, shelf] = [this.#link, this.#shelf];
    const basic = { me, link, shelf, addresses, clock };
    this.names = new Names(addresses);
    this.drafts = new Drafts(shelf, addresses);
    this.outbox = new Outbox(basic);
    this.typing = new Typing({ ...basic, names: this.names });
    this.presence = new Presence({ ...basic, names: this.names });
    this.groups = new Groups({ ...basic, names: this.names });
    /** @type {Parts} */
    const parts = {
      ...basic,
      names: this.names,
      drafts: this.drafts,
      outbox: this.outbox,
      presence: this.presence,
      groups: this.groups,
      conversations: /** @type {any} */ (null),
      timelines: /** @type {any} */ (null),
      opened: (timeline) => this.#timelines.opened(timeline),
      counts: (entry) => (entry.event === 'message' && !entry.deleted && !addresses.isMe(entry.from)) || entry.event === 'failed',
    };
    this.#timelines = parts.timelines = new Timelines(parts);
    this.conversations = parts.conversations = new Conversations(parts);
    link.on('event', (event) => this.#heard(event));
    link.on('anew', () => this.#renew());
    link.on('state', (state) => this.emit('state', state));
  }

  get state() {
    return this.#link.state;
  }

  /** While it is offline: when it is tried again, in milliseconds since 1970; null while it is being tried. */
  get retryAt() {
    return this.#link.retryAt;
  }

  /** Connects, and stays so until `close` or the end of the session. */
  start() {
    this.#link.start();
  }

  /** The network may be back, or the page is looked at again: tries now what would be tried later. */
  retryNow() {
    this.#link.retryNow();
  }

  /** Ends the connection for good. */
  close() {
    this.#link.close();
  }

  /** Forgets all that was kept in the browser for this person: drafts, what was not sent yet, what is muted. For whoever logs out. */
  forget() {
    this.#shelf.clear();
  }

  /**
   * Asks the realm something, once. Only while it is live.
   * @param {string} verb
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<any>} the reply; rejects with a `Refusal`, `offline` when there is no connection or it broke before the answer
   */
  request(verb, params) {
    return this.#link.request(verb, params);
  }

  /**
   * The timeline of a conversation, always the same one.
   * @param {string} address
   */
  timeline(address) {
    return this.#timelines.of(address);
  }

  /**
   * Finds what was said, newest first.
   * @param {string} words
   * @param {{in?: string, before?: string, limit?: number}} [where] a conversation, and the `at` of the last one found to go on behind it
   * @returns {Promise<{entries: PlacedEntry[], more: boolean}>}
   */
  search(words, where = {}) {
    return this.#link.request('search', { words, ...where });
  }

  /**
   * The language in which the realm words why it refuses something.
   * @param {string} language
   */
  setLanguage(language) {
    this.#link.setLanguage(language);
  }

  /**
   * The same for all ways to write an address.
   * @param {string} address
   */
  fold(address) {
    return this.#addresses.fold(address);
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  sameAddress(one, other) {
    return this.#addresses.isSame(one, other);
  }

  /**
   * By what one calls the conversation that an entry belongs to.
   * @param {import('./types.js').Entry} entry
   */
  conversationOf(entry) {
    return this.#addresses.conversationOf(entry);
  }

  /** @param {any} event */
  #heard(event) {
    const place = event.event === 'presence' ? '' : this.#addresses.conversationOf(event);
    switch (event.event) {
      case 'receipt':
        if (this.#addresses.isMe(event.from)) this.conversations.takeOwnReceipt(event, place);
        else this.#timelines.find(place)?.takeReceipt(event);
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
    if (this.#addresses.isGroup(place)) this.groups.apply(entry);
    this.conversations.apply(entry, place);
    const timeline = this.#timelines.find(place);
    timeline?.apply(entry);
    if (isGoing(entry, this.#addresses)) timeline?.leave();
    else if (entry.event === 'joined' && this.#addresses.isMe(entry.from)) timeline?.enter();
    if (entry.event === 'failed') this.#failed(entry);
  }

  /** @param {PlacedEntry} entry that tells of something which could not be delivered */
  #failed({ target_mid: mid, target_to: to, failed: code }) {
    if (mid === undefined || to === undefined) return;
    this.outbox.fail(mid, code ?? 'failed');
    this.#timelines.find(to)?.fail(mid, code ?? 'failed');
  }

  /**
   * A group has another home, and is called after it.
   * @param {string} before
   * @param {string} realm
   */
  #moved(before, realm) {
    const after = this.#addresses.moved(before, realm);
    if (this.#addresses.isSame(before, after)) return after;
    for (const part of [this.outbox, this.groups, this.conversations, this.#timelines]) part.rename(before, after);
    return after;
  }

  #renew() {
    this.conversations.renew();
    this.#timelines.renew();
  }
}
