const MOST = 2_000;
const SLACK = 200;

/** @typedef {import('./items.js').PlacedItem} PlacedItem */
/** @typedef {import('./types.js').Page} Page */

/**
 * The part of a conversation that is loaded: what stands at the positions `first` to `last`, in order. It holds about two thousand items around what is looked at; beyond that
 * the farthest are dropped.
 */
export class Window {
  /** @type {PlacedItem[]} */
  items = [];
  first = 1;
  last = 0;
  /** The last position of the conversation, as far as it is known. */
  head = 0;
  #reachedStart = false;
  /** @type {[number, number] | null} the positions that are looked at */
  #seen = null;

  get hasOlder() {
    return !this.#reachedStart && this.first > 1;
  }

  get hasNewer() {
    return this.last < this.head;
  }

  /** Nothing is loaded, and nothing is known of the conversation. */
  clear() {
    this.items = [];
    this.first = 1;
    this.last = this.head = 0;
    this.#reachedStart = false;
    this.#seen = null;
  }

  /**
   * Begins anew with the positions that pages cover. Their items are still to be put in.
   * @param {Page[]} pages that follow each other
   */
  begin(pages) {
    const covered = pages.filter((page) => page.last >= page.first);
    this.items = [];
    this.first = covered[0]?.first ?? 1;
    this.last = covered.at(-1)?.last ?? 0;
    this.head = Math.max(this.last, ...pages.map((page) => page.head));
    this.#reachedStart = pages[0] !== covered[0];
    this.#seen = null;
  }

  /**
   * Covers one page more. Its items are still to be put in.
   * @param {Page} page
   * @param {'older' | 'newer'} end
   */
  grow(page, end) {
    const isEmpty = page.last < page.first;
    this.head = Math.max(this.head, page.head);
    if (end === 'older') {
      if (isEmpty) this.#reachedStart = true;
      else this.first = Math.min(this.first, page.first);
    } else {
      // When nothing lies behind, though the head said so, it does not concern the reader.
      this.last = Math.max(this.last, isEmpty ? page.head : page.last);
    }
  }

  /** @param {number} position */
  covers(position) {
    return position >= this.first && position <= this.last;
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
   * Takes note of what is looked at.
   * @param {number} first
   * @param {number} last
   */
  see(first, last) {
    this.#seen = [first, last];
  }

  /**
   * Drops what is too much: from the end that is farther from what is looked at.
   * @param {'older' | 'newer'} grown where it has grown, which decides when nobody has said what is looked at
   */
  trim(grown) {
    const tooMany = this.items.length - MOST;
    if (tooMany <= SLACK) return;
    const [from, to] = this.#seen ?? (grown === 'older' ? [this.first, this.first] : [this.last, this.last]);
    const before = this.indexOf(from);
    const behind = this.items.length - this.indexOf(to + 1);
    if (before > behind) {
      this.items.splice(0, Math.min(tooMany, before));
      this.first = this.items[0]?.position ?? this.first;
      this.#reachedStart = false;
    } else {
      this.items.splice(-Math.min(tooMany, behind));
      this.last = this.items.at(-1)?.position ?? this.last;
    }
  }
}
