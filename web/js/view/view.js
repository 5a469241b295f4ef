/**
 * Loads something when the page is joined with the realm: now, and again after each break, for as long as the element is on the page.
 * @param {View} view
 * @param {import('../realm/client.js').Client} client
 * @param {() => unknown} load
 */
export function whileLive(view, client, load) {
  view.during(client.on('state', state => {
    if (state === 'live') {
      load();
    }
  }));
  if (client.state === 'live') {
    load();
  }
}

/** What all elements of the chat are made from: what one listens to while it is on the page ends when it is taken out. */
export class View extends HTMLElement {
  /** @type {(() => void)[]} */
  #ends = [];

  /**
   * Keeps what ends a subscription until the element is taken out of the page.
   * @param {...() => void} ends
   */
  during(...ends) {
    this.#ends.push(...ends);
  }

  disconnectedCallback() {
    for (const end of this.#ends.splice(0)) {
      end();
    }
  }
}
