/**
 * The heights of a timeline's blocks, and the arithmetic that follows from them: what is to be drawn, and how much room the rest takes.
 *
 * A block that was drawn once has a measured height; of the others one is guessed from the rows that were. All lengths are in CSS pixels.
 */
export class Blocks {
  /** @type {Map<number, number>} */
  #measured = new Map();
  #measuredHeight = 0;
  #measuredRows = 0;
  /** @type {readonly {id:number, start:number, end:number}[]} */
  #list = [];

  /** @param {number} rowHeight the guess as long as nothing was measured */
  constructor(rowHeight = 56) {
    this.rowHeight = rowHeight;
  }

  get list() {
    return this.#list;
  }

  /** @param {readonly {id:number, start:number, end:number}[]} list from the oldest to the newest */
  assign(list) {
    this.#list = list;
  }

  /**
   * A block was drawn, and is so high.
   * @param {number} id
   * @param {number} rows how many rows it has
   * @param {number} height
   */
  measure(id, rows, height) {
    if (!this.#measured.has(id)) {
      this.#measuredHeight += height;
      this.#measuredRows += rows;
      this.rowHeight = this.#measuredHeight / Math.max(1, this.#measuredRows);
    }
    this.#measured.set(id, height);
  }

  /** The width has changed: nothing that was measured is so any more. */
  forget() {
    this.#measured.clear();
    this.#measuredHeight = this.#measuredRows = 0;
  }

  /** @param {number} index */
  heightOf(index) {
    const block = this.#list[index];
    return block ? this.#measured.get(block.id) ?? (block.end - block.start) * this.rowHeight : 0;
  }

  /**
   * The height of the blocks from one to before another.
   * @param {number} from
   * @param {number} to
   */
  span(from, to) {
    let height = 0;
    for (let index = from; index < to; index++) {
      height += this.heightOf(index);
    }
    return height;
  }

  /**
   * Which blocks lie in a stretch, at least one if there is any: that nearest to it.
   * @param {number} anchor the index of a block whose place is known
   * @param {number} top where its upper edge is
   * @param {number} from where the stretch begins, measured from the same place as `top`
   * @param {number} to where it ends
   * @returns {{first:number, last:number, top:number}} the first and the last index, and where the upper edge of the first one is
   */
  within(anchor, top, from, to) {
    let first = anchor;
    while (first > 0 && top > from) {
      first--;
      top -= this.heightOf(first);
    }
    while (first < this.#list.length - 1 && top + this.heightOf(first) <= from) {
      top += this.heightOf(first);
      first++;
    }
    let last = first;
    for (let bottom = top + this.heightOf(first); last < this.#list.length - 1 && bottom < to; bottom += this.heightOf(last)) {
      last++;
    }
    return { first, last, top };
  }

  /**
   * The index of the block of this id, or of the next one behind where it would be; -1 when there is none.
   * @param {number} id
   */
  indexOf(id) {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {{id:number}} */ (this.#list[middle]).id < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < this.#list.length ? low : -1;
  }
}
