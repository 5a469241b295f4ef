import { Emitter } from './emitter.js';
import { Refusal } from './refusal.js';

const IDLE = 5 * 60_000;
const MOST_ASKED = 100;

/** @typedef {'online' | 'away' | 'offline'} State */

/**
 * Who is there, of those with whom one has a conversation or shares a group. Emits `change` with the address; with `null` when it is known of nobody any more.
 * @extends {Emitter<{change: string | null}>}
 */
export class Presence extends Emitter {
  #parts;
  /** @type {Map<string, {state: State, seen?: string}>} by folded address */
  #known = new Map();
  /** @type {Map<string, string>} folded address → address of those of whom one wants to know */
  #wanted = new Map();
  #isAway = false;
  /** @type {unknown} */
  #idle;

  /** @param {Pick<import('./parts.js').Parts, 'link' | 'addresses' | 'names' | 'clock'>} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    parts.link.on('state', (state) => this.#linkIs(state));
  }

  /**
   * How somebody is, if that is known.
   * @param {string} address
   * @returns {State | undefined}
   */
  of(address) {
    return this.#known.get(this.#parts.addresses.fold(address))?.state;
  }

  /**
   * When somebody was last there, if he is not, and that is known.
   * @param {string} address
   * @returns {string | undefined}
   */
  seen(address) {
    return this.#known.get(this.#parts.addresses.fold(address))?.seen;
  }

  /** Whether the others see oneself as away. */
  get isAway() {
    return this.#isAway;
  }

  /**
   * The users of this realm who are there or away.
   * @returns {Promise<{user: string, name: string, presence: State}[]>}
   */
  async who() {
    const { users } = await this.#parts.link.request('who');
    for (const { user, name, presence } of users) {
      this.#parts.names.learn(user, name);
      this.take(user, presence);
    }

    return users;
  }

  /**
   * One wants to know how somebody is: it is asked for now, and again after a break.
   * @param {string} address
   */
  ask(address) {
    const { addresses, link } = this.#parts;
    const key = addresses.fold(address);
    const isAsked = this.#wanted.delete(key);
    this.#wanted.set(key, address);
    const [oldest] = this.#wanted.keys();
    if (this.#wanted.size > MOST_ASKED && oldest !== undefined) this.#wanted.delete(oldest);
    if (link.state === 'live' && !isAsked && !this.#known.has(key)) this.#request(address);
  }

  /** One is at the keyboard: without this, the others see one as away after five minutes. */
  touch() {
    const { clock } = this.#parts;
    clock.clearTimeout(this.#idle);
    this.#idle = clock.setTimeout(() => this.#setAway(true), IDLE);
    if (this.#isAway) this.#setAway(false);
  }

  /**
   * Somebody is there, or not, from now on.
   * @param {string} address
   * @param {State} state
   * @param {string} [seen]
   */
  take(address, state, seen) {
    this.#known.set(this.#parts.addresses.fold(address), seen === undefined ? { state } : { state, seen });
    this.emit('change', address);
  }

  /** @param {import('./types.js').LinkState} state */
  #linkIs(state) {
    if (state === 'live') {
      if (this.#isAway) this.#setAway(true);
      else this.touch();
      for (const address of this.#wanted.values()) this.#request(address);
    } else if (state === 'ended') {
      this.#parts.clock.clearTimeout(this.#idle);
    }

    if (state !== 'live' && this.#known.size > 0) {
      this.#known.clear();
      this.emit('change', null);
    }
  }

  /** @param {string} address */
  async #request(address) {
    try {
      const { user, presence, seen } = await this.#parts.link.request('status', { user: address });
      this.take(user, presence, seen);
    } catch (error) {
      // It stays unknown until it is asked for again, or after a break.
      if (!Refusal.isOffline(error)) this.#wanted.delete(this.#parts.addresses.fold(address));
    }
  }

  /** @param {boolean} isAway */
  #setAway(isAway) {
    this.#isAway = isAway;
    this.#parts.link.request('status set', { presence: isAway ? 'away' : 'online' }).catch(() => {});
  }
}
