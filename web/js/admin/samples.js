/** @typedef {import('./ask.js').Status} Status */
/** @typedef {{requests: number, cpu: number, memory: number, connections: number, queue: number}} Sample requests a second, CPU in percent of one core, bytes, connections, what waits for peers */

const most = 150;

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
      memory: status.resident_bytes,
      connections: status.connections,
      queue: status.peers.reduce((sum, peer) => sum + peer.queue, 0),
    });
    this.all.splice(0, this.all.length - most);
  }
}

/** How many fit into a plot. */
Samples.most = most;
