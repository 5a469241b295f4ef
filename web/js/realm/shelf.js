import { Emitter } from './emitter.js';

const FORGOTTEN = 'forgotten';

/** @typedef {{addEventListener(name: 'storage', listener: (event: {key: string | null, newValue: string | null}) => void): void}} Tabs what tells that another tab has changed the storage */

/**
 * What one user of one realm keeps in this browser: values under names, as JSON. A browser that keeps nothing (its storage is switched off, or full) is no error: what was
 * to be kept is then lost with the page.
 *
 * Emits `removed` with the name of what another tab has taken away.
 * @extends {Emitter<{removed: string}>}
 */
export class Shelf extends Emitter {
  #storage;
  #prefix;
  #isForgotten = false;

  /**
   * @param {Storage} storage
   * @param {{user: string, realm: string}} me
   * @param {Tabs} [tabs]
   */
  constructor(storage, me, tabs) {
    super();
    this.#storage = storage;
    this.#prefix = `kabar:${me.realm}:${me.user}:`;
    tabs?.addEventListener('storage', ({ key, newValue }) => {
      if (key?.startsWith(this.#prefix)) this.#heard(key.slice(this.#prefix.length), newValue !== null);
    });
  }

  /**
   * @param {string} name
   * @returns {any} null when there is nothing, or nothing that can be read
   */
  get(name) {
    try {
      return JSON.parse(this.#storage.getItem(this.#prefix + name) ?? 'null');
    } catch {
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value null takes it away
   * @returns {boolean} whether it is kept so
   */
  set(name, value) {
    if (this.#isForgotten && value !== null) return false;
    try {
      if (value === null) this.#storage.removeItem(this.#prefix + name);
      else this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
      return true;
    } catch {
      return false; // Said above: nothing is kept then.
    }
  }

  /**
   * The names of all that is kept and begins so.
   * @param {string} beginning
   */
  names(beginning = '') {
    const names = [];
    try {
      for (let index = 0; index < this.#storage.length; index++) {
        const key = this.#storage.key(index);
        if (key?.startsWith(this.#prefix + beginning)) names.push(key.slice(this.#prefix.length));
      }
    } catch {
      // Said above.
    }

    return names;
  }

  /** Forgets all of it, in the other tabs too. Nothing is kept any more. */
  clear() {
    this.set(FORGOTTEN, true); // and taken away at once: the others hear of it
    this.#forget();
  }

  #forget() {
    this.#isForgotten = true;
    for (const name of this.names()) this.set(name, null);
  }

  /**
   * @param {string} name
   * @param {boolean} isThere
   */
  #heard(name, isThere) {
    if (!isThere) this.emit('removed', name);
    else if (name === FORGOTTEN) this.#forget();
  }
}
