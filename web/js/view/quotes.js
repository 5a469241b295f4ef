/**
 * What messages answer: taken from the timeline where it is loaded, else asked for, once.
 */
import { Emitter } from '../realm/emitter.js';

/** @typedef {import('../realm/types.js').Entry} Entry */
/** @typedef {{state:'known', entry:Entry}|{state:'loading'}|{state:'gone'}} Quote */

/**
 * Emits `change` when one has come.
 * @extends {Emitter<{change: void}>}
 */
export class Quotes extends Emitter {
  /** @type {Map<number, Quote>} */
  #asked = new Map();

  /** @param {import('../realm/timeline.js').Timeline} timeline */
  constructor(timeline) {
    super();
    this.timeline = timeline;
  }

  /**
   * @param {number} position
   * @returns {Quote}
   */
  of(position) {
    const entry = this.timeline.find(position)?.entry;
    if (entry) {
      return { state: 'known', entry };
    }
    const asked = this.#asked.get(position);
    if (asked) {
      return asked;
    }
    this.#asked.set(position, { state: 'loading' });
    void this.#ask(position);
    return { state: 'loading' };
  }

  /** @param {number} position */
  async #ask(position) {
    try {
      const entry = await this.timeline.peek(position);
      this.#asked.set(position, entry ? { state: 'known', entry } : { state: 'gone' });
      this.emit('change');
    } catch {
      this.#asked.delete(position);
    }
  }
}
