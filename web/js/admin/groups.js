import { el, fill, icon, userText } from '../dom.js';
import { formDialog } from '../view/dialog.js';
import { View } from '../view/view.js';
import { t } from '../words/words.js';
import { ask } from './ask.js';
import { number } from './figures.js';
import './group.js';
import { failure, table } from './parts.js';

/** @typedef {import('./ask.js').Group} Group */

/** The address of a group, as it stands behind `#/admin/groups/`. @param {Group} group */
export const addressOf = group => `${group.name}@${group.home}`;

/** `<kabar-admin-groups>`: the groups that the realm knows. Each has a page of its own, at its address. */
class GroupsPage extends View {
  /** @type {Group[]} */
  #groups = [];
  #search = el('input', { type: 'search', placeholder: t('admin.groups.search'), 'aria-label': t('admin.groups.search'), autocomplete: 'off', spellcheck: 'false', oninput: () => this.#show() });
  #table = table(t('admin.groups'), [t('admin.groups.name'), { label: t('admin.groups.joining'), spare: true }, { label: t('admin.groups.members'), number: true }, { label: t('admin.groups.entries'), number: true, spare: true }]);
  #problem = el('div');

  connectedCallback() {
    const add = el('button', { type: 'button', class: 'button primary', onclick: () => this.#add() }, icon('add'), t('admin.groups.add'));
    fill(this, el('div', { class: 'admin-tools' }, this.#search, add), this.#problem, this.#table.element);
    void this.#load();
  }

  async #load() {
    try {
      this.#groups = (await ask('group list')).groups;
      this.#show();
    } catch (error) {
      fill(this.#problem, failure(error));
    }
  }

  #show() {
    const wanted = this.#search.value.trim().toLowerCase().replace(/^#/, '');
    const found = this.#groups.filter(group => `${addressOf(group)}\n${group.topic}`.toLowerCase().includes(wanted));
    this.#table.show(found.map(group => el('tr', null,
      el('th', { scope: 'row' }, el('a', { href: `#/admin/groups/${encodeURIComponent(addressOf(group))}`, dir: 'ltr' }, `#${group.name}`), ' ', el('span', { class: 'quiet', dir: 'ltr' }, `@${group.home}`),
        group.awaits.length > 0 ? [' ', el('span', { class: 'tag warning' }, t('admin.groups.recovering'))] : null,
        group.topic ? userText(group.topic, 'quiet small block') : null),
      el('td', { class: 'spare' }, t(group.is_open ? 'admin.groups.open' : 'admin.groups.closed')),
      el('td', { class: 'number' }, number(group.members)),
      el('td', { class: 'number spare' }, number(group.last_position)))), t(this.#groups.length === 0 ? 'admin.groups.none' : 'admin.groups.notFound'));
  }

  #add() {
    formDialog({
      title: t('admin.groups.add'), action: t('admin.groups.add'),
      fields: [
        { name: 'group', label: t('admin.groups.newName'), hint: t('admin.accounts.username.hint'), required: true, maxlength: 33 },
        { name: 'owner', label: t('admin.groups.owner'), hint: t('admin.groups.owner.hint'), required: true, maxlength: 32 },
        { name: 'joining', label: t('admin.groups.joining'), options: [{ value: 'open', label: t('admin.groups.open') }, { value: 'closed', label: t('admin.groups.closed') }] },
      ],
      submit: async ({ group = '', owner = '', joining }) => {
        await ask('group create', { group, username: owner, is_open: joining === 'open' });
        await this.#load();
      },
    });
  }
}

customElements.define('kabar-admin-groups', GroupsPage);
