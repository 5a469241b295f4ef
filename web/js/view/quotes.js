/**
 * What messages answer: taken from the timeline where it is loaded, else asked for, once, and again when it was changed.
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
    /** @type {Quote} */
    const loading = { state: 'loading' };
    this.#asked.set(position, loading);
    void this.#ask(position, loading);
    return loading;
  }

  /**
   * Follows what becomes of the messages, until the function that comes back is called.
   * @returns {() => void}
   */
  follow() {
    const ends = [
      this.timeline.on('revised', ({ event, target }) => {
        // What was edited or taken back is not shown any more as it was. Reactions are not quoted.
        if (event !== 'reacted' && target !== undefined && this.#asked.delete(target)) {
          this.emit('change');
        }
      }),
      this.timeline.on('change', ({ kind }) => {
        // What has happened meanwhile may not have been told.
        if (kind === 'replace') {
          this.#asked.clear();
        }
      }),
    ];
    return () => ends.forEach(end => end());
  }

  /**
   * @param {number} position
   * @param {Quote} loading what stands there meanwhile: when it does not any more, the answer may be older than what was told
   */
  async #ask(position, loading) {
    const entry = await this.timeline.peek(position).catch(() => undefined);
    if (this.#asked.get(position) !== loading) {
      return;
    }
    if (entry === undefined) {
      this.#asked.delete(position);
      return;
    }
    this.#asked.set(position, entry ? { state: 'known', entry } : { state: 'gone' });
    this.emit('change');
  }
}
