import { Emitter } from './emitter.js';

/** @typedef {import('./types.js').Role} Role */
/** @typedef {import('./types.js').Posted} Posted */
/** @typedef {{group: string, topic: string, open: boolean, members: number, role?: Role}} Group `role` is one's own, where one is a member */
/** @typedef {{user: string, name: string, role: Role, muted: boolean}} Member */

/**
 * One's groups, and what is done in them. Emits `change` with the address of a group of which something else is known now, `null` for all.
 * @extends {Emitter<{change: string | null}>}
 */
export class Groups extends Emitter {
  #parts;
  /** @type {Map<string, Group>} by folded address */
  #known = new Map();
  /** @type {Map<string, Member[]>} by folded address */
  #members = new Map();

  /** @param {Pick<import('./parts.js').Parts, 'link' | 'addresses' | 'names'>} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    parts.link.on('state', (state) => {
      if (state === 'live') this.list().catch(() => {});
    });
    parts.link.on('anew', () => this.#forget());
  }

  /**
   * What is known of a group that one is a member of.
   * @param {string} address
   */
  of(address) {
    return this.#known.get(this.#fold(address)) ?? null;
  }

  /** The groups that one is a member of. */
  async list() {
    /** @type {{groups: Group[]}} */
    const { groups } = await this.#parts.link.request('group list');
    this.#known = new Map(groups.map((group) => [this.#fold(group.group), group]));
    this.emit('change', null);
    return groups;
  }

  /** One's groups, and the open ones whose home is here. @returns {Promise<Group[]>} */
  async all() {
    const { groups } = await this.#parts.link.request('group list', { all: true });
    return groups;
  }

  /**
   * @param {string} name
   * @param {boolean} isOpen whether everybody may join
   * @returns {Promise<Group & {position: number}>}
   */
  create(name, isOpen) {
    return this.#enter('group create', { group: name, open: isOpen });
  }

  /**
   * @param {string} group
   * @returns {Promise<Group & {position: number}>}
   */
  join(group) {
    return this.#enter('group join', { group });
  }

  /** @param {string} group */
  leave(group) {
    return this.#act('leave', { group });
  }

  /** @param {string} group @param {string} user */
  invite(group, user) {
    return this.#act('invite', { group, user });
  }

  /** @param {string} group @param {string} user */
  kick(group, user) {
    return this.#act('kick', { group, user });
  }

  /** @param {string} group @param {string} user */
  ban(group, user) {
    return this.#act('ban', { group, user });
  }

  /** @param {string} group @param {string} user */
  unban(group, user) {
    return this.#act('unban', { group, user });
  }

  /** @param {string} group @param {string} user */
  mute(group, user) {
    return this.#act('mute', { group, user });
  }

  /** @param {string} group @param {string} user */
  unmute(group, user) {
    return this.#act('unmute', { group, user });
  }

  /** @param {string} group @param {string} user @param {Role} role */
  role(group, user, role) {
    return this.#act('role', { group, user, role });
  }

  /** @param {string} group @param {string} text an empty one takes the topic away */
  topic(group, text) {
    return this.#act('topic', { group, text });
  }

  /** Everybody may join. @param {string} group */
  open(group) {
    return this.#act('open', { group });
  }

  /** Only who was invited may join. @param {string} group */
  close(group) {
    return this.#act('close', { group });
  }

  /** Gives it another home. @param {string} group @param {string} realm */
  move(group, realm) {
    return this.#act('move', { group, realm });
  }

  /**
   * The members, who has been there longest first. What is known is kept up to date, and asked for only once.
   * @param {string} address
   * @returns {Promise<Member[]>}
   */
  async members(address) {
    const known = this.#members.get(this.#fold(address));
    if (known) return known;
    /** @type {{members: Member[]}} */
    const { members } = await this.#parts.link.request('group members', { group: address });
    for (const { user, name } of members) this.#parts.names.learn(user, name);
    this.#members.set(this.#fold(address), members);
    return members;
  }

