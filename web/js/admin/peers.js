import { el, fill, icon } from '../dom.js';
import { confirmDialog, formDialog, openDialog, secretDialog } from '../view/dialog.js';
import { View } from '../view/view.js';
import { fullTime, lastSeen } from '../words/format.js';
import { hasWords, t } from '../words/words.js';
import { ask } from './ask.js';
import { bytes, duration, number } from './figures.js';
import { act, actions, confirmByName, showProblem, table } from './parts.js';
import { poll } from './polling.js';

/** @typedef {import('./ask.js').Peer} Peer */

const pause = 2_000;

/** `<kabar-admin-peers>`: the realms that this one is joined with, as they are now. */
class PeersPage extends View {
  #shown = '';
  #problem = el('div');
  #table = table(t('admin.peers'), [t('admin.peers.realm'), t('admin.peers.state'), { label: t('admin.peers.queue'), number: true }, { label: t('admin.accounts.actions'), hidden: true }]);

  connectedCallback() {
    fill(this,
      el('p', { class: 'hint' }, t('admin.peers.hint')),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button primary', onclick: () => this.#invite() }, icon('add'), t('admin.peers.invite')),
        el('button', { type: 'button', class: 'button', onclick: () => this.#accept() }, icon('link'), t('admin.peers.accept')),
        el('button', { type: 'button', class: 'button', onclick: () => this.#rotate() }, icon('key'), t('admin.peers.rotate'))),
      this.#problem, this.#table.element);
    poll(this, () => this.#look(), pause, error => showProblem(this.#problem, error));
  }

  async #look() {
    const { peers } = /** @type {{peers: Peer[]}} */ (await ask('peer list'));
    fill(this.#problem);
    // What has not changed is left alone: a menu may be open on it, or the focus be there.
    const shown = JSON.stringify(peers);
    if (shown !== this.#shown && !document.querySelector('.menu')) {
      this.#shown = shown;
      this.#table.show(peers.map(peer => this.#row(peer)), t('admin.peers.none'));
    }
  }

  /** Looks after something was done: that is done, whether it can be shown or not. */
  async #load() {
    try {
      await this.#look();
    } catch (error) {
      showProblem(this.#problem, error);
    }
  }

  /** @param {Peer} peer */
  #row(peer) {
    const { realm } = peer;
    const isNative = peer.kind === 'native';
    return el('tr', { data: { key: realm } },
      el('th', { scope: 'row' }, el('span', { class: 'block', dir: 'ltr' }, realm), peer.address ? el('span', { class: 'quiet small block', dir: 'ltr' }, peer.address) : null),
      el('td', null, el('span', { class: ['tag', tones[peer.state]] }, hasWords(`admin.peer.${peer.state}`) ? t(`admin.peer.${peer.state}`) : peer.state),
        isNative ? el('span', { class: 'quiet small block', title: peer.last_contact ? fullTime(peer.last_contact) : null }, peer.last_contact ? lastSeen(peer.last_contact) : t('admin.peers.never')) : null,
        peer.hindrance ? el('span', { class: 'small block' }, peer.hindrance) : null),
      el('td', { class: 'number' }, isNative ? number(peer.queue) : '–', peer.queue > 0 ? el('span', { class: 'quiet small block' }, bytes(peer.queue_bytes)) : null,
        peer.oldest_seconds !== undefined ? el('span', { class: 'quiet small block' }, t('admin.peers.oldest', { time: duration(peer.oldest_seconds) })) : null),
      el('td', { class: 'end' }, isNative ? actions(realm, () => [
        peer.state === 'paused'
          ? { label: t('admin.peers.resume'), icon: 'refresh', action: () => this.#change('peer resume', realm) }
          : { label: t('admin.peers.pause'), icon: 'clock', action: () => this.#pause(realm) },
        peer.fingerprint ? { label: t('admin.peers.fingerprint'), icon: 'key', action: () => { openDialog(t('admin.peers.fingerprintOf', { name: realm }), el('p', { class: 'code' }, peer.fingerprint)); } } : null,
        { label: t('admin.peers.remove'), icon: 'trash', danger: true, action: () => this.#remove(realm) },
      ]) : null));
  }

  /**
   * @param {string} command
   * @param {string} realm
   */
  async #change(command, realm) {
    if (await act(command, { realm }, t('admin.done'))) {
      await this.#load();
    }
  }

  /** @param {string} realm */
  async #pause(realm) {
    if (await confirmDialog({ title: t('admin.peers.pause.title', { name: realm }), text: t('admin.peers.pause.text'), action: t('admin.peers.pause') })) {
      await this.#change('peer pause', realm);
    }
  }

  #invite() {
    formDialog({
      title: t('admin.peers.invite'), intro: t('admin.peers.invite.text'), action: t('admin.peers.invite.do'),
      fields: [{ name: 'address', label: t('admin.peers.address'), hint: t('admin.peers.address.hint'), placeholder: 'chat.example:8887', maxlength: 260 }],
      submit: async ({ address }) => {
        const { code } = await ask('peer invite', address ? { address } : {});
        setTimeout(() => secretDialog(t('admin.peers.code'), t('admin.peers.code.text'), code));
      },
    });
  }

  #accept() {
    formDialog({
      title: t('admin.peers.accept'), intro: t('admin.peers.accept.text'), action: t('admin.peers.accept'), fields: [{ name: 'code', label: t('admin.peers.code'), placeholder: 'kabar-peer:…', required: true }],
      submit: async ({ code }) => {
        await ask('peer accept', { code });
        await this.#load();
      },
    });
  }

  async #rotate() {
    if (await confirmDialog({ title: t('admin.peers.rotate'), text: t('admin.peers.rotate.text'), action: t('admin.peers.rotate') })) {
      await act('peer rotate', {}, t('admin.peers.rotated'));
    }
  }

  /** @param {string} realm */
  #remove(realm) {
    confirmByName({
      title: t('admin.peers.remove.title', { name: realm }), text: t('admin.peers.remove.text'), name: realm, label: t('admin.peers.remove.label'), action: t('admin.peers.remove'),
      remove: async () => {
        await ask('peer remove', { realm });
        await this.#load();
      },
    });
  }
}

/** @type {Record<string, string>} */
const tones = { connected: 'accent', down: 'danger', paused: 'warning', connecting: 'warning' };

customElements.define('kabar-admin-peers', PeersPage);
