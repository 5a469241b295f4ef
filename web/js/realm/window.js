const MOST = 2_000;
const SLACK = 200;

/**
 * One entry as a view shows it.
 * @typedef {object} Item
 * @property {string} key stays the same as long as it is shown, also when a message that was being sent becomes an entry
 * @property {number | null} position null for what has no place yet
 * @property {import('./types.js').Entry} entry
 * @property {boolean} mine
 * @property {import('./types.js').Status} status
 * @property {string} [code] why it has failed
 * @property {string} [error] the same for people, where the realm has worded it
 */

/** @typedef {Item & {position: number}} PlacedItem */

/**
 * The part of a conversation that is loaded: what stands at the positions `first` to `last`, in order. It holds about two thousand items around what is looked at; beyond that
 * the farthest are dropped.
 */
export class Window {
  /** @type {PlacedItem[]} */
  items = [];
  first = 1;
  last = 0;
  /** @type {[number, number] | null} the positions that are looked at */
  #seen = null;

  /**
   * Begins anew with a part of the conversation.
   * @param {number} first
   * @param {number} last
   */
  reset(first, last) {
    this.items = [];
    this.first = first;
    this.last = last;
    this.#seen = null;
  }

  /**
   * Where an item of this position stands, or would have to.
   * @param {number} position
   */
  indexOf(position) {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.items[middle]?.position ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }

    return low;
  }

  /** @param {number} position */
  find(position) {
    const item = this.items[this.indexOf(position)];
    return item?.position === position ? item : null;
  }

  /**
   * Puts an item to its place; one that stands there already gives its key to it.
   * @param {PlacedItem} item
   */
  put(item) {
    const index = this.indexOf(item.position);
    const before = this.items[index];
    if (before?.position === item.position) this.items[index] = { ...item, key: before.key };
    else this.items.splice(index, 0, item);
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  see(first, last) {
    this.#seen = [first, last];
  }

  /**
   * Drops what is too much: from the end that is farther from what is looked at.
   * @param {'older' | 'newer'} grown where it has grown, which decides when nobody has said what is looked at
   * @returns {boolean} whether anything was dropped
   */
  trim(grown) {
    const tooMany = this.items.length - MOST;
    if (tooMany <= SLACK) return false;
    const [from, to] = this.#seen ?? (grown === 'older' ? [this.first, this.first] : [this.last, this.last]);
    const before = this.indexOf(from);
    const behind = this.items.length - this.indexOf(to + 1);
    if (before > behind) {
      this.items.splice(0, Math.min(tooMany, before));
      this.first = this.items[0]?.position ?? this.first;
    } else {
      this.items.splice(-Math.min(tooMany, behind));
      this.last = this.items.at(-1)?.position ?? this.last;
    }

    return true;
  }
}
