import { compareAt } from './at.js';
import { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import { Refusal } from './refusal.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const STEADY = 5_000;
const SESSION_OVER = new Set(['unknown_session', 'not_logged_in']);

/**
 * The way to the realm, made anew whenever it breaks. It resumes the session that the browser's cookie opens, and listens from the last entry that was heard, so that every
 * entry is told once: those that came while it was broken too, before it says that it is live again.
 *
 * Emits `state`, also when `retryAt` changes; `event` with what happens; `anew` when the realm's data were put back from a backup, so that all that is known may be wrong.
 * @extends {Emitter<{state: import('./types.js').LinkState, event: any, anew: void}>}
 */
export class Link extends Emitter {
  #url;
  #user;
  #language;
  #WebSocket;
  #clock;
  /** @type {import('./types.js').LinkState} */
  #state = 'connecting';
  /** @type {Connection | null} */
  #connection = null;
  /** @type {string | null} the place of the last entry that was heard */
  #at = null;
  #failures = 0;
  /** @type {number | null} since when it is live */
  #liveSince = null;
  /** @type {unknown} */
  #timer;
  /** @type {{resolve: () => void, reject: (refusal: Refusal) => void}[]} */
  #waiting = [];

  /** When it is tried again, in milliseconds since 1970; null when it is being tried, or need not be. @type {number | null} */
  retryAt = null;

  /** @param {{url: string, user: string, language: string, WebSocket: import('./types.js').Dialler, clock: import('./types.js').Clock}} options */
  constructor({ url, user, language, WebSocket, clock }) {
    super();
    this.#url = url;
    this.#user = user;
    this.#language = language;
    this.#WebSocket = WebSocket;
    this.#clock = clock;
  }

  get state() {
    return this.#state;
  }

  /** Connects, and stays so until `close`. */
  start() {
    if (this.#connection || this.retryAt !== null || this.#state === 'ended') return;
    this.#connect();
  }

  /** Ends it for good. */
  close() {
    this.#become('ended');
    this.#clock.clearTimeout(this.#timer);
    this.retryAt = null;
    this.#connection?.close();
    for (const { reject } of this.#waiting.splice(0)) reject(Refusal.here('offline'));
  }

  /** Something says that the network may be back (or the page is looked at again): tries now what would be tried later, and asks a live connection whether it is. */
  retryNow() {
    if (this.#state === 'live') this.#connection?.probe();
    else if (this.retryAt !== null) this.#connect();
  }

  /**
   * Asks the realm something. It is asked once: what was not answered when the connection broke is not repeated.
   * @param {string} verb
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<any>}
   */
  request(verb, params) {
    return this.#state === 'live' && this.#connection ? this.#connection.request(verb, params) : Promise.reject(Refusal.here('offline'));
  }

  /**
   * Waits until it is live. Rejects with `offline` when that will not be any more.
   * @returns {Promise<void>}
   */
  whenLive() {
    if (this.#state === 'live') return Promise.resolve();
    if (this.#state === 'ended') return Promise.reject(Refusal.here('offline'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /**
   * Asks as often as it takes until there is an answer. Only for what may be asked twice.
   * @param {string} verb
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<any>} rejects with what was refused, and with `offline` when the session is over
   */
  async ask(verb, params) {
    for (;;) {
      await this.whenLive();
      try {
        return await this.request(verb, params);
      } catch (error) {
        if (!Refusal.isOffline(error)) throw error;
      }
    }
  }

  /**
   * The language in which the realm words why it refuses something.
   * @param {string} language
   */
  setLanguage(language) {
    this.#language = language;
    this.request('language', { language }).catch(() => {});
  }

  #connect() {
    this.#clock.clearTimeout(this.#timer);
    this.retryAt = null;
    const connection = new Connection(new this.#WebSocket(this.#url), this.#clock, {
      opened: () => this.#greet(connection),
      event: (event) => this.#heard(event),
      refused: (refusal, verb) => {
        if (SESSION_OVER.has(refusal.code) && verb !== 'sessions end') this.close();
      },
      closed: () => this.#broke(),
    });
    this.#connection = connection;
    if (this.#state === 'offline') this.emit('state', 'offline');
  }

  /** @param {Connection} connection */
  async #greet(connection) {
    const isFirst = this.#at === null;
    try {
      const [me, , listening] = await Promise.all([
        connection.request('resume'),
        connection.request('language', { language: this.#language }),
        connection.request('listen', this.#at === null ? {} : { from: this.#at }),
      ]);
      if (me.user !== this.#user) return this.close(); // somebody else has logged in beside this page
      if (!isFirst || this.#connection !== connection) return; // what was missed comes first, then `live`
      if (this.#at === null || compareAt(listening.at, this.#at) > 0) this.#at = listening.at;
      this.#goLive();
    } catch (error) {
      if (error instanceof Refusal && error.parameter === 'token') this.close(); // the cookie is gone
      else connection.close();
    }
  }

  /** @param {any} event */
  #heard(event) {
    if (event.event === 'logged_out') return this.close();
    if (event.event === 'live') return this.#caughtUp(event.at);
    if (event.at !== undefined) {
      if (this.#at !== null && compareAt(event.at, this.#at) <= 0) return;
      this.#at = event.at;
    }

    this.emit('event', event);
  }

  /** @param {string} at */
  #caughtUp(at) {
    const isRestored = this.#at !== null && compareAt(at, this.#at) < 0;
    this.#at = at;
    if (isRestored) this.emit('anew');
    this.#goLive();
  }

  #goLive() {
    this.#liveSince = this.#clock.now();
    this.#become('live');
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #broke() {
    this.#connection = null;
    if (this.#state === 'ended') return;
    if (this.#liveSince !== null && this.#clock.now() - this.#liveSince >= STEADY) this.#failures = 0;
    this.#liveSince = null;
    // Between a half and the whole of the wait, so that not all come back at the same moment.
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++) * (0.5 + this.#clock.random() / 2);
    this.retryAt = this.#clock.now() + wait;
    this.#timer = this.#clock.setTimeout(() => this.#connect(), wait);
    this.#become('offline');
  }

  /** @param {import('./types.js').LinkState} state */
  #become(state) {
    if (this.#state === state && state !== 'offline') return;
    this.#state = state;
    this.emit('state', state);
  }
}
