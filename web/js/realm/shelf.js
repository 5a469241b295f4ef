/**
 * What one user of one realm keeps in this browser: values under names, as JSON. A browser that keeps nothing (its storage is switched off, or full) is no error: what was
 * to be kept is then lost with the page.
 */
export class Shelf {
  #storage;
  #prefix;

  /**
   * @param {Storage} storage
   * @param {{user: string, realm: string}} me
   */
  constructor(storage, me) {
    this.#storage = storage;
    this.#prefix = `kabar:${me.realm}:${me.user}:`;
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
   */
  set(name, value) {
    try {
      if (value === null) this.#storage.removeItem(this.#prefix + name);
      else this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
    } catch {
      // Said above: nothing is kept then.
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

  /** Forgets all of it. */
  clear() {
    for (const name of this.names()) this.set(name, null);
  }
}
