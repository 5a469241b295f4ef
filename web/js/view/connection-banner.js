import { el, fill, icon } from '../dom.js';
import { t } from '../words/words.js';
import { View } from './view.js';

/** `<kabar-connection-banner>`: says over the page that the connection is broken, when it is tried again, and lets one try at once. Nothing moves when it comes and goes. */
class ConnectionBanner extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  #words = el('span');
  #count = el('span', { class: 'number' });
  #timer = 0;
  #patience = 0;

  connectedCallback() {
    fill(this, el('div', { class: 'banner', role: 'status' }, icon('offline'), this.#words),
      el('span', { class: 'banner-count', 'aria-hidden': 'true' }, this.#count),
      el('button', { type: 'button', class: 'button small', onclick: () => this.client.retryNow() }, t('banner.now')));
    this.during(this.client.on('state', () => this.#show()), () => clearInterval(this.#timer), () => clearTimeout(this.#patience));
    this.#show();
  }

  #show() {
    clearInterval(this.#timer);
    clearTimeout(this.#patience);
    const { state } = this.client;
    if (state === 'offline') {
      this.toggleAttribute('hidden', false);
      this.dataset.state = state;
      fill(this.#words, t('banner.offline'));
      this.#tick();
      this.#timer = window.setInterval(() => this.#tick(), 500);
    } else if (state === 'connecting') {
      const isHidden = this.hasAttribute('hidden') || !this.dataset['state'];
      // A connection that comes at once needs no words.
      this.#patience = window.setTimeout(() => {
        this.toggleAttribute('hidden', false);
        this.dataset.state = state;
        fill(this.#words, t('banner.connecting'));
        fill(this.#count);
      }, isHidden ? 1500 : 0);
      this.toggleAttribute('hidden', isHidden);
    } else {
      this.toggleAttribute('hidden', true);
      fill(this.#words);
    }
  }

  #tick() {
    const seconds = Math.max(0, Math.ceil(((this.client.retryAt ?? Date.now()) - Date.now()) / 1000));
    fill(this.#count, t('banner.again', { seconds }));
  }
}

customElements.define('kabar-connection-banner', ConnectionBanner);
