const MOST = 100;

/**
 * How many messages of others lie beyond what was read in one conversation. The realm counts up to a position; what comes behind it is counted here. At most 100.
 */
export class Unread {
  /** Everything up to this position was read. */
  read = 0;
  /** Whether the count is only a guess, because a part of what the realm had counted was read: it has to be asked again. */
  isGuess = false;
  #counted = 0;
  #countedTo = 0;
  /** @type {number[]} positions behind what the realm has counted */
  #later = [];

  get count() {
    return Math.min(MOST, this.#counted + this.#later.length);
  }

  /**
   * The realm has counted.
   * @param {number} count of those behind `read`
   * @param {number} read
   * @param {number} head the last position that it has looked at
   */
  told(count, read, head) {
    this.#later = this.#later.filter((position) => position > head);
    this.#counted = count;
    this.#countedTo = head;
    this.isGuess = false;
    const ahead = this.read;
    this.read = read;
    this.readTo(ahead);
  }

  /**
   * Somebody else has said something.
   * @param {number} position
   */
  came(position) {
    if (position > this.read && position > this.#countedTo && !this.#later.includes(position)) this.#later.push(position);
    if (this.#later.length > MOST) this.#later.shift();
  }

  /**
   * A message is no more.
   * @param {number} position
   */
  went(position) {
    this.#later = this.#later.filter((one) => one !== position);
    if (position > this.read && position <= this.#countedTo && this.#counted > 0) this.isGuess = true;
  }

  /**
   * It was read up to a position; a mark never goes back.
   * @param {number} position
   */
  readTo(position) {
    if (position <= this.read) return;
    this.read = position;
    this.#later = this.#later.filter((one) => one > position);
    if (position >= this.#countedTo) {
      this.#counted = 0;
      this.isGuess = false;
    } else if (this.#counted > 0) {
      this.#counted = Math.min(this.#counted, this.#countedTo - position);
      this.isGuess = true;
    }
  }
}
