import { Emitter } from './emitter.js';

/**
 * Under what names people are shown, as far as the page has met them. Emits `change` with the address.
 * @extends {Emitter<{change: string}>}
 */
export class Names extends Emitter {
  #addresses;
  /** @type {Map<string, string>} */
  #names = new Map();

  /** @param {import('./addresses.js').Addresses} addresses */
  constructor(addresses) {
    super();
    this.#addresses = addresses;
  }

  /**
   * The display name, or the address of somebody who was not met yet.
   * @param {string} address
   */
  of(address) {
    return this.#names.get(this.#addresses.fold(address)) ?? address;
  }

  /**
   * @param {string} address
   * @param {string | undefined} name
   */
  learn(address, name) {
    const folded = this.#addresses.fold(address);
    if (!name || this.#names.get(folded) === name) return;
    this.#names.set(folded, name);
    this.emit('change', address);
  }

  /**
   * Learns who somebody is from what he did. In a group that is only a first guess: what comes through a webhook bears the webhook's name.
   * @param {import('./types.js').Entry} entry
   */
  meet(entry) {
    if (this.#addresses.isGroup(entry.to) && this.#names.has(this.#addresses.fold(entry.from))) return;
    this.learn(entry.from, entry.name);
  }
}
