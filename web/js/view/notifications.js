import { t } from '../words/words.js';
import { notifyMode } from './preferences.js';
import { conversationHash } from './routes.js';
import { sentenceOf, visibleName } from './sentences.js';
import { peopleOf, titleOf } from './titles.js';

/** @typedef {import('../realm/client.js').Client} Client */
/** @typedef {import('../realm/types.js').Entry} Entry */

/** Tells of new messages outside the page, where that was asked for and nobody is looking at the conversation. */
export class Notifications {
  #client;
  #isShown;
  /** @type {Map<string, Notification>} */
  #open = new Map();
  /** @type {() => void} */
  #end;

  /**
   * @param {Client} client
   * @param {(address: string) => boolean} isShown whether somebody sees a conversation now
   */
  constructor(client, isShown) {
    this.#client = client;
    this.#isShown = isShown;
    this.#end = client.conversations.on('change', () => this.#closeRead());
  }

  /**
   * @param {Entry} entry
   * @param {string} address
   */
  tell(entry, address) {
    const conversation = this.#client.conversations.get(address);
    const mode = notifyMode();
    if (mode === 'off' || !isAllowed() || conversation?.muted || this.#isShown(address)) {
      return;
    }
    const isFailure = entry.event === 'failed';
    const name = visibleName(entry.name, entry.from);
    const title = isFailure ? titleOf(this.#client, address) : address.startsWith('#') ? t('notify.group', { name, group: address }) : name;
    const text = isFailure ? sentenceOf(entry, peopleOf(this.#client)) : entry.text ?? '';
    try {
      const notification = new Notification(mode === 'full' ? title : 'Kabar', {
        body: mode === 'full' ? shorten(text) : t(isFailure ? 'notify.quietFailure' : 'notify.quiet'),
        tag: `kabar ${this.#client.me.realm} ${this.#client.fold(address)}`, silent: true, lang: document.documentElement.lang, dir: 'auto',
      });
      notification.onclick = () => {
        window.focus();
        location.hash = conversationHash(address);
        notification.close();
      };
      this.#open.set(this.#client.fold(address), notification);
    } catch {
      // Phones know notifications of service workers only.
    }
  }

  close() {
    this.#end();
    this.#open.forEach(notification => notification.close());
    this.#open.clear();
  }

  /** What was read meanwhile, here or elsewhere, needs no notification any more. */
  #closeRead() {
    for (const [address, notification] of this.#open) {
      if (!this.#client.conversations.get(address)?.unread) {
        notification.close();
        this.#open.delete(address);
      }
    }
  }
}

/** Whether this browser can show notifications at all. */
export const canNotify = () => 'Notification' in window && window.isSecureContext;

/** Whether the person has allowed them. */
export const isAllowed = () => canNotify() && Notification.permission === 'granted';

/** @param {string} text */
function shorten(text) {
  const letters = [...text];
  return letters.length > 200 ? `${letters.slice(0, 199).join('')}…` : text;
}
