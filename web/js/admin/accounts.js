import { el, fill, icon, userText } from '../dom.js';
import { confirmDialog, formDialog, openDialog, secretDialog } from '../view/dialog.js';
import { View } from '../view/view.js';
import { dateTime, fullTime, lastSeen } from '../words/format.js';
import { t } from '../words/words.js';
import { ask } from './ask.js';
import { act, actions, confirmByName, failure, table } from './parts.js';
import { newPassword } from './secrets.js';

/** @typedef {import('./ask.js').Account} Account */

const onePage = 50;
const typing = 200;

/** `<kabar-admin-accounts>`: the accounts of the realm, found by a part of their names, a page at a time. */
class AccountsPage extends View {
  /** @type {import('../realm/types.js').Me} who administers */
  me = /** @type {any} */ (null);
  /** @type {Account[]} */
  #shown = [];
  #timer = 0;
  #asked = 0;
  #search = el('input', { type: 'search', placeholder: t('admin.accounts.search'), 'aria-label': t('admin.accounts.search'), autocomplete: 'off', spellcheck: 'false', oninput: () => this.#wait() });
  #table = table(t('admin.accounts'), [t('admin.accounts.name'), { label: t('admin.accounts.created'), spare: true }, { label: t('admin.accounts.actions'), hidden: true }]);
  #more = el('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.#load(true) }, t('admin.more'));
  #problem = el('div');

