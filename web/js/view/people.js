/**
 * Who takes part in a conversation: their names, in a group their roles, and whether one may say something there oneself.
 */
import { Emitter } from '../realm/emitter.js';
import { visibleName } from './sentences.js';

/** @typedef {import('../realm/client.js').Client} Client */
/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {{user:string, name:string, role:string, muted:boolean}} Member */

const ranks = new Map([['member', 1], ['moderator', 2], ['owner', 3]]);

/**
 * Emits `change` when something of it is known better.
 * @extends {Emitter<{change: void}>}
 */
export class People extends Emitter {
  /** @type {Map<string, Member>} */
  #members = new Map();
  #isAsking = false;
  #mustAskAgain = false;

  /** Why nothing can be said here: one is no member, or may not speak; null when one may. @type {'left'|'muted'|null} */
  silenced = null;

  /**
   * @param {Client} client
   * @param {string} address
   */
  constructor(client, address) {
    super();
    this.client = client;
    this.address = address;
    this.isGroup = address.startsWith('#');
  }

  /** @param {string} address */
  isMe(address) {
    return this.client.sameAddress(address, this.client.me.user);
  }

  /** @param {string} address */
  nameOf(address) {
    return visibleName(this.#members.get(this.client.fold(address))?.name ?? this.client.names.of(address), address);
  }

  /** How many members the group has; null as long as that is not known. */
  get count() {
    return this.#members.size || null;
  }

  /** @param {Item} item */
  mayDelete(item) {
    if (item.mine) {
      return true;
    }
    const mine = this.#rankOf(this.client.me.user);
    return this.isGroup && mine >= 2 && mine > this.#rankOf(item.entry.from);
  }

  /** Asks who is a member. */
  async load() {
    if (!this.isGroup) {
      return;
    }
    this.#mustAskAgain = this.#isAsking;
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    try {
      const members = await this.client.groups.members(this.address);
      this.#members = new Map(members.map(member => [this.client.fold(member.user), member]));
      const own = this.#members.get(this.client.fold(this.client.me.user));
      this.silenced = !own ? 'left' : own.muted ? 'muted' : null;
    } catch (error) {
      const { code } = /** @type {{code?:string}} */ (error);
      if (code === 'not_a_member' || code === 'unknown_group') {
        this.silenced = 'left';
      }
    } finally {
      this.#isAsking = false;
    }
    this.emit('change');
    if (this.#mustAskAgain) {
      await this.load();
    }
  }

  /** @param {string} address */
  #rankOf(address) {
    return ranks.get(this.#members.get(this.client.fold(address))?.role ?? '') ?? 0;
  }
}
