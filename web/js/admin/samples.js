/** @typedef {import('./ask.js').Status} Status */
/** @typedef {{requests: number, cpu: number, memory: number, connections: number, queue: number}} Sample requests a second, CPU in percent of one core, MiB, connections, what waits for peers */

/** How many are kept, and fill a plot. */
export const mostSamples = 150;

/** What the plots show: the last five minutes, when it is asked every two seconds. Rates come from two answers that follow each other. */
export class Samples {
  /** @type {Sample[]} the oldest first */
  all = [];
  /** @type {Status|null} */
  #last = null;

  /** @param {Status} status */
  add(status) {
    const last = this.#last;
    this.#last = status;
    // After a restart everything is counted from the beginning.
    if (!last || last.started !== status.started) {
      this.all = [];
      return;
    }
    const seconds = (Date.parse(status.now) - Date.parse(last.now)) / 1000;
    if (seconds <= 0) {
      return;
    }
    this.all.push({
      requests: (status.requests - last.requests) / seconds,
      cpu: (status.cpu_seconds - last.cpu_seconds) / seconds * 100,
      memory: status.resident_bytes / 1_048_576,
      connections: status.connections,
      queue: status.peers.reduce((sum, peer) => sum + peer.queue, 0),
    });
    if (this.all.length > mostSamples) {
      this.all.shift();
    }
  }
}
