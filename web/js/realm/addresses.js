/** Who is meant by an address, seen by one user of one realm. Names differ in more than the case of ASCII letters, or they are the same. */
export class Addresses {
  /** @param {{user: string, realm: string}} me */
  constructor(me) {
    this.user = me.user;
    this.realm = me.realm;
  }

  /**
   * The same for all ways to write an address: `Messi`, `messi` and `messi@satu` on the realm `satu`.
   * @param {string} address
   */
  fold(address) {
    const folded = lower(address);
    const here = `@${lower(this.realm)}`;
    return folded.endsWith(here) ? folded.slice(0, -here.length) : folded;
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  isSame(one, other) {
    return this.fold(one) === this.fold(other);
  }

  /** @param {string} address */
  isMe(address) {
    return this.isSame(address, this.user);
  }

  /** @param {string} address */
  isGroup(address) {
    return address.startsWith('#');
  }

  /**
   * Whether it is somebody's of another realm, or a group's whose home is another.
   * @param {string} address
   */
  isElsewhere(address) {
    return this.fold(address).includes('@');
  }

  /**
   * By what the reader calls the conversation of an entry, a receipt or somebody's typing: the group, or the one of the two who is not he.
   * @param {{from: string, to: string}} happened
   */
  conversationOf({ from, to }) {
    return this.isGroup(to) || this.isMe(from) ? to : from;
  }

  /**
   * A group's address when its home is another realm than before.
   * @param {string} group
   * @param {string} home
   */
  moved(group, home) {
    const name = group.split('@')[0] ?? group;
    return lower(home) === lower(this.realm) ? name : `${name}@${home}`;
  }
}

/** @param {string} text */
function lower(text) {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
