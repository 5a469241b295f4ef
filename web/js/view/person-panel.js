import { el, fill, icon, iconButton, userText } from '../dom.js';
import { lastSeen } from '../words/format.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import { conversationHash } from './routes.js';
import { View, whileLive } from './view.js';

/** `<kabar-person-panel>`: who somebody is and whether he is there, and what can be done with the conversation with him. Says `search`. */
class PersonPanel extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  address = '';
  #state = el('p', { class: 'quiet' });

  connectedCallback() {
    const { client, address } = this;
    const name = client.names.of(address);
    const isMe = client.sameAddress(address, client.me.user);
    fill(this, panelHead(t('person.title'), address),
      el('div', { class: 'panel-body' },
        el('div', { class: 'panel-face' }, avatar(address, name, 'large'), el('h2', null, userText(name)), userText(address.includes('@') ? address : `${address}@${client.me.realm}`, 'quiet'), this.#state),
        isMe ? el('p', { class: 'notice' }, icon('info'), t('person.self')) : null,
        el('div', { class: 'panel-actions' }, searchButton(this), isMe ? null : muteChoice(client, address))));
    this.during(client.presence.on('change', () => this.#show()));
    this.#show();
    if (!isMe) {
      whileLive(this, client, () => this.#ask());
    }
  }

  async #ask() {
    const status = await this.client.request('status', { user: this.address }).catch(() => null);
    if (status && this.isConnected) {
      fill(this.#state, presenceWords(status.presence, status.seen));
    }
  }

  #show() {
    const presence = this.client.presence.of(this.address);
    if (presence) {
      fill(this.#state, presenceWords(presence, this.client.presence.seen(this.address)));
    }
  }
}

/**
 * @param {string} presence
 * @param {string|undefined} seen
 */
const presenceWords = (presence, seen) => presence === 'offline' && seen ? lastSeen(seen) : t(`presence.${presence}`);

/**
 * The head of a panel: what it is, and the way back.
 * @param {string} title
 * @param {string} address
 */
export const panelHead = (title, address) => el('div', { class: 'bar panel-head' },
  iconButton('close', t('common.close'), { class: 'panel-close', onclick: () => { location.hash = conversationHash(address); } }), el('h2', { class: 'grow truncate', tabindex: '-1' }, title));

/** @param {HTMLElement} panel whoever listens to it searches */
export const searchButton = panel => el('button', { type: 'button', class: 'menu-item', onclick: () => panel.dispatchEvent(new CustomEvent('search')) }, icon('search'), t('search.here'));

/**
 * Whether one is told of new messages of a conversation.
 * @param {import('../realm/client.js').Client} client
 * @param {string} address
 */
export function muteChoice(client, address) {
  const box = el('input', { type: 'checkbox', checked: client.conversations.get(address)?.muted ?? false, onchange: () => client.conversations.setMuted(address, box.checked) });
  return el('label', { class: 'menu-item' }, icon('bellOff'), el('span', { class: 'grow' }, t('list.mute')), box);
}

customElements.define('kabar-person-panel', PersonPanel);
