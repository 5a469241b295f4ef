import { Emitter } from './emitter.js';

const HOLDS = 6_000;
const PAUSE = 3_000;

/**
 * Who is typing. It holds for six seconds, or until he has said something. Emits `change` with the address of the conversation.
 * @extends {Emitter<{change: string}>}
 */
export class Typing extends Emitter {
  #parts;
  /** @type {Map<string, Map<string, {from: string, timer: unknown}>>} by folded conversation, then by who */
  #typing = new Map();
  /** @type {Map<string, number>} when the realm was last told that one is typing there */
  #told = new Map();

  /** @param {Pick<import('./parts.js').Parts, 'link' | 'addresses' | 'names' | 'clock'>} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    parts.link.on('state', (state) => state !== 'live' && this.#clear());
  }

  /**
   * The names of those who are typing there.
   * @param {string} address
   * @returns {string[]}
   */
  of(address) {
    return [...(this.#typing.get(this.#parts.addresses.fold(address))?.values() ?? [])].map(({ from }) => this.#parts.names.of(from));
  }

  /**
   * One is typing there: the others are told, every three seconds at most.
   * @param {string} address
   */
  tell(address) {
    const { addresses, clock, link } = this.#parts;
    const key = addresses.fold(address);
    const now = clock.now();
    if (now - (this.#told.get(key) ?? -Infinity) < PAUSE) return;
    this.#told.set(key, now);
    link.request('typing', { to: address }).catch(() => {});
  }

  /**
   * Somebody else is typing.
   * @param {string} address of the conversation
   * @param {string} from
   */
  begins(address, from) {
    const { addresses, clock } = this.#parts;
    if (addresses.isMe(from)) return;
    const key = addresses.fold(address);
    const there = this.#typing.get(key) ?? new Map();
    const before = there.get(addresses.fold(from));
    if (before) clock.clearTimeout(before.timer);
    there.set(addresses.fold(from), { from, timer: clock.setTimeout(() => this.ends(address, from), HOLDS) });
    this.#typing.set(key, there);
    this.emit('change', address);
  }

  /**
   * Somebody has said something, or has stopped.
   * @param {string} address of the conversation
   * @param {string} from
   */
  ends(address, from) {
    const { addresses, clock } = this.#parts;
    const there = this.#typing.get(addresses.fold(address));
    const one = there?.get(addresses.fold(from));
    if (!there || !one) return;
    clock.clearTimeout(one.timer);
    there.delete(addresses.fold(from));
    if (there.size === 0) this.#typing.delete(addresses.fold(address));
    this.emit('change', address);
  }

  #clear() {
    for (const [address, there] of this.#typing) for (const { from } of [...there.values()]) this.ends(address, from);
  }
}
