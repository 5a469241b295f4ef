import { Emitter } from './emitter.js';
import { Refusal } from './refusal.js';

const MOST = 500;
const MOST_IN_FLIGHT = 16;
const PATIENCE = 2_000;
const KEYS_ARE_KEPT = 7 * 24 * 60 * 60_000;
const SHELF = 'outbox:';

/**
 * A message of one's own that has no place in its conversation yet. waiting: to be sent; sending: it was, and the reply is awaited; pending: the realm has it, and waits for
 * the group's home; failed: it was refused, or could not be delivered.
 * @typedef {object} Outgoing
 * @property {string} key what it is known by here, and sent with, so that it is said once
 * @property {string} to
 * @property {string} text
 * @property {number} [reply]
 * @property {string} created
 * @property {number} order
 * @property {'waiting' | 'sending' | 'pending' | 'failed'} state
 * @property {boolean} wasSent whether the realm may have it
 * @property {number} [since] when it was sent first, in milliseconds since 1970
 * @property {string} [mid] once the realm has it
 * @property {string} [code] why it failed
 * @property {string} [error] the same for people
 */

/**
 * What one has said and the realm has given no place yet. Each message is kept in the browser before it is sent, and sent again with the same key until there is an answer: it
 * outlives the page and a restart of the realm, and is said once. Those of one conversation are sent one after the other, in the order in which they were written.
 *
 * Emits `change` with the address of the conversation; `answered` when the realm has a message, with its place or without; and `doubtful` when one that it may have is refused
 * now: whoever finds its entry settles it, else it has failed.
 * @extends {Emitter<{change: string, answered: {message: Outgoing, posted: import('./types.js').Posted}, doubtful: Outgoing}>}
 */
export class Outbox extends Emitter {
  #link;
  #shelf;
  #addresses;
  #clock;
  /** @type {Outgoing[]} in the order of writing */
  #messages = [];
  #order = 0;
  /** @type {Set<string>} the keys of those that are kept in the browser */
  #kept = new Set();
  /** @type {Set<string>} folded addresses whose home has asked for a moment */
  #paused = new Set();

