import { webcrypto } from 'node:crypto';
import { Client } from '../js/realm/client.js';

// Node 18 has it, but not where a browser does.
globalThis.crypto ??= /** @type {any} */ (webcrypto);

/** A clock that stands until it is told how much time passes. */
export class FakeClock {
  #now = Date.UTC(2026, 10, 21, 14, 52);
  /** @type {{at: number, callback: () => void}[]} */
  #timers = [];

  now = () => this.#now;
  random = () => 0.999;

  /** @param {() => void} callback @param {number} milliseconds */
  setTimeout = (callback, milliseconds) => {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return timer;
  };

  /** @param {unknown} timer */
  clearTimeout = (timer) => {
    this.#timers = this.#timers.filter((one) => one !== timer);
  };

  /** @param {number} milliseconds */
  async pass(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.#now = next.at;
      this.clearTimeout(next);
      next.callback();
      await settled();
    }

    this.#now = end;
  }
}

/** A storage that lives as long as the test, and the tabs that it is open in. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  #items = new Map();
  /** @type {{key: string, newValue: string | null}[]} */
  #changes = [];
  isFull = false;

  /** Another tab, which hears of what is changed from now on when it is told. */
  tab() {
    /** @type {(event: {key: string, newValue: string | null}) => void} */
    let hear = () => {};
    this.#changes = [];
    return {
      /** @param {'storage'} _name @param {(event: {key: string, newValue: string | null}) => void} listener */
      addEventListener: (_name, listener) => void (hear = listener),
      hear: () => this.#changes.splice(0).forEach((change) => hear(change)),
    };
  }

  get length() {
    return this.#items.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.#items.set(key, value);
    this.#changes.push({ key, newValue: value });
  }

  /** @param {string} key */
  removeItem(key) {
    if (this.#items.delete(key)) this.#changes.push({ key, newValue: null });
  }

  clear() {
    this.#items.clear();
  }
}

/** The side of the realm of one WebSocket. The test reads what was asked, and says what is answered and what happens. */
export class FakeSocket {
  /** @type {any[]} what was asked and not answered */
  asked = [];
  isClosed = false;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((message: {data: string}) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onclose = null;

  /** @param {string} line */
  send(line) {
    this.asked.push(JSON.parse(line));
  }

  close() {
    this.isClosed = true;
  }

  /** The realm, or the network, ends it. */
  break() {
    this.isClosed = true;
    this.onclose?.();
  }

  /** @param {unknown} told */
  tell(told) {
    this.onmessage?.({ data: JSON.stringify(told) });
  }

  /**
   * Answers the first that is open, which must be this verb.
   * @param {string} verb
   * @param {Record<string, unknown>} [reply]
   * @returns {Promise<any>} what was asked
   */
  async answer(verb, reply = {}) {
    const request = this.asked.shift();
    if (request?.do !== verb) throw new Error(`${verb} was to be answered, and asked was ${request?.do}`);
    this.tell({ id: request.id, status: 'OK', ...reply });
    await settled();
    return request;
  }

  /** @param {string} verb @param {string} code @param {string} [parameter] */
  refuse(verb, code, parameter) {
    return this.answer(verb, { status: 'ERROR', code, message: `message of ${code}`, ...(parameter ? { parameter } : {}) });
  }

  /** The verbs that were asked and not answered. */
  get verbs() {
    return this.asked.map((request) => request.do);
  }
}

/** Lets everything that waits for nothing but its turn take it. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * A client of messi on the realm satu, with a network, a clock and a storage that the test holds in its hand.
 * @param {{storage?: FakeStorage, clock?: FakeClock, tabs?: ReturnType<FakeStorage['tab']>}} [kept] of a page before, or beside it
 */
export function page({ storage = new FakeStorage(), clock = new FakeClock(), tabs } = {}) {
  /** @type {FakeSocket[]} */
  const sockets = [];
  const WebSocket = /** @type {any} */ (
    class extends FakeSocket {
      constructor() {
        super();
        sockets.push(this);
      }
    }
  );
  const me = { user: 'messi', name: 'Lionel Messi', realm: 'satu', session: 's1' };
  const client = new Client({ me, url: 'ws://satu/ws', language: 'en', storage: /** @type {any} */ (storage), WebSocket, clock, ...(tabs ? { tabs } : {}) });
  /** @type {import('../js/realm/types.js').LinkState[]} */
  const states = [];
  client.on('state', (state) => states.push(state));

  /** The connection of now. */
  const socket = () => {
    const last = sockets.at(-1);
    if (!last) throw new Error('nothing has connected');
    return last;
  };

  return {
    client,
    clock,
    storage,
    sockets,
    states,
    socket,

    /**
     * Connects for the first time, and is live.
     * @param {{at?: string, groups?: unknown[], conversations?: unknown[], more?: boolean}} [known]
     */
    async open({ at = '100', groups = [], conversations = [], more = false } = {}) {
      client.start();
      await this.greet();
      await socket().answer('listen', { at });
      await socket().answer('group list', { groups });
      await socket().answer('conversations', { conversations, more });
      for (const request of [...socket().asked]) if (request.do === 'status') await socket().answer('status', { user: request.user, presence: 'offline' });
      return client;
    },

    /** Connects again, and hears what it has missed. @param {{entries?: unknown[], at: string}} missed */
    async reopen({ entries = [], at }) {
      await this.greet();
      const listening = await socket().answer('listen', { at });
      for (const entry of entries) socket().tell(entry);
      socket().tell({ event: 'live', at });
      await settled();
      return listening;
    },

    async greet() {
      socket().onopen?.();
      await socket().answer('resume', { user: 'messi', name: 'Lionel Messi', realm: 'satu', session: 's1' });
      await socket().answer('language');
    },

  };
}

let places = 0;

/**
 * An entry of the conversation of messi with lineker, said by him.
 * @param {number} position
 * @param {Record<string, unknown>} [other] than usual
 * @returns {import('../js/realm/types.js').PlacedEntry}
 */
export function entry(position, other = {}) {
  return /** @type {any} */ ({
    event: 'message',
    at: String(1000 + ++places),
    to: other.from === 'messi' ? 'lineker' : 'messi',
    position,
    mid: `m${position}`,
    from: 'lineker',
    name: other.from === 'messi' ? 'Lionel Messi' : 'Gary Lineker',
    sent: '2026-11-21T14:52:00.123Z',
    text: `text ${position}`,
    ...other,
  });
}

/**
 * A page of a history, whole.
 * @param {import('../js/realm/types.js').PlacedEntry[]} entries
 * @param {Record<string, unknown>} [other] than usual
 */
export function history(entries, other = {}) {
  const first = entries[0]?.position ?? 1;
  const last = entries.at(-1)?.position ?? 0;
  return { to: 'lineker', entries, first, last, head: last, read: last, receipts: [], ...other };
}

/**
 * A conversation as the realm lists it.
 * @param {import('../js/realm/types.js').PlacedEntry} last
 * @param {Record<string, unknown>} [other]
 */
export function listed(last, other = {}) {
  return { with: 'lineker', last, read: last.position, unread: 0, ...other };
}
