import { Refusal } from './refusal.js';

const DELAY = 500;

/** Tells the realm how far one has read: at most twice a second, only the farthest, and after a break what could not be told. */
export class ReadMarks {
  #link;
  #addresses;
  #clock;
  /** @type {Map<string, {address: string, position: number}>} */
  #untold = new Map();
  #isWaiting = false;

  /** @param {{link: import('./link.js').Link, addresses: import('./addresses.js').Addresses, clock: import('./types.js').Clock}} parts */
  constructor({ link, addresses, clock }) {
    this.#link = link;
    this.#addresses = addresses;
    this.#clock = clock;
    link.on('state', (state) => {
      if (state === 'live') this.#tell();
    });
  }

  /**
   * @param {string} address
   * @param {number} position
   */
  mark(address, position) {
    const key = this.#addresses.fold(address);
    if ((this.#untold.get(key)?.position ?? 0) >= position) return;
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
      this.#link.request('read', { to: address, position }).catch((error) => {
        if (Refusal.isOffline(error)) this.mark(address, position);
      });
    }
  }
}
