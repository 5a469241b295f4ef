import { el, fill, icon, iconButton, userText } from '../dom.js';
import { t } from '../words/words.js';
import { avatar } from './avatar.js';
import { confirmDialog, formDialog } from './dialog.js';
import { hooksOf } from './group-hooks.js';
import { openMenu } from './menu.js';
import { muteChoice, panelHead, searchButton } from './person-panel.js';
import { conversationHash } from './routes.js';
import { inSentence, visibleName } from './sentences.js';
import { toast, told } from './toasts.js';
import { View, whileLive } from './view.js';

/** @typedef {import('../realm/types.js').Role} Role */
/** @typedef {{user: string, name: string, role: Role, muted: boolean}} Member */

/** @type {Record<Role, number>} */
const rank = { member: 0, moderator: 1, owner: 2 };

/** `<kabar-group-panel>`: a group's topic, members and webhooks, and what one's role in it allows to do. Says `search`. */
class GroupPanel extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  address = '';
  /** @type {Member[]} */
  #members = [];
  #about = el('div', { class: 'stack tight' });
  #count = el('h3', { class: 'label', tabindex: '-1' });
  #people = el('ul', { class: 'member-list' });
  #rest = el('div', { class: 'stack' });
  #edit = iconButton('edit', t('group.topic.change'), { onclick: () => this.#changeTopic() });
  #invite = iconButton('personAdd', t('group.invite'), { onclick: () => this.#ask('invite', ['unknown_user', 'already_member', 'banned', 'peer_unreachable']) });
  /** what #rest shows, so that it is made anew only when that changes */
  #offered = '';
  #asked = 0;

  connectedCallback() {
    const { client, address } = this;
    this.#invite.hidden = true;
    fill(this, panelHead(t('group.title'), address),
      el('div', { class: 'panel-body' },
        el('div', { class: 'panel-face' }, avatar(address, address, 'large'), el('h2', null, userText(address))),
        this.#about,
        el('div', { class: 'panel-actions' }, searchButton(this), muteChoice(client, address)),
        el('section', null, el('div', { class: 'row apart' }, this.#count, this.#invite), this.#people),
        this.#rest));
    this.during(
      client.groups.on('change', group => {
        if (group === null || client.sameAddress(group, address)) {
          void this.#load();
        }
      }),
      client.presence.on('change', () => this.#soon()),
      () => cancelAnimationFrame(this.#asked));
    whileLive(this, client, () => {
      void this.#load();
      // How they are is told only when it changes.
      client.presence.who().catch(() => {});
    });
  }

  get #group() {
    return this.client.groups.of(this.address);
  }

  get #role() {
    return this.#members.find(member => this.client.sameAddress(member.user, this.client.me.user))?.role ?? null;
  }

  /** @param {Role} role */
  #isAtLeast(role) {
    return this.#role !== null && rank[this.#role] >= rank[role];
  }

  async #load() {
    const { client, address } = this;
    try {
      this.#members = await client.groups.members(address);
    } catch (error) {
      this.#members = [];
      fill(this.#about, el('p', { class: 'notice' }, icon('info'), /** @type {Error} */ (error).message));
      fill(this.#count);
      fill(this.#people);
      fill(this.#rest);
      this.#offered = '';
      return;
    }
    if (this.isConnected) {
      this.#showAbout();
      this.#showMembers();
      this.#showRest();
    }
  }

  #showAbout() {
    const topic = this.#group?.topic ?? '';
    fill(this.#about,
      el('div', { class: 'group-topic' }, topic ? userText(topic, 'grow') : el('span', { class: 'grow quiet' }, t('group.topic.none')),
        this.#isAtLeast('moderator') ? this.#edit : null),
      el('p', { class: 'quiet small group-kind' }, icon(this.#group?.open ? 'globe' : 'lock', 'small'), this.#group?.open ? t('group.open.hint') : t('group.closed.hint')));
    this.#invite.hidden = !this.#isAtLeast('moderator');
  }

  /** Many are heard of at once: they are shown together. */
  #soon() {
    cancelAnimationFrame(this.#asked);
    this.#asked = requestAnimationFrame(() => this.#showMembers());
  }

  #showMembers() {
    const { client } = this;
    const focused = /** @type {HTMLElement|null} */ (this.#people.contains(document.activeElement) ? document.activeElement : null)?.dataset['user'];
    fill(this.#count, t('group.members', { count: this.#members.length }));
    const order = (/** @type {Member} */ one) => rank[one.role] * 10 + (client.presence.of(one.user) === 'online' ? 2 : client.presence.of(one.user) === 'away' ? 1 : 0);
    fill(this.#people, [...this.#members].sort((one, other) => order(other) - order(one)).map(member => this.#memberRow(member)));
    if (focused) {
      ([...this.#people.querySelectorAll('button')].find(button => button.dataset['user'] === focused) ?? this.#count).focus();
    }
  }

  /** @param {Member} member */
  #memberRow(member) {
    const { client } = this;
    const presence = client.presence.of(member.user);
    const isMe = client.sameAddress(member.user, client.me.user);
    const more = iconButton('more', t('group.member.more', { name: visibleName(member.name, member.user) }), {
      data: { user: member.user }, 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => openMenu(more, this.#memberMenu(member)),
    });
    return el('li', { class: 'member' },
      el('span', { class: 'conversation-face' }, avatar(member.user, member.name, 'small'),
        presence === 'online' || presence === 'away' ? el('span', { class: 'presence', data: { presence } }, el('span', { class: 'visually-hidden' }, t(`presence.${presence}`))) : null),
      el('span', { class: 'grow member-name' }, el('span', { class: 'truncate' }, userText(member.name), isMe ? el('span', { class: 'quiet' }, ` ${t('group.me')}`) : null), el('span', { class: 'member-about' }, userText(member.user, 'quiet small truncate'),
        member.role === 'member' ? null : el('span', { class: 'tag accent' }, t(`role.${member.role}`)),
        member.muted ? el('span', { class: 'tag warning' }, t('group.member.muted')) : null)),
      isMe ? null : more);
  }

  /**
   * What one may do with somebody: only those below one's own role are kicked, banned, muted.
   * @param {Member} member
   * @returns {import('./menu.js').MenuItem[]}
   */
  #memberMenu(member) {
    const { user } = member;
    const name = inSentence(visibleName(member.name, user));
    const { groups } = this.client;
    const { address } = this;
    const keepsOrder = this.#isAtLeast('moderator') && this.#role !== null && rank[this.#role] > rank[member.role];
    const isOwner = this.#isAtLeast('owner');
    const roles = /** @type {Role[]} */ (['member', 'moderator', 'owner']);
    return [
      { label: t('group.member.write'), icon: 'chat', action: () => { location.hash = conversationHash(user); } },
      ...(isOwner ? roles.filter(role => role !== member.role).map(role => ({ label: t(`group.role.${role}`), icon: /** @type {const} */ ('admin'), action: () => this.#giveRole(member, role) })) : []),
      keepsOrder && (member.muted
        ? { label: t('group.unmute'), icon: 'chat', action: () => this.#do(groups.unmute(address, user)) }
        : { label: t('group.mute'), icon: 'eyeOff', action: () => this.#do(groups.mute(address, user)) }),
      keepsOrder && { label: t('group.kick'), icon: 'leave', danger: true, action: () => this.#confirm(t('group.kick.title', { name }), t('group.kick.text'), t('group.kick'), () => groups.kick(address, user)) },
      keepsOrder && { label: t('group.ban'), icon: 'ban', danger: true, action: () => this.#confirm(t('group.ban.title', { name }), t('group.ban.text'), t('group.ban'), () => groups.ban(address, user)) },
    ];
  }

  /**
   * Gives somebody a role. Who becomes an owner, or is one no more, is asked twice.
   * @param {Member} member
   * @param {Role} role
   */
  async #giveRole({ user, name, role: before }, role) {
    const give = () => this.client.groups.role(this.address, user, role);
    if (role !== 'owner' && before !== 'owner') {
      await this.#do(give());
      return;
    }
    const key = role === 'owner' ? 'group.owner' : 'group.owner.take';
    await this.#confirm(t(`${key}.title`, { name: inSentence(visibleName(name, user)) }), t(`${key}.text`), t(`group.role.${role}`), give, before === 'owner');
  }

  #showRest() {
    const { client, address } = this;
    const { groups } = client;
    const isOpen = this.#group?.open ?? true;
    const offered = `${this.#role} ${isOpen}`;
    if (offered === this.#offered) {
      return;
    }
    this.#offered = offered;
    const hadFocus = this.#rest.contains(document.activeElement);
    fill(this.#rest,
      this.#isAtLeast('moderator') ? hooksOf(address) : null,
      this.#isAtLeast('moderator') ? el('section', { class: 'panel-actions' }, el('h3', { class: 'label' }, t('group.order')),
        this.#action('ban', t('group.unban'), () => this.#ask('unban', ['not_a_member', 'unknown_user', 'unknown_recipient'])),
        this.#isAtLeast('owner') ? [
          isOpen
            ? this.#action('lock', t('group.close'), () => this.#confirm(t('group.close.title'), t('group.closed.hint'), t('group.close'), () => groups.close(address), false))
            : this.#action('globe', t('group.reopen'), () => this.#confirm(t('group.reopen.title'), t('group.open.hint'), t('group.reopen'), () => groups.open(address), false)),
          this.#action('server', t('group.move'), () => void this.#move()),
        ] : null) : null,
      this.#role === null ? null : el('div', { class: 'panel-actions' }, this.#action('leave', t('group.leave'), () => this.#confirm(t('group.leave.title', { group: address }), isOpen ? t('group.leave.open') : t('group.leave.closed'), t('group.leave'), () => this.#leave()), true)));
    if (hadFocus) {
      this.#rest.querySelector('button')?.focus();
    }
  }

  /**
   * @param {Parameters<typeof icon>[0]} picture
   * @param {string} label
   * @param {() => void} action
   * @param {boolean} [danger]
   */
  #action(picture, label, action, danger = false) {
    return el('button', { type: 'button', class: ['menu-item', danger && 'danger'], onclick: action }, icon(picture), label);
  }

  /** @param {Promise<unknown>} work */
  async #do(work) {
    await told(work);
  }

  /**
   * @param {string} title
   * @param {string} text
   * @param {string} action
   * @param {() => Promise<unknown>} work
   * @param {boolean} [danger]
   */
  async #confirm(title, text, action, work, danger = true) {
    if (await confirmDialog({ title, text, action, danger })) {
      await this.#do(work());
    }
  }

  /**
   * Asks for somebody and does that with him.
   * @param {'invite'|'unban'} verb
   * @param {string[]} codes
   */
  #ask(verb, codes) {
    formDialog({
      title: t(`group.${verb}`), action: t(`group.${verb}.action`),
      fields: [{ name: 'user', label: t('new.user'), hint: t('new.user.hint'), required: true, maxlength: 130, codes }],
      submit: async ({ user = '' }) => {
        await this.client.groups[verb](this.address, user.replace(/^@/, ''));
        toast(t(`group.${verb}.done`, { name: user }));
      },
    });
  }

  async #leave() {
    await this.client.groups.leave(this.address);
    if (this.isConnected) {
      location.hash = '#/';
    }
  }

  #changeTopic() {
    formDialog({
      title: t('group.topic.change'), action: t('common.save'),
      fields: [{ name: 'text', label: t('group.topic'), hint: t('group.topic.hint'), value: this.#group?.topic ?? '', codes: ['message_too_long'] }],
      submit: async ({ text = '' }) => {
        await this.client.groups.topic(this.address, text);
      },
    });
  }

  async #move() {
    const reply = await told(this.client.request('peers', {}));
    if (!reply || !this.isConnected) {
      return;
    }
    const realms = /** @type {{realm: string}[]} */ (reply.peers).map(peer => peer.realm);
    if (realms.length === 0) {
      toast(t('group.move.none'));
      return;
    }
    formDialog({
      title: t('group.move'), intro: t('group.move.text'), action: t('group.move.action'), danger: true,
      fields: [{ name: 'realm', label: t('group.move.realm'), options: realms.map(realm => ({ value: realm, label: realm })), codes: ['unknown_peer', 'peer_unreachable', 'name_taken'] }],
      submit: async ({ realm = '' }) => {
        await this.client.groups.move(this.address, realm);
      },
    });
  }
}

customElements.define('kabar-group-panel', GroupPanel);
