import { Refusal } from './refusal.js';

const DELAY = 500;

/** Tells the realm how far one has read: at most twice a second, only the farthest, and after a break what could not be told. */
export class ReadMarks {
  #link;
  #addresses;
  #clock;
  /** @type {Map<string, {address: string, position: number}>} */
  #untold = new Map();
  /** @type {Map<string, number>} what was told last, by folded address */
  #told = new Map();
  #isWaiting = false;

  /** @param {{link: import('./link.js').Link, addresses: import('./addresses.js').Addresses, clock: import('./types.js').Clock}} parts */
  constructor({ link, addresses, clock }) {
    this.#link = link;
    this.#addresses = addresses;
    this.#clock = clock;
    link.on('state', (state) => {
      if (state === 'live') this.#tell();
    });
    link.on('anew', () => this.#told.clear());
  }

  /**
   * @param {string} address
   * @param {number} position
   */
  mark(address, position) {
    const key = this.#addresses.fold(address);
    if (Math.max(this.#untold.get(key)?.position ?? 0, this.#told.get(key) ?? 0) >= position) return;
    this.#untold.set(key, { address, position });
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#clock.setTimeout(() => {
      this.#isWaiting = false;
      this.#tell();
    }, DELAY);
  }

  #tell() {
    if (this.#link.state !== 'live') return;
    for (const [key, { address, position }] of this.#untold) {
      this.#untold.delete(key);
      this.#told.set(key, position);
      this.#link.request('read', { to: address, position }).catch((error) => {
        if (!Refusal.isOffline(error)) return;
        if (this.#told.get(key) === position) this.#told.delete(key);
        this.mark(address, position);
      });
    }
  }
}
