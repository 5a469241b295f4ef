import { compareAt } from './at.js';
import { Emitter } from './emitter.js';
import { mentions } from './mention.js';
import { ReadMarks } from './readmarks.js';
import { isRevision, revised } from './revisions.js';
import { Unread } from './unread.js';

const PAGE = 100;
const NEWEST = 30;
const PATIENCE = 5_000;
const MUTED = 'muted';

/** @typedef {import('./types.js').PlacedEntry} PlacedEntry */

/**
 * One conversation as a list shows it.
 * @typedef {object} Conversation
 * @property {string} address
 * @property {boolean} isGroup
 * @property {boolean} isSelf whether it is the one with oneself
 * @property {string} title
 * @property {string} [topic]
 * @property {PlacedEntry | null} last what was said or happened last; null when nothing was yet
 * @property {number} unread messages of others behind `read`, at most 100
 * @property {boolean} mention whether one of them speaks to oneself
 * @property {number} read
 * @property {boolean} muted
 */

/** @typedef {{address: string, last: PlacedEntry | null, at: string | null, unread: Unread, mention: boolean}} Known what is kept of a conversation; `at` is the place of its newest entry */

/**
 * One's conversations, the one with the newest entry first. Emits `change`, and `notify` with a message of somebody else that one has not read and wants to hear of: each one
 * as it comes, but of those that came while there was no connection only the last of each conversation; and `found` when one that was opened by a name alone has a realm.
 * @extends {Emitter<{change: void, notify: {entry: PlacedEntry, address: string}, found: {before: string, after: string}}>}
 */
export class Conversations extends Emitter {
  #parts;
  #marks;
  /** @type {Map<string, Known>} by folded address */
  #known = new Map();
  /** @type {Set<string>} folded addresses */
  #muted;
  /** @type {Map<string, PlacedEntry>} the last message of each conversation that came while it was not live */
  #late = new Map();
  /** @type {string | undefined} where the next page begins */
  #before;
  /** @type {Promise<void> | null} */
  #loading = null;
  #turn = 0;
  /** @type {unknown} */
  #again;
  /** @type {Conversation[] | null} */
  #list = null;

  /** Whether the first page has come. */
  isLoaded = false;
  /** Whether there are older ones. */
  hasMore = true;

  /** @param {import('./parts.js').Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    this.#marks = new ReadMarks(parts);
    this.#muted = new Set(parts.shelf.get(MUTED) ?? []);
    parts.link.on('state', (state) => state === 'live' && this.#wentLive());
    parts.names.on('change', () => this.#changed());
    parts.groups.on('change', () => this.#changed());
  }

  get list() {
    this.#list ??= [...this.#known.values()].sort(newestFirst).map((known) => this.#shown(known));
    return this.#list;
  }

  /** How many messages wait to be read, without those of muted conversations. */
  get unread() {
    return this.list.reduce((sum, conversation) => sum + (conversation.muted ? 0 : conversation.unread), 0);
  }

  /** @param {string} address */
  get(address) {
    const known = this.#find(address);
    return known ? this.#shown(known) : null;
  }