  /**
   * Something has happened in a group.
   * @param {import('./types.js').PlacedEntry} entry
   */
  apply(entry) {
    const { addresses } = this.#parts;
    const whom = entry.user ?? entry.from;
    switch (entry.event) {
      case 'joined':
        if (addresses.isMe(entry.from)) this.list().catch(() => {});
        this.#setMembers(entry.to, (members) => [
          ...members.filter(({ user }) => !addresses.isSame(user, entry.from)),
          { user: entry.from, name: entry.name, role: 'member', muted: false },
        ]);
        break;
      case 'left':
      case 'kicked':
      case 'banned':
        this.#went(entry.to, whom);
        break;
      case 'muted':
      case 'unmuted':
        this.#setMember(entry.to, whom, { muted: entry.event === 'muted' });
        break;
      case 'role':
        if (addresses.isMe(whom)) this.#set(entry.to, { role: entry.role ?? 'member' });
        this.#setMember(entry.to, whom, { role: entry.role ?? 'member' });
        break;
      case 'topic':
        this.#set(entry.to, { topic: entry.text ?? '' });
        break;
      case 'opened':
      case 'closed':
        this.#set(entry.to, { open: entry.event === 'opened' });
        break;
      default:
        return;
    }

    this.emit('change', entry.to);
  }

  /**
   * A group is called otherwise now.
   * @param {string} before
   * @param {string} after
   */
  rename(before, after) {
    const group = this.of(before);
    this.#known.delete(this.#fold(before));
    this.#members.delete(this.#fold(before));
    if (group) this.#known.set(this.#fold(after), { ...group, group: after });
    this.emit('change', after);
  }

  /**
   * @param {string} address
   * @param {string} whom
   */
  #went(address, whom) {
    const { addresses } = this.#parts;
    const members = this.#members.get(this.#fold(address));
    const wasOwner = members?.some(({ user, role }) => role === 'owner' && addresses.isSame(user, whom));
    if (addresses.isMe(whom)) {
      this.#known.delete(this.#fold(address));
      this.#members.delete(this.#fold(address));
    } else if (wasOwner || !members) {
      // Who follows an owner is not told by itself.
      this.#members.delete(this.#fold(address));
      this.list().catch(() => {});
    } else {
      this.#setMembers(address, () => members.filter(({ user }) => !addresses.isSame(user, whom)));
    }
  }

  /** @param {string} verb @param {Record<string, unknown>} params @returns {Promise<Posted>} */
  #act(verb, params) {
    return this.#parts.link.request(`group ${verb}`, params);
  }

  /** @param {string} verb @param {Record<string, unknown>} params @returns {Promise<Group & {position: number}>} */
  async #enter(verb, params) {
    const group = await this.#parts.link.request(verb, params);
    this.#known.set(this.#fold(group.group), group);
    this.emit('change', group.group);
    return group;
  }

  /** @param {string} address @param {Partial<Group>} change */
  #set(address, change) {
    const group = this.of(address);
    if (group) this.#known.set(this.#fold(address), { ...group, ...change });
  }

  /** @param {string} address @param {(members: Member[]) => Member[]} change */
  #setMembers(address, change) {
    const members = this.#members.get(this.#fold(address));
    if (!members) return;
    const changed = change(members);
    this.#members.set(this.#fold(address), changed);
    this.#set(address, { members: changed.length });
  }

  /** @param {string} address @param {string} whom @param {Partial<Member>} change */
  #setMember(address, whom, change) {
    this.#setMembers(address, (members) => members.map((member) => (this.#parts.addresses.isSame(member.user, whom) ? { ...member, ...change } : member)));
  }

  #forget() {
    this.#known.clear();
    this.#members.clear();
    this.emit('change', null);
  }

  /** @param {string} address */
  #fold(address) {
    return this.#parts.addresses.fold(address.startsWith('#') ? address : `#${address}`);
  }
}
