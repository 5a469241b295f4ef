import { el, fill, userText } from '../dom.js';
import { confirmDialog } from '../view/dialog.js';
import { View } from '../view/view.js';
import { dateTime } from '../words/format.js';
import { t } from '../words/words.js';
import { ask } from './ask.js';
import { act, failure, table } from './parts.js';

/** @typedef {{id: string, username: string, name: string, may: string[], in?: string, is_hook: boolean, created: string, used?: string, expires?: string}} Token */

/** `<kabar-admin-tokens>`: the tokens and webhooks of all accounts. They are made in the settings of whom they belong to. */
class TokensPage extends View {
  #problem = el('div');
  #table = table(t('admin.tokens'), [t('admin.tokens.name'), t('admin.tokens.owner'), t('admin.tokens.may'), { label: t('admin.tokens.used'), spare: true }, { label: t('admin.accounts.actions'), hidden: true }]);

  connectedCallback() {
    fill(this, el('p', { class: 'hint' }, t('admin.tokens.hint')), this.#problem, this.#table.element);
    void this.#load();
  }

  async #load() {
    try {
      const tokens = /** @type {Token[]} */ ((await ask('token list')).tokens ?? []);
      fill(this.#problem);
      this.#table.show(tokens.map(token => this.#row(token)), t('admin.tokens.none'));
    } catch (error) {
      fill(this.#problem, failure(error));
    }
  }

  /** @param {Token} token */
  #row(token) {
    return el('tr', { data: { key: token.id } },
      el('th', { scope: 'row' }, userText(token.name, 'block'), el('span', { class: 'quiet small block' }, t('admin.tokens.made', { time: dateTime(token.created) }))),
      el('td', { dir: 'ltr' }, token.username),
      el('td', null, el('span', { class: 'tag' }, token.is_hook ? t('admin.tokens.hook') : token.may.map(right => t(`admin.tokens.may.${right}`)).join(', ')),
        token.in ? el('span', { class: 'quiet small block', dir: 'ltr' }, token.in) : null),
      el('td', { class: 'spare' }, token.used ? dateTime(token.used) : t('admin.tokens.unused'), token.expires ? el('span', { class: 'quiet small block' }, t('admin.tokens.expires', { time: dateTime(token.expires) })) : null),
      el('td', { class: 'end' }, el('button', { type: 'button', class: 'button small', 'aria-label': t('admin.tokens.revokeOne', { name: token.name }), onclick: () => this.#revoke(token) }, t('common.revoke'))));
  }

  /** @param {Token} token */
  async #revoke(token) {
    if (await confirmDialog({ title: t('admin.tokens.revokeOne', { name: token.name }), text: t('admin.tokens.revoke.text'), action: t('common.revoke'), danger: true })
      && await act('token revoke', { token: token.id }, t('admin.done'))) {
      await this.#load();
    }
  }
}

customElements.define('kabar-admin-tokens', TokensPage);
