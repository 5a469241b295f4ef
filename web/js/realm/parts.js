import { Addresses } from './addresses.js';
import { systemClock } from './clock.js';
import { Conversations } from './conversations.js';
import { Drafts } from './drafts.js';
import { Groups } from './groups.js';
import { Link } from './link.js';
import { Names } from './names.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { Shelf } from './shelf.js';
import { Timelines } from './timelines.js';
import { Typing } from './typing.js';

/**
 * @typedef {object} Options
 * @property {import('./types.js').Me} me
 * @property {string} url of the WebSocket
 * @property {string} language in which the realm words why it refuses something
 * @property {Storage} storage
 * @property {import('./types.js').Dialler} WebSocket
 * @property {import('./types.js').Clock} [clock]
 * @property {import('./shelf.js').Tabs} [tabs]
 */

/**
 * What a client is made of. Each part takes from here the others that it needs. They hear of a state of the link in this order: what was written offline is sent first, and who is
 * there is asked last.
 */
export class Parts {
  /** @param {Options} options */
  constructor({ me, url, language, storage, WebSocket, clock = systemClock, tabs = globalThis.window }) {
    this.me = me;
    this.clock = clock;
    this.addresses = new Addresses(me);
    this.shelf = new Shelf(storage, me, tabs);
    this.names = new Names(this.addresses);
    this.drafts = new Drafts(this.shelf, this.addresses);
    this.link = new Link({ url, user: me.user, language, WebSocket, clock });
    this.outbox = new Outbox(this);
    this.timelines = new Timelines(this);
    this.groups = new Groups(this);
    this.conversations = new Conversations(this);
    this.typing = new Typing(this);
    this.presence = new Presence(this);
  }

  /**
   * Whether an entry waits to be read: a message of somebody else, or that one's own was not delivered.
   * @param {import('./types.js').Entry} entry
   */
  counts(entry) {
    return entry.event === 'failed' || (entry.event === 'message' && !entry.deleted && !this.addresses.isMe(entry.from));
  }
}
