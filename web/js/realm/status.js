/** @typedef {import('./types.js').Receipt} Receipt */

/**
 * How far the others have come in one conversation. Marks never go back; what is read is delivered, and what is delivered is stored.
 */
export class Marks {
  #addresses;
  /** @type {Map<string, Receipt>} by folded address */
  #marks = new Map();

  /** @param {import('./addresses.js').Addresses} addresses */
  constructor(addresses) {
    this.#addresses = addresses;
  }

  /**
   * @param {Receipt} receipt
   * @returns {boolean} whether it told anything new
   */
  take(receipt) {
    const folded = this.#addresses.fold(receipt.from);
    const before = this.#marks.get(folded);
    const read = Math.max(before?.read ?? 0, receipt.read);
    const delivered = Math.max(before?.delivered ?? 0, receipt.delivered, read);
    const stored = Math.max(before?.stored ?? 0, receipt.stored, delivered);
    if (before && before.read === read && before.delivered === delivered && before.stored === stored) return false;
    this.#marks.set(folded, { from: receipt.from, to: receipt.to, stored, delivered, read });
    return true;
  }

  /** Of all others, who it is known of. */
  list() {
    return [...this.#marks.values()];
  }

  /**
   * Who has read what stands at a position: addresses, as far as it is known.
   * @param {number} position
   */
  readBy(position) {
    return this.list().filter((mark) => mark.read >= position).map((mark) => mark.from);
  }

  clear() {
    this.#marks.clear();
  }

  /**
   * What has become of a message of one's own that stands at a position.
   * @param {number} position
   * @param {string} address of the conversation
   * @returns {import('./types.js').Status}
   */
  statusOf(position, address) {
    const marks = this.list();
    if (marks.some((mark) => mark.read >= position)) return 'read';
    if (marks.some((mark) => mark.delivered >= position)) return 'delivered';
    // Another realm has it when it says so; this one has it when it has a position.
    const isFar = !this.#addresses.isGroup(address) && this.#addresses.isElsewhere(address);
    return isFar && !marks.some((mark) => mark.stored >= position) ? 'waiting' : 'sent';
  }
}
