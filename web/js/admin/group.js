import { el, fill, icon, userText } from '../dom.js';
import { confirmDialog, formDialog } from '../view/dialog.js';
import { View } from '../view/view.js';
import { t } from '../words/words.js';
import { ask } from './ask.js';
import { act, actions, confirmByName, failure, table } from './parts.js';

/** @typedef {import('./ask.js').Group} Group */
/** @typedef {import('./ask.js').Member} Member */

/** @type {('owner' | 'moderator' | 'member')[]} */
const roles = ['owner', 'moderator', 'member'];

/** `<kabar-admin-group>`: one group, at the address `name`: what it is, and who is in it. */
class GroupPage extends View {
  name = '';
  /** The realm that is administered. */
  realm = '';
  #head = el('div', { class: 'stack' });
  #table = table(t('admin.groups.members'), [t('admin.member.name'), t('admin.member.role'), { label: t('admin.accounts.actions'), hidden: true }]);

  connectedCallback() {
    fill(this, el('p', null, el('a', { href: '#/admin/groups' }, t('admin.groups.all'))), this.#head, this.#table.element);
    void this.#load();
  }

  async #load() {
    try {
      const [{ groups }, { members }] = await Promise.all([ask('group list'), ask('group members', { group: this.name })]);
      const group = /** @type {Group[]} */ (groups).find(one => `${one.name}@${one.home}` === this.name);
      if (!group) {
        this.#toAll();
        return;
      }
      const isHere = group.home === this.realm;
      this.#showHead(group, isHere);
      this.#table.show(/** @type {Member[]} */ (members).map(member => this.#row(member, isHere)), t('admin.member.none'));
    } catch (error) {
      fill(this.#head, failure(error));
    }
  }

  /**
   * @param {Group} group
   * @param {boolean} isHere whether it can be changed here
   */
  #showHead(group, isHere) {
    const name = `#${group.name}`;
    fill(this.#head,
      el('div', null, el('h2', { dir: 'ltr' }, name, el('span', { class: 'quiet' }, `@${group.home}`)), group.topic ? userText(group.topic, 'quiet block') : null),
      isHere ? null : el('p', { class: 'notice' }, icon('info'), t('admin.group.elsewhere', { home: group.home })),
      group.awaits.length > 0 ? el('div', { class: 'notice warning' }, icon('warning'), el('div', { class: 'stack tight' }, el('p', null, t('admin.group.awaits', { realms: group.awaits.join(', ') })),
        el('div', null, el('button', { type: 'button', class: 'button small', onclick: () => this.#recover() }, t('admin.group.recover'))))) : null,
      el('div', { class: 'row' },
        isHere ? [
          el('button', { type: 'button', class: 'button', onclick: () => this.#topic(group) }, icon('edit'), t('admin.group.topic')),
          el('button', { type: 'button', class: 'button', onclick: () => this.#do(group.is_open ? 'group close' : 'group open') }, icon(group.is_open ? 'lock' : 'globe'),
            t(group.is_open ? 'admin.group.close' : 'admin.group.open')),
          el('button', { type: 'button', class: 'button', onclick: () => this.#name('group invite', t('admin.group.invite')) }, icon('personAdd'), t('admin.group.invite')),
          el('button', { type: 'button', class: 'button', onclick: () => this.#name('group ban', t('admin.group.banSomebody')) }, icon('ban'), t('admin.group.banSomebody')),
          el('button', { type: 'button', class: 'button', onclick: () => this.#move() }, icon('server'), t('admin.group.move')),
        ] : null,
        el('button', { type: 'button', class: 'button quiet danger', onclick: () => this.#remove(name) }, icon('trash'), t('admin.group.remove'))));
  }

  /**
   * @param {Member} member
   * @param {boolean} isHere
   */
  #row(member, isHere) {
    const { address } = member;
    return el('tr', { data: { key: address } },
      el('th', { scope: 'row' }, member.display_name ? userText(member.display_name, 'block') : null, el('span', { class: 'quiet small block', dir: 'ltr' }, address)),
      el('td', null, member.role ? t(`admin.role.${member.role}`) : null, ' ', member.is_muted ? el('span', { class: 'tag warning' }, t('admin.member.muted')) : null, member.is_banned ? el('span', { class: 'tag danger' }, t('admin.member.banned')) : null,
        member.is_invited ? el('span', { class: 'tag' }, t('admin.member.invited')) : null),
      el('td', { class: 'end' }, isHere && !member.is_invited ? actions(address, () => member.is_banned
        ? [{ label: t('admin.group.unban'), icon: 'check', action: () => this.#do('group unban', address) }]
        : [
          ...roles.filter(role => role !== member.role).map(role => ({ label: t(`admin.group.make.${role}`), icon: /** @type {const} */ ('admin'), action: () => this.#role(member, role) })),
          { label: t(member.is_muted ? 'admin.group.unmute' : 'admin.group.mute'), icon: member.is_muted ? 'bell' : 'bellOff', action: () => this.#do(member.is_muted ? 'group unmute' : 'group mute', address) },
          { label: t('admin.group.kick'), icon: 'leave', danger: true, action: () => this.#putOut('group kick', address) },
          { label: t('admin.group.ban'), icon: 'ban', danger: true, action: () => this.#putOut('group ban', address) },
        ]) : null));
  }

  /**
   * @param {string} command
   * @param {string} [username]
   * @param {string} [text]
   */
  async #do(command, username, text) {
    if (await act(command, { group: this.name, username, text })) {
      await this.#load();
    }
  }

  /**
   * Gives a role. Who becomes an owner, or is one no more, is asked twice.
   * @param {Member} member
   * @param {'owner' | 'moderator' | 'member'} role
   */
  async #role({ address, role: before }, role) {
    const key = role === 'owner' ? 'admin.group.owner' : 'admin.group.owner.take';
    const isSure = role !== 'owner' && before !== 'owner'
      || await confirmDialog({ title: t(`${key}.title`, { name: address }), text: t(`${key}.text`), action: t(`admin.group.make.${role}`), danger: before === 'owner' });
    if (isSure) {
      await this.#do('group role', address, role);
    }
  }

  /**
   * @param {'group kick' | 'group ban'} command
   * @param {string} address
   */
  async #putOut(command, address) {
    const key = command === 'group ban' ? 'admin.group.ban' : 'admin.group.kick';
    if (await confirmDialog({ title: t(`${key}.title`, { name: address }), text: t(`${key}.text`), action: t(key), danger: true })) {
      await this.#do(command, address);
    }
  }

  /**
   * Asks for somebody by name, whom the table need not show.
   * @param {string} command
   * @param {string} title
   */
  #name(command, title) {
    formDialog({
      title, action: title, danger: command === 'group ban',
      fields: [{ name: 'user', label: t('admin.group.who'), hint: t('admin.group.who.hint'), required: true, maxlength: 130 }],
      submit: async ({ user }) => {
        await ask(command, { group: this.name, username: user });
        await this.#load();
      },
    });
  }

  /** @param {Group} group */
  #topic(group) {
    formDialog({
      title: t('admin.group.topic'), action: t('common.save'), fields: [{ name: 'text', label: t('admin.group.topic.label'), value: group.topic, maxlength: 512 }],
      submit: async ({ text = '' }) => {
        await ask('group topic', { group: this.name, text });
        await this.#load();
      },
    });
  }

  #move() {
    formDialog({
      title: t('admin.group.move'), intro: t('admin.group.move.text'), action: t('admin.group.move'), fields: [{ name: 'realm', label: t('admin.group.move.label'), required: true, maxlength: 253 }],
      submit: async ({ realm }) => {
        await ask('group move', { group: this.name, text: realm });
        this.#toAll();
      },
    });
  }

  async #recover() {
    if (await confirmDialog({ title: t('admin.group.recover'), text: t('admin.group.recover.text'), action: t('admin.group.recover'), danger: true })) {
      await this.#do('group recover');
    }
  }

  /** @param {string} name */
  #remove(name) {
    confirmByName({
      title: t('admin.group.remove.title', { name }), text: t('admin.group.remove.text'), name, label: t('admin.group.remove.label'), action: t('admin.group.remove'),
      remove: async () => {
        await ask('group remove', { group: this.name });
        this.#toAll();
      },
    });
  }

  /** This group is not here any more: on to the others, unless somebody has gone elsewhere meanwhile. */
  #toAll() {
    if (this.isConnected) {
      location.hash = '#/admin/groups';
    }
  }
}

customElements.define('kabar-admin-group', GroupPage);
