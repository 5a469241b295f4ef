import { Timeline } from './timeline.js';

const MOST_LOADED = 20;

/** The timelines that were asked for. Of those that were opened, the twenty last keep what they have loaded. */
export class Timelines {
  /** @type {import('./parts.js').Parts} */
  #parts;
  /** @type {Map<string, Timeline>} by folded address */
  #all = new Map();
  /** @type {Timeline[]} the one that was opened last at the end */
  #opened = [];

  /** @param {import('./parts.js').Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * The timeline of a conversation, always the same one.
   * @param {string} address
   */
  of(address) {
    const timeline = this.find(address) ?? new Timeline(address, this.#parts);
    this.#all.set(this.#parts.addresses.fold(address), timeline);
    return timeline;
  }

  /**
   * That of a conversation, if it was asked for.
   * @param {string} address
   */
  find(address) {
    return this.#all.get(this.#parts.addresses.fold(address));
  }

  /** @param {Timeline} timeline */
  opened(timeline) {
    this.#opened = [...this.#opened.filter((one) => one !== timeline), timeline];
    if (this.#opened.length > MOST_LOADED) this.#opened.shift()?.unload();
  }

  /**
   * A conversation is called otherwise now; what is known under that address stays.
   * @param {string} before
   * @param {string} after
   */
  rename(before, after) {
    const timeline = this.find(before);
    if (!timeline) return;
    this.#all.delete(this.#parts.addresses.fold(before));
    if (this.find(after)) return;
    this.#all.set(this.#parts.addresses.fold(after), timeline);
    timeline.rename(after);
  }

  renew() {
    for (const timeline of this.#all.values()) timeline.renew();
  }
}
