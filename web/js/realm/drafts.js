/** What was begun and not sent, by conversation. It outlives the page. */
export class Drafts {
  #shelf;
  #addresses;

  /**
   * @param {import('./shelf.js').Shelf} shelf
   * @param {import('./addresses.js').Addresses} addresses
   */
  constructor(shelf, addresses) {
    this.#shelf = shelf;
    this.#addresses = addresses;
  }

  /**
   * @param {string} address
   * @returns {{text: string, reply?: number} | null}
   */
  get(address) {
    return this.#shelf.get(`draft:${this.#addresses.fold(address)}`);
  }

  /**
   * @param {string} address
   * @param {{text: string, reply?: number} | null} draft null, or one without text and reply: there is none any more
   */
  set(address, draft) {
    this.#shelf.set(`draft:${this.#addresses.fold(address)}`, draft && (draft.text !== '' || draft.reply !== undefined) ? draft : null);
  }

  /**
   * A conversation is called otherwise now; what was begun under that address stays.
   * @param {string} before
   * @param {string} after
   */
  rename(before, after) {
    if (!this.get(after)) this.set(after, this.get(before));
    this.set(before, null);
  }
}