  /** @param {{link: import('./link.js').Link, shelf: import('./shelf.js').Shelf, addresses: import('./addresses.js').Addresses, clock: import('./types.js').Clock}} parts */
  constructor({ link, shelf, addresses, clock }) {
    super();
    this.#link = link;
    this.#shelf = shelf;
    this.#addresses = addresses;
    this.#clock = clock;
    for (const name of shelf.names(SHELF)) this.#restore(shelf.get(name));
    this.#messages.sort((one, other) => one.order - other.order);
    shelf.on('removed', (name) => name.startsWith(SHELF) && this.#goneElsewhere(name.slice(SHELF.length)));
    link.on('state', () => this.#resume());
    link.on('anew', () => this.#sendAgain());
  }

  /**
   * Says something as soon as that is possible.
   * @param {string} to
   * @param {string} text
   * @param {number} [reply] the position of what it answers
   * @returns {string} its key
   * @throws {Refusal} `outbox_full` when too many wait
   */
  add(to, text, reply) {
    if (this.#messages.length >= MOST) throw Refusal.here('outbox_full');
    const now = this.#clock.now();
    this.#order = Math.max(now, this.#order + 1);
    /** @type {Outgoing} */
    const message = { key: newKey(), to, text, created: new Date(now).toISOString(), order: this.#order, state: 'waiting', wasSent: false };
    if (reply !== undefined) message.reply = reply;
    this.#messages.push(message);
    this.#changed(message);
    this.#pump();
    return message.key;
  }

  /**
   * Says anew what has failed. It is a new message, behind those that wait.
   * @param {string} key
   * @returns {string | null} the key that it has now
   */
  retry(key) {
    const message = this.#find(key);
    if (message?.state !== 'failed') return null;
    const isGone = this.#kept.has(key) && this.#shelf.get(SHELF + key) === null;
    this.#remove(message);
    if (isGone) return null; // another tab was faster
    return this.add(message.to, message.text, message.reply);
  }

  /**
   * Gives up what has failed, or waits and was never sent. What the realm may have already cannot be called back.
   * @param {string} key
   * @returns {boolean} whether it is gone
   */
  discard(key) {
    const message = this.#find(key);
    if (!message || (message.state !== 'failed' && message.wasSent)) return false;
    this.#remove(message);
    return true;
  }

  /**
   * What has no place yet in a conversation, in order.
   * @param {string} address
   */
  pending(address) {
    return this.#messages.filter((message) => this.#addresses.isSame(message.to, address));
  }

  /**
   * Whether something was sent there of which it is not known yet which entry it has become.
   * @param {string} address
   */
  isUnsure(address) {
    return this.pending(address).some((message) => message.wasSent && message.mid === undefined && message.state !== 'failed');
  }

  /**
   * An entry of one's own has come: the message that waited for its place has it now.
   * @param {import('./types.js').Entry} entry
   * @param {Outgoing} [message] the one that it is, where that is not told by its `mid`
   * @returns {string | null} the key of the message, if it was one of these
   */
  settle(entry, message = this.#messages.find(({ mid }) => mid === entry.mid)) {
    if (!message) return null;
    this.#remove(message);
    return message.key;
  }

  /**
   * Something could not be delivered.
   * @param {string} mid
   * @param {string} code
   */
  fail(mid, code) {
    const message = this.#messages.find((one) => one.mid === mid);
    if (message) this.#refused(message, code);
  }

  /**
   * A group is called otherwise now.
   * @param {string} before
   * @param {string} after
   */
  rename(before, after) {
    for (const message of this.pending(before)) {
      message.to = after;
      this.#changed(message);
    }
  }

  #resume() {
    if (this.#link.state === 'live') return this.#pump();
    for (const message of this.#messages) if (message.state === 'sending') message.state = 'waiting';
  }

  /** @param {string} key of what another tab has said, said anew or given up */
  #goneElsewhere(key) {
    const message = this.#find(key);
    if (message) this.#remove(message);
  }

  // The realm may have forgotten what it had. Under their keys they can be sent again whether it has or not.
  #sendAgain() {
    for (const message of this.#messages) {
      if (message.state !== 'pending') continue;
      message.state = 'waiting';
      delete message.mid;
    }
  }

  // Sends what may be sent: the first that waits of each conversation in which none is being sent.
  #pump() {
    if (this.#link.state !== 'live') return;
    const busy = new Set(this.#paused);
    let inFlight = 0;
    for (const message of this.#messages) {
      if (message.state !== 'sending') continue;
      busy.add(this.#addresses.fold(message.to));
      inFlight++;
    }

    for (const message of this.#messages) {
      const place = this.#addresses.fold(message.to);
      if (message.state !== 'waiting' || busy.has(place)) continue;
      if (this.#isTooLate(message)) {
        this.#refused(message, 'expired');
        continue;
      }

      if (inFlight++ >= MOST_IN_FLIGHT) continue;
      busy.add(place);
      this.#send(message);
    }
  }

  // Whether the realm may have it, and has forgotten its key by now: sent again it would be said twice.
  /** @param {Outgoing} message */
  #isTooLate({ wasSent, since, created }) {
    return wasSent && this.#clock.now() - (since ?? Date.parse(created)) >= KEYS_ARE_KEPT;
  }

  /** @param {Outgoing} message */
  async #send(message) {
    const isRepeated = message.wasSent;
    message.state = 'sending';
    message.wasSent = true;
    message.since ??= this.#clock.now();
    this.#changed(message);
    try {
      const { to, text, key, reply } = message;
      this.#accepted(message, await this.#link.request('send', { to, text, key, reply }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'recovering') this.#pause(message);
      else if (error.code !== 'offline' && this.#link.state !== 'ended') {
        if (isRepeated) this.emit('doubtful', message);
        if (this.#messages.includes(message)) this.#refused(message, error.code, error.message);
      }
    }

    this.#pump();
  }

  /**
   * @param {Outgoing} message
   * @param {import('./types.js').Posted} posted
   */
  #accepted(message, posted) {
    if (!this.#messages.includes(message)) return;
    if (posted.position === undefined) {
      message.mid = posted.mid;
      message.state = 'pending';
      this.#keep(message);
    } else {
      this.#forget(message);
    }

    this.emit('answered', { message, posted });
    this.emit('change', message.to);
  }

  /** @param {Outgoing} message */
  #pause(message) {
    const place = this.#addresses.fold(message.to);
    message.state = 'waiting';
    this.#paused.add(place);
    this.#clock.setTimeout(() => {
      this.#paused.delete(place);
      this.#pump();
    }, PATIENCE);
  }

  /**
   * @param {Outgoing} message
   * @param {string} code
   * @param {string} [error]
   */
  #refused(message, code, error) {
    message.state = 'failed';
    message.code = code;
    if (error !== undefined) message.error = error;
    this.#changed(message);
  }

  /** @param {any} kept */
  #restore(kept) {
    if (typeof kept?.key !== 'string' || typeof kept.to !== 'string' || typeof kept.text !== 'string') return;
    const { mid: _mid, ...message } = kept;
    this.#messages.push({ ...message, state: kept.state === 'failed' ? 'failed' : 'waiting' });
    this.#order = Math.max(this.#order, kept.order);
    this.#kept.add(kept.key);
  }

  /** @param {Outgoing} message */
  #changed(message) {
    this.#keep(message);
    this.emit('change', message.to);
  }

  /** @param {Outgoing} message */
  #keep(message) {
    if (this.#shelf.set(SHELF + message.key, message)) this.#kept.add(message.key);
  }

  /** @param {Outgoing} message */
  #remove(message) {
    this.#forget(message);
    this.emit('change', message.to);
  }

  /** @param {Outgoing} message */
  #forget(message) {
    this.#messages = this.#messages.filter((one) => one !== message);
    this.#shelf.set(SHELF + message.key, null);
    this.#kept.delete(message.key);
  }

  /** @param {string} key */
  #find(key) {
    return this.#messages.find((message) => message.key === key);
  }
}

/** A key that nobody has made before. (`crypto.randomUUID` is not there on pages that came without TLS.) */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