  /**
   * Lets one appear though nothing was said in it yet. When another one is opened, and nothing was begun here, it goes again.
   * @param {string} address
   */
  open(address) {
    for (const [key, known] of this.#known) {
      const isEmpty = !known.last && !this.#parts.drafts.get(known.address) && this.#parts.outbox.pending(known.address).length === 0;
      if (isEmpty && !this.#parts.groups.of(known.address)) this.#known.delete(key);
    }

    this.#askPresence(address);
    if (!this.#find(address)) this.#ask(this.#add(address));
    this.#changed();
  }

  /**
   * Whether one is told of what is said there. It is kept in this browser.
   * @param {string} address
   * @param {boolean} isMuted
   */
  setMuted(address, isMuted) {
    if (isMuted) this.#muted.add(this.#parts.addresses.fold(address));
    else this.#muted.delete(this.#parts.addresses.fold(address));
    this.#parts.shelf.set(MUTED, [...this.#muted]);
    this.#changed();
  }

  /** Loads older ones. */
  async more() {
    if (!this.hasMore) return;
    this.#loading ??= this.#loadPage().finally(() => (this.#loading = null));
    await this.#loading;
  }

  /**
   * One has read up to here.
   * @param {string} address
   * @param {number} position
   */
  markRead(address, position) {
    const known = this.#find(address);
    if (known && position <= known.unread.read) return;
    if (known) this.#readTo(known, position);
    this.#marks.mark(address, position);
  }

  /**
   * Something has happened in a conversation.
   * @param {PlacedEntry} entry
   * @param {string} address of the conversation
   */
  apply(entry, address) {
    const { addresses } = this.#parts;
    if (isGoing(entry, addresses)) return this.#remove(address);
    let known = this.#find(address);
    const isNew = !known;
    known ??= this.#add(address);
    // A list that was on its way may have known of it already.
    if (known.at !== null && compareAt(entry.at, known.at) <= 0) return;
    known.at = entry.at;
    if (entry.event === 'joined' && addresses.isMe(entry.from)) known.unread.readTo(entry.position);
    if (isRevision(entry)) this.#revise(known, entry);
    else known.last = entry;
    if (this.#parts.counts(entry)) this.#count(known, entry);
    if (isNew) {
      this.#askPresence(address);
      this.#ask(known);
    }

    this.#changed();
  }

  /**
   * Oneself has read something, perhaps on another device.
   * @param {import('./types.js').Receipt} receipt
   * @param {string} address
   */
  takeOwnReceipt(receipt, address) {
    const known = this.#find(address);
    if (known && receipt.read > known.unread.read) this.#readTo(known, receipt.read);
  }

  /**
   * A group is called otherwise now.
   * @param {string} before
   * @param {string} after
   */
  rename(before, after) {
    const known = this.#find(before);
    if (!known) return;
    const { addresses } = this.#parts;
    this.#known.delete(addresses.fold(before));
    if (!this.#find(after)) this.#known.set(addresses.fold(after), { ...known, address: after });
    if (this.#muted.has(addresses.fold(before))) this.setMuted(after, true);
    this.#changed();
  }

  /** Everything may be otherwise than it was known: it is loaded anew. */
  renew() {
    this.#turn++;
    this.#known.clear();
    this.#late.clear();
    this.isLoaded = false;
    this.hasMore = true;
    this.#before = undefined;
    this.#changed();
  }

  #wentLive() {
    this.#begin();
    for (const known of this.#known.values()) if (known.unread.isGuess) this.#ask(known);
    for (const [address, entry] of this.#late) this.#notify(entry, address);
    this.#late.clear();
  }

  // Loads the first page, as often as it takes: without it there is nothing to choose from.
  #begin() {
    const { clock, link } = this.#parts;
    clock.clearTimeout(this.#again);
    if (this.isLoaded || link.state !== 'live') return;
    this.more().catch(() => {
      clock.clearTimeout(this.#again);
      this.#again = clock.setTimeout(() => this.#begin(), PATIENCE);
    });
  }

  async #loadPage() {
    for (;;) {
      const turn = this.#turn;
      const page = await this.#parts.link.ask('conversations', { before: this.#before, limit: PAGE });
      if (turn !== this.#turn) continue;
      for (const { with: address, name, last, read, unread } of page.conversations) {
        this.#parts.names.learn(address, name);
        this.#told(address, last, read, unread);
      }

      this.#before = page.conversations.at(-1)?.last.at ?? this.#before;
      this.hasMore = page.more;
      this.isLoaded = true;
      return this.#changed();
    }
  }

  /**
   * @param {string} address
   * @param {PlacedEntry} last
   * @param {number} read
   * @param {number} unread
   */
  #told(address, last, read, unread) {
    const { addresses, names } = this.#parts;
    names.meet(last);
    const known = this.#find(address) ?? this.#add(address);
    // Only of those at the top of the list: there may be thousands.
    if (this.#known.size <= NEWEST) this.#askPresence(address);
    // What has come of it meanwhile is newer, and was asked for by itself.
    if (known.at !== null && compareAt(last.at, known.at) < 0) return;
    known.at = last.at;
    known.last = last;
    known.unread.told(unread, read, last.position);
    // What a revision tells is not what was said last, and one's own notes to oneself are not unread.
    if (isRevision(last) || (unread > 0 && addresses.isMe(address))) this.#ask(known);
  }

  // Asks for the end of a conversation: what was said last, how far one has read, and how much is unread.
  /** @param {Known} known */
  async #ask(known) {
    const { link, names, addresses } = this.#parts;
    try {
      /** @type {import('./types.js').Page} */
      const page = await link.request('history', { to: known.address, limit: PAGE });
      for (const entry of page.entries) names.meet(entry);
      if (!addresses.isSame(page.to, known.address)) return void this.emit('found', { before: known.address, after: page.to });
      known.unread.told(page.entries.filter((entry) => entry.position > page.read && this.#parts.counts(entry)).length, page.read, page.head);
      const last = page.entries.at(-1);
      if (last && (!known.last || isRevision(known.last) || last.position > known.last.position)) known.last = last;
      known.at ??= last?.at ?? null;
      this.#changed();
    } catch {
      known.unread.isGuess = true; // asked again when it is live
    }
  }

  /**
   * @param {Known} known
   * @param {PlacedEntry} entry
   */
  #count(known, entry) {
    known.unread.came(entry.position);
    if (entry.position <= known.unread.read) return;
    if (mentions(entry.text ?? '', this.#parts.me)) known.mention = true;
    if (this.#parts.link.state === 'live') this.#notify(entry, known.address);
    else this.#late.set(known.address, entry);
  }

  /**
   * @param {PlacedEntry} entry
   * @param {string} address
   */
  #notify(entry, address) {
    const known = this.#find(address);
    if (known && entry.position > known.unread.read && !this.#muted.has(this.#parts.addresses.fold(address))) this.emit('notify', { entry, address: known.address });
  }

  /**
   * @param {Known} known
   * @param {PlacedEntry} revision
   */
  #revise(known, revision) {
    const { addresses } = this.#parts;
    if (known.last && known.last.position === revision.target) known.last = revised(known.last, revision, (one, other) => addresses.isSame(one, other));
    if (revision.event === 'deleted' && revision.target !== undefined) known.unread.went(revision.target);
    if (known.unread.isGuess) this.#ask(known);
  }

  /**
   * @param {Known} known
   * @param {number} position
   */
  #readTo(known, position) {
    known.unread.readTo(position);
    if (known.unread.isGuess) {
      const count = this.#parts.timelines.find(known.address)?.countAfter(position) ?? null;
      if (count !== null) known.unread.told(count, position, known.last?.position ?? position);
      else this.#ask(known);
    }

    if (known.unread.count === 0) known.mention = false;
    this.#changed();
  }

  /** @param {string} address @returns {Known} */
  #add(address) {
    /** @type {Known} */
    const known = { address, last: null, at: null, unread: new Unread(), mention: false };
    this.#known.set(this.#parts.addresses.fold(address), known);
    return known;
  }

  /** @param {string} address */
  #askPresence(address) {
    const { addresses, presence } = this.#parts;
    if (!addresses.isGroup(address) && !addresses.isMe(address)) presence.ask(address);
  }

  /** @param {string} address */
  #remove(address) {
    this.#known.delete(this.#parts.addresses.fold(address));
    this.#late.delete(address);
    this.#changed();
  }

  /** @param {string} address */
  #find(address) {
    return this.#known.get(this.#parts.addresses.fold(address));
  }

  /** @param {Known} known @returns {Conversation} */
  #shown({ address, last, unread, mention }) {
    const { addresses, names, groups } = this.#parts;
    const isGroup = addresses.isGroup(address);
    const topic = isGroup ? groups.of(address)?.topic : undefined;
    return {
      address,
      isGroup,
      isSelf: addresses.isMe(address),
      title: isGroup ? address : names.of(address),
      ...(topic ? { topic } : {}),
      last,
      unread: unread.count,
      mention,
      read: unread.read,
      muted: this.#muted.has(addresses.fold(address)),
    };
  }

  #changed() {
    this.#list = null;
    this.emit('change');
  }
}

/**
 * Those in which nothing was said yet come before all others.
 * @param {Known} one
 * @param {Known} other
 */
function newestFirst(one, other) {
  if (one.at === null || other.at === null) return Number(one.at !== null) - Number(other.at !== null);
  return compareAt(other.at, one.at);
}

/**
 * Whether an entry ends one's membership.
 * @param {PlacedEntry} entry
 * @param {import('./addresses.js').Addresses} addresses
 */
export function isGoing(entry, addresses) {
  if (entry.event === 'left') return addresses.isMe(entry.from);
  return (entry.event === 'kicked' || entry.event === 'banned') && entry.user !== undefined && addresses.isMe(entry.user);
}