  connectedCallback() {
    const add = el('button', { type: 'button', class: 'button primary', onclick: () => this.#add() }, icon('personAdd'), t('admin.accounts.add'));
    fill(this, el('div', { class: 'admin-tools' }, this.#search, add), this.#problem, this.#table.element, this.#more);
    this.during(() => clearTimeout(this.#timer));
    void this.#load(false);
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#load(false), typing);
  }

  /** @param {boolean} goesOn whether what is shown stays, and more comes behind it */
  async #load(goesOn) {
    const asked = ++this.#asked;
    const after = goesOn ? this.#shown.at(-1)?.username ?? '' : '';
    try {
      const { accounts } = /** @type {{accounts: Account[]}} */ (await ask('user list', { query: this.#search.value.trim(), after, limit: onePage }));
      if (asked !== this.#asked) {
        return;
      }
      this.#shown = goesOn ? [...this.#shown, ...accounts] : accounts;
      this.#more.hidden = accounts.length < onePage;
      fill(this.#problem);
      this.#table.show(this.#shown.map(account => this.#row(account)), t('admin.accounts.none'));
    } catch (error) {
      fill(this.#problem, failure(error));
    }
  }

  /**
   * Looks anew at one of them, after something was done with it: whether that can be shown or not, it is done.
   * @param {string} username
   */
  async #refresh(username) {
    try {
      const { accounts } = /** @type {{accounts: Account[]}} */ (await ask('user list', { query: username, limit: 1_000 }));
      const now = accounts.find(account => account.username === username);
      this.#shown = this.#shown.flatMap(account => account.username !== username ? account : now ?? []);
      fill(this.#problem);
      this.#table.show(this.#shown.map(account => this.#row(account)), t('admin.accounts.none'));
    } catch (error) {
      fill(this.#problem, failure(error));
    }
  }

  /** @param {Account} account */
  #row(account) {
    const { username } = account;
    const attributes = Object.entries(account.attributes).map(([key, value]) => `${key}: ${value}`).join(', ');
    return el('tr', { data: { key: username } },
      el('th', { scope: 'row' },
        el('span', { class: 'row' }, userText(account.display_name), account.is_admin ? el('span', { class: 'tag accent' }, t('admin.accounts.admin')) : null,
          account.is_disabled ? el('span', { class: 'tag danger' }, t('admin.accounts.off')) : null),
        el('span', { class: 'quiet small block' }, el('span', { dir: 'ltr' }, username), attributes ? [' · ', userText(attributes)] : null)),
      el('td', { class: ['quiet', 'spare'], title: fullTime(account.created) }, dateTime(account.created)),
      el('td', { class: 'end' }, actions(username, () => [
        { label: t('admin.accounts.sessions'), icon: 'key', action: () => sessionsDialog(username, this.#isMe(username)) },
        { label: t('admin.accounts.password'), icon: 'lock', action: () => this.#resetPassword(username) },
        account.is_admin
          ? { label: t('admin.accounts.revoke'), icon: 'admin', danger: true, action: () => this.#revoke(username) }
          : { label: t('admin.accounts.grant'), icon: 'admin', action: () => this.#grant(username) },
        account.is_disabled
          ? { label: t('admin.accounts.enable'), icon: 'check', action: () => this.#change('user enable', username, t('admin.accounts.enabled', { name: username })) }
          : { label: t('admin.accounts.disable'), icon: 'ban', danger: true, action: () => this.#disable(username) },
        { label: t('admin.accounts.remove'), icon: 'trash', danger: true, action: () => this.#remove(username) },
      ])));
  }

  /**
   * @param {string} command
   * @param {string} username
   * @param {string} done
   */
  async #change(command, username, done) {
    if (await act(command, { username }, done)) {
      await this.#refresh(username);
    }
  }

  /** @param {string} username */
  async #grant(username) {
    if (await confirmDialog({ title: t('admin.accounts.grant.title', { name: username }), text: t('admin.accounts.grant.text'), action: t('admin.accounts.grant.do') })) {
      await this.#change('user grant', username, t('admin.accounts.granted', { name: username }));
    }
  }

  /** @param {string} username */
  #isMe(username) {
    return username === this.me.user;
  }

  /** @param {string} username */
  async #revoke(username) {
    const isSure = await confirmDialog({
      ...(this.#isMe(username)
        ? { title: t('admin.accounts.revoke.own.title'), text: t('admin.accounts.revoke.own.text') }
        : { title: t('admin.accounts.revoke.title', { name: username }), text: t('admin.accounts.revoke.text') }),
      action: t('admin.accounts.revoke.do'), danger: true,
    });
    if (isSure) {
      await this.#change('user revoke', username, t('admin.accounts.revoked', { name: username }));
    }
  }

  /** @param {string} username */
  async #disable(username) {
    if (await confirmDialog({ title: t('admin.accounts.disable.title', { name: username }), text: t('admin.accounts.disable.text'), action: t('admin.accounts.disable'), danger: true })) {
      await this.#change('user disable', username, t('admin.accounts.disabled', { name: username }));
    }
  }

  /** @param {string} username */
  async #resetPassword(username) {
    if (!await confirmDialog({ title: t('admin.accounts.password.title', { name: username }), text: t('admin.accounts.password.text'), action: t('admin.accounts.password') })) {
      return;
    }
    const password = newPassword();
    if (await act('user passwd', { username, password }, t('admin.accounts.password.done', { name: username }))) {
      secretDialog(t('admin.accounts.password.new', { name: username }), t('admin.accounts.password.once'), password);
    }
  }

  /** @param {string} username */
  #remove(username) {
    confirmByName({
      title: t('admin.accounts.remove.title', { name: username }), text: t('admin.accounts.remove.text'), name: username, label: t('admin.accounts.remove.label'), action: t('admin.accounts.remove'),
      remove: async () => {
        await ask('user remove', { username });
        await this.#refresh(username);
      },
    });
  }

  #add() {
    formDialog({
      title: t('admin.accounts.add'), intro: t('admin.accounts.add.intro'), action: t('admin.accounts.add'),
      fields: [
        { name: 'username', label: t('admin.accounts.username'), hint: t('admin.accounts.username.hint'), required: true, maxlength: 32 },
        { name: 'name', label: t('admin.accounts.displayName'), maxlength: 128 },
        { name: 'right', label: t('admin.accounts.right'), options: [{ value: '', label: t('admin.accounts.right.none') }, { value: 'admin', label: t('admin.accounts.right.admin'), hint: t('admin.accounts.grant.text') }] },
      ],
      submit: async ({ username = '', name = '', right }) => {
        const password = newPassword();
        await ask('user add', { username, display_name: name, password, is_admin: right === 'admin' });
        this.#search.value = username;
        await this.#load(false);
        setTimeout(() => secretDialog(t('admin.accounts.password.new', { name: username }), t('admin.accounts.password.once'), password));
      },
    });
  }
}

/**
 * Where an account is logged in.
 * @param {string} username
 * @param {boolean} isMe whether it is one's own account
 */
function sessionsDialog(username, isMe) {
  const list = el('ul', { class: 'rows' });
  const all = el('button', { type: 'button', class: 'button danger', onclick: () => endAll() }, t('admin.sessions.endAll'));
  const load = async () => {
    try {
      const { sessions } = /** @type {{sessions: import('./ask.js').Session[]}} */ (await ask('user sessions', { username }));
      all.disabled = sessions.length === 0;
      fill(list, sessions.length === 0 ? el('li', { class: 'quiet' }, t('admin.sessions.none')) : sessions.map(session => el('li', null, icon('key'),
        el('span', { class: 'grow' }, el('span', { class: 'block' }, t('admin.sessions.since', { time: fullTime(session.created) })), el('span', { class: 'quiet small block' }, lastSeen(session.used))),
        el('button', { type: 'button', class: 'button small', 'aria-label': t('admin.sessions.endOne', { time: fullTime(session.created) }), onclick: () => end(session.session) }, t('admin.sessions.end')))));
    } catch (error) {
      fill(list, el('li', null, failure(error)));
    }
  };
  const end = async (/** @type {string} */ session = '') => {
    if (await act('user logout', session ? { username, session } : { username }, t('admin.sessions.ended'))) {
      await load();
      list.tabIndex = -1;
      list.focus();
    }
  };
  const endAll = async () => {
    if (await confirmDialog({
      title: t('admin.sessions.endAll.title', { name: username }), text: t(isMe ? 'admin.sessions.endAll.own' : 'admin.sessions.endAll.text'), action: t('admin.sessions.endAll.do'), danger: true,
    })) {
      await end();
    }
  };
  openDialog(t('admin.sessions.title', { name: username }), [el('p', { class: 'hint' }, t('admin.sessions.hint')), list, el('div', { class: 'dialog-actions' }, all)]);
  void load();
}

customElements.define('kabar-admin-accounts', AccountsPage);
