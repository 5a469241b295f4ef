import { Refusal } from './refusal.js';

const SILENCE = 30_000;
const PING_ANSWER = 10_000;
const ANSWER = 30_000;
const OPENING = 15_000;
const MOST_LINE = 65_536;

/** @typedef {{verb: string, resolve: (reply: any) => void, reject: (refusal: Refusal) => void}} Asked */
/**
 * What a connection tells to whom it belongs: that it has opened, what happens, what was refused, that it is over.
 * @typedef {{opened: () => void, event: (event: any) => void, refused: (refusal: Refusal, verb: string) => void, closed: () => void}} Ears
 */

/**
 * One WebSocket, from its opening to its end. Replies come in the order of the requests, events between them. One that has died without a word is noticed: after 30 s in
 * which nothing was sent it is asked for a sign of life, and one that does not answer is closed.
 */
export class Connection {
  #socket;
  #clock;
  #ears;
  #isOver = false;
  #lastId = 0;
  /** @type {Map<number, Asked>} in the order of asking */
  #open = new Map();
  /** @type {unknown} until the connection must have opened, or the next answer must have come */
  #deadline;
  /** @type {unknown} */
  #silence;

  /**
   * @param {WebSocket} socket
   * @param {import('./types.js').Clock} clock
   * @param {Ears} ears
   */
  constructor(socket, clock, ears) {
    this.#socket = socket;
    this.#clock = clock;
    this.#ears = ears;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = () => this.close();
    this.#expect(OPENING);
  }

  /**
   * Asks something. Many may be asked before the first is answered.
   * @param {string} verb
   * @param {Record<string, unknown>} [params] those that are undefined are left out
   * @returns {Promise<any>} the reply; rejects with what was refused, with `offline` when the connection ends before, and with `message_too_long` for what no line can hold
   */
  request(verb, params) {
    if (this.#isOver) return Promise.reject(Refusal.here('offline'));
    const id = ++this.#lastId;
    const line = JSON.stringify({ id, do: verb, ...params });
    if (new TextEncoder().encode(line).length > MOST_LINE) return Promise.reject(Refusal.here('message_too_long'));
    return new Promise((resolve, reject) => {
      if (this.#open.size === 0) this.#expect(verb === 'ping' ? PING_ANSWER : ANSWER);
      this.#open.set(id, { verb, resolve, reject });
      this.#socket.send(line);
      this.#waitForSilence();
    });
  }

  /** Asks for a sign of life. */
  probe() {
    this.request('ping').catch(() => {});
  }

  /** Ends it at once, without waiting for the other side. What was not answered is rejected as `offline`. */
  close() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#clock.clearTimeout(this.#deadline);
    this.#clock.clearTimeout(this.#silence);
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    for (const { reject } of this.#open.values()) reject(Refusal.here('offline'));
    this.#open.clear();
    this.#ears.closed();
  }

  #opened() {
    this.#clock.clearTimeout(this.#deadline);
    this.#waitForSilence();
    this.#ears.opened();
  }

  /** @param {string} data */
  #heard(data) {
    const told = JSON.parse(data);
    if ('event' in told) this.#ears.event(told);
    else this.#answered(told);
    if (!this.#isOver) this.#expect(this.#open.size > 0 ? ANSWER : null);
  }

  /** @param {any} reply */
  #answered(reply) {
    // A line that could not be read is answered without its id; it was the first that is still open, since answers keep the order.
    const id = reply.id ?? this.#open.keys().next().value;
    const asked = this.#open.get(id);
    if (!asked) return;
    this.#open.delete(id);
    if (reply.status === 'OK') return asked.resolve(reply);
    const refusal = new Refusal(reply.code, reply.message, reply.parameter);
    asked.reject(refusal);
    this.#ears.refused(refusal, asked.verb);
  }

  /** @param {number | null} milliseconds until something must have been heard; null: nothing has to come */
  #expect(milliseconds) {
    this.#clock.clearTimeout(this.#deadline);
    if (milliseconds !== null) this.#deadline = this.#clock.setTimeout(() => this.close(), milliseconds);
  }

  #waitForSilence() {
    this.#clock.clearTimeout(this.#silence);
    this.#silence = this.#clock.setTimeout(() => this.probe(), SILENCE);
  }
}
