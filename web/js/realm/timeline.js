import { Emitter } from './emitter.js';
import { messageEntry, outgoingItem, placedItem } from './items.js';
import { Refusal } from './refusal.js';
import { isRevision, revised } from './revisions.js';
import { Marks } from './status.js';
import { Window } from './window.js';

const PAGE = 100;
const HALF_PAGE = 50;
const MOST_EMPTY_PAGES = 10;
const MOST_MISSED = 200;

/** @typedef {import('./types.js').Entry} Entry */
/** @typedef {import('./types.js').PlacedEntry} PlacedEntry */
/** @typedef {import('./types.js').Page} Page */
/** @typedef {import('./items.js').Item} Item */
/** @typedef {import('./items.js').PlacedItem} PlacedItem */

/**
 * What has changed in a timeline. `items` is always the truth, and `key` tells which of them is which; the kind says what a view may leave alone.
 * replace: another part of the conversation, or it is being loaded; prepend, append: there is more at one end, and perhaps less at the other; update: the items of these keys
 * look otherwise, came, moved or went, or, without keys, something beside the items has changed.
 * @typedef {{kind: 'replace' | 'prepend' | 'append' | 'update', keys: string[]}} Change
 */

/**
 * A part of one conversation that grows at both ends, and keeps up with what happens. What is not sent yet stands at its end.
 * Emits `revised` with each entry that changes another one, whether that is loaded or not.
 * @extends {Emitter<{change: Change, revised: PlacedEntry}>}
 */
export class Timeline extends Emitter {
  #parts;
  #window = new Window();
  #marks;
  #isLoaded = false;
  /** @type {'all' | 'older' | 'newer' | null} what is being loaded */
  #loading = null;
  #turn = 0;
  #isOpening = false;
  /** @type {Map<string, PlacedEntry>} entries of one's own, by `mid`, that may be messages whose reply is still on its way */
  #held = new Map();
  /** @type {PlacedEntry[]} what came while a page was on its way, which may have been read before it */
  #missed = [];
  /** @type {Item[] | null} */
  #items = null;

  /** How far one had read when it was opened: what is new begins behind it. */
  read = 0;
  /** Whether one is no member of the group any more. */
  isGone = false;

  /**
   * @param {string} address
   * @param {import('./parts.js').Parts} parts
   */
  constructor(address, parts) {
    super();
    this.address = address;
    this.#parts = parts;
    this.#marks = new Marks(parts.addresses);
    parts.outbox.on('change', (to) => this.#isOf(to) && this.#outboxChanged());
    parts.outbox.on('answered', ({ message, posted }) => this.#isOf(message.to) && this.#answered(message, posted));
    parts.outbox.on('doubtful', (message) => this.#isOf(message.to) && this.#doubted(message));
  }

  get isGroup() {
    return this.#parts.addresses.isGroup(this.address);
  }

  /** In order of position; what has no place yet at the end, unless that is not loaded. @returns {readonly Item[]} */
  get items() {
    this.#items ??= this.hasNewer ? this.#window.items : [...this.#window.items, ...this.#outgoing()];
    return this.#items;
  }

  get isLoaded() {
    return this.#isLoaded;
  }

  get isLoading() {
    return this.#loading !== null;
  }

  get hasOlder() {
    return this.#isLoaded && this.#window.hasOlder;
  }

  get hasNewer() {
    return this.#isLoaded && this.#window.hasNewer;
  }

  /**
   * Who has read a message: addresses, as far as it is known.
   * @param {number} position
   */
  readBy(position) {
    return this.#marks.readBy(position);
  }

  /** @param {number} position */
  find(position) {
    return this.#window.find(position);
  }

  /**
   * Opens it: loads the end, or what is around a position, unless that is there already. While there is no connection it waits for one.
   * @param {number} [around]
   * @returns {Promise<void>} rejects with why the conversation cannot be read, and with `offline` when the session is over
   */
  async start(around) {
    this.read = this.#parts.conversations.get(this.address)?.read ?? this.read;
    this.#parts.timelines.opened(this);
    if (this.#isLoaded && (around === undefined ? !this.hasNewer : this.#window.covers(around))) return;
    this.#isOpening = true;
    await this.#load(around);
  }

  /** Goes to the newest. */
  async toEnd() {
    if (!this.#isLoaded || this.hasNewer) await this.#load();
  }

  /** Loads what lies before. Does nothing while something is being loaded, or there is no connection. */
  async older() {
    if (this.hasOlder) await this.#grow('older');
  }

  /** Loads what lies behind. Does nothing while something is being loaded, or there is no connection. */
  async newer() {
    if (this.hasNewer) await this.#grow('newer');
  }

  /**
   * What is looked at now: what is far from it may be dropped, and is loaded again when it is needed.
   * @param {number} first position
   * @param {number} last position
   */
  see(first, last) {
    this.#window.see(first, last);
  }

  /**
   * One message that is perhaps not loaded, to show what is answered.
   * @param {number} position
   * @returns {Promise<Entry | null>}
   */
  async peek(position) {
    const item = this.find(position);
    if (item) return item.entry;
    /** @type {Page} */
    const page = await this.#parts.link.ask('history', { to: this.address, before: position + 1, limit: 1 });
    return page.entries.find((entry) => entry.position === position) ?? null;
  }

  /**
   * One has read up to here: the realm is told a moment later.
   * @param {number} position
   */
  markRead(position) {
    this.#parts.conversations.markRead(this.address, position);
  }

  /**
   * Says something. It stands in the timeline at once.
   * @param {string} text
   * @param {{reply?: number}} [about] the position of what it answers
   * @returns {string} the key of its item
   * @throws {import('./refusal.js').Refusal} `outbox_full`
   */
  send(text, { reply } = {}) {
    const key = this.#parts.outbox.add(this.address, text, reply);
    if (this.hasNewer) this.toEnd().catch(() => {});
    return key;
  }

  /**
   * @param {number} position
   * @param {string} text
   * @returns {Promise<import('./types.js').Posted>}
   */
  edit(position, text) {
    return this.#parts.link.request('edit', { to: this.address, position, text });
  }

  /**
   * Takes back what was said.
   * @param {number} position
   * @returns {Promise<import('./types.js').Posted>}
   */
  remove(position) {
    return this.#parts.link.request('delete', { to: this.address, position });
  }

  /**
   * @param {number} position
   * @param {string} [emoji] none takes the reaction back
   * @returns {Promise<import('./types.js').Posted>}
   */
  react(position, emoji) {
    return this.#parts.link.request('react', { to: this.address, position, emoji });
  }

  /**
   * How many messages of others stand behind a position; null when not all of them are loaded.
   * @param {number} position
   */
  countAfter(position) {
    if (!this.#isLoaded || this.hasNewer || position + 1 < this.#window.first) return null;
    return this.#window.items.slice(this.#window.indexOf(position + 1)).filter((item) => this.#parts.counts(item.entry)).length;
  }

  /**
   * Something has happened here.
   * @param {PlacedEntry} entry
   * @param {string} [key] under which it stood here before it had its place
   */
  apply(entry, key) {
    if (this.#loading) this.#missed.push(entry);
    if (this.#missed.length > MOST_MISSED) this.#missed.shift();
    const wasAtEnd = !this.hasNewer;
    const isNext = entry.position === this.#window.last + 1;
    this.#window.head = Math.max(this.#window.head, entry.position);
    if (!this.#isLoaded) return;
    if (isRevision(entry)) this.#revise(entry);
    if (isNext) this.#window.last = entry.position;
    // One is in the group again: what lay between has not been told.
    else if (wasAtEnd && entry.position > this.#window.last) return void this.#load().catch(() => {});
    if (entry.position > this.#window.last) return this.#tell('update');
    if (!isRevision(entry)) this.#show(entry, key, isNext);
  }

  /**
   * Somebody else has come further.
   * @param {import('./types.js').Receipt} receipt
   */
  takeReceipt(receipt) {
    if (this.#marks.take(receipt)) this.#renewStatuses();
  }

  /**
   * Something that was said here could not be delivered.
   * @param {string} mid
   * @param {string} code
   */
  fail(mid, code) {
    const item = this.#window.items.find(({ entry }) => entry.mid === mid);
    if (item) this.#update(item, { ...item.entry, failed: code });
  }

  /**
   * The group is called otherwise now.
   * @param {string} address
   */
  rename(address) {
    this.address = address;
    this.#tell('update');
  }

  /** One is no member any more: what is loaded stays readable. */
  leave() {
    this.isGone = true;
    this.#tell('update');
  }

  /** One has come back to the group. */
  enter() {
    if (!this.isGone) return;
    this.isGone = false;
    this.#tell('update');
  }

  /** Everything may be otherwise than it was known: it is loaded again if it was before. */
  renew() {
    const wasLoaded = this.#isLoaded || this.#loading === 'all';
    this.unload();
    if (wasLoaded) this.#load().catch(() => {});
  }

  /** Forgets what was loaded, to make room. */
  unload() {
    this.#turn++;
    this.#isLoaded = false;
    this.#loading = null;
    this.#window.clear();
    this.#marks.clear();
    this.#held.clear();
    this.#missed = [];
    this.#tell('replace');
  }

  /** @param {number} [around] */
  async #load(around) {
    const turn = ++this.#turn;
    this.#loading = 'all';
    this.#tell('update');
    try {
      const pages = await Promise.all(
        around === undefined
          ? [this.#ask({ limit: PAGE })]
          : [this.#ask({ before: around + 1, limit: HALF_PAGE }), this.#ask({ after: around, limit: HALF_PAGE })],
      );
      if (turn !== this.#turn) return;
      this.#begin(pages);
    } finally {
      if (turn === this.#turn) {
        this.#loading = null;
        this.#tell('replace');
        for (const entry of this.#missed.splice(0)) this.apply(entry);
      }
    }

    // A page on which nothing but reactions and edits lay shows nothing.
    if (this.#window.items.length === 0) await this.older();
  }

  /** @param {Page[]} pages that follow each other */
  #begin(pages) {
    this.#window.begin(pages);
    this.#isLoaded = true;
    this.#held.clear();
    // The list of conversations may not have come yet, or not know of this one.
    if (this.#isOpening) this.read = Math.max(this.read, pages[0]?.read ?? 0);
    this.#isOpening = false;
    for (const page of pages) this.#take(page);
  }

  /** @param {'older' | 'newer'} end */
  async #grow(end) {
    if (this.#loading || this.#parts.link.state !== 'live') return;
    const turn = this.#turn;
    const before = this.#window.items.length;
    this.#loading = end;
    this.#tell('update');
    try {
      for (let pages = 0; pages < MOST_EMPTY_PAGES && this.#window.items.length === before && (end === 'older' ? this.hasOlder : this.hasNewer); pages++) {
        const range = end === 'older' ? { before: this.#window.first } : { after: this.#window.last };
        const page = await this.#parts.link.request('history', { to: this.address, ...range, limit: PAGE });
        if (turn !== this.#turn) return;
        this.#window.grow(page, end);
        this.#take(page);
      }
    } catch (error) {
      if (!Refusal.isOffline(error)) throw error;
    } finally {
      if (turn === this.#turn) {
        this.#loading = null;
        this.#window.trim(end);
        this.#tell(end === 'older' ? 'prepend' : 'append');
        for (const entry of this.#missed.splice(0)) if (isRevision(entry)) this.#revise(entry);
      }
    }
  }

  /** @param {Page} page */
  #take(page) {
    for (const receipt of page.receipts) if (!this.#parts.addresses.isMe(receipt.from)) this.#marks.take(receipt);
    for (const entry of page.entries) {
      this.#parts.names.meet(entry);
      this.#window.put(this.#item(entry, this.#parts.outbox.settle(entry) ?? undefined));
    }
  }

  /** @param {Record<string, unknown>} range @returns {Promise<Page>} */
  #ask(range) {
    return this.#parts.link.ask('history', { to: this.address, ...range });
  }

  /**
   * @param {PlacedEntry} entry
   * @param {string | undefined} key
   * @param {boolean} isNext
   */
  #show(entry, key, isNext) {
    const before = this.find(entry.position);
    const isUnknown = !before && key === undefined && entry.event === 'message' && this.#parts.addresses.isMe(entry.from);
    if (isUnknown && this.#parts.outbox.isUnsure(this.address)) {
      this.#held.set(entry.mid, entry);
      return;
    }

    const item = this.#item(entry, key);
    this.#window.put(item);
    if (isNext) this.#window.trim('newer');
    this.#tell(isNext && !before && key === undefined ? 'append' : 'update', [before?.key ?? item.key]);
  }

  /** @param {PlacedEntry} revision */
  #revise(revision) {
    this.emit('revised', revision);
    const held = [...this.#held.values()].find((entry) => entry.position === revision.target);
    if (held) this.#held.set(held.mid, revised(held, revision, this.#isSame));
    const item = revision.target === undefined ? null : this.find(revision.target);
    if (item) this.#update(item, revised(item.entry, revision, this.#isSame));
  }

  /**
   * A message was answered: it stands where the realm says, under the key that it had. What waits for its group's home may have its place already, when it was sent again.
   * @param {import('./outbox.js').Outgoing} message
   * @param {import('./types.js').Posted} posted
   */
  #answered(message, { position, mid, at }) {
    if (!this.#isLoaded) return;
    const held = this.#held.get(mid);
    this.#held.delete(mid);
    if (position === undefined) {
      const entry = held ?? this.#window.items.find((item) => item.entry.mid === mid)?.entry;
      if (entry) this.#said(message, entry);
      return;
    }

    const wasAtEnd = !this.hasNewer;
    if (!wasAtEnd || this.find(position)) {
      this.#window.head = Math.max(this.#window.head, position);
      return;
    }

    const entry = held ?? messageEntry(message, this.#parts.me, mid);
    this.#window.put(this.#item({ ...entry, at: at ?? '0', position }, message.key));
    this.#tell('update', [message.key]);
  }

  /**
   * A message that was sent before is refused now. If it was said the first time, its entry has come, and looks like it.
   * @param {import('./outbox.js').Outgoing} message
   */
  #doubted(message) {
    const [entry, ...others] = [...this.#held.values()].filter(({ text, reply }) => text === message.text && reply === message.reply);
    if (!entry || others.length > 0) return;
    this.#held.delete(entry.mid);
    this.#said(message, entry);
  }

  /**
   * A message that seemed to wait is an entry that has come already.
   * @param {import('./outbox.js').Outgoing} message
   * @param {PlacedEntry} entry
   */
  #said(message, entry) {
    this.#window.put(this.#item(entry, message.key));
    this.#parts.outbox.settle(entry, message);
    this.#tell('update', [message.key, entry.mid]);
  }

  #outboxChanged() {
    const keys = this.#outgoing().map((item) => item.key);
    if (this.#held.size > 0 && !this.#parts.outbox.isUnsure(this.address)) {
      // They were said on another device of one's own.
      for (const entry of this.#held.values()) {
        this.#window.put(this.#item(entry));
        keys.push(entry.mid);
      }

      this.#held.clear();
    }

    this.#tell('update', keys);
  }

  #renewStatuses() {
    const keys = [];
    for (const [index, item] of this.#window.items.entries()) {
      const status = this.#statusOf(item.entry, item.position);
      if (status === item.status) continue;
      this.#window.items[index] = { ...item, status };
      keys.push(item.key);
    }

    if (keys.length > 0) this.#tell('update', keys);
  }

  /**
   * @param {PlacedItem} item
   * @param {PlacedEntry} entry as it is now
   */
  #update(item, entry) {
    this.#window.put(this.#item(entry, item.key));
    this.#tell('update', [item.key]);
  }

  /**
   * @param {PlacedEntry} entry
   * @param {string} [key]
   * @returns {PlacedItem}
   */
  #item(entry, key = entry.mid) {
    return placedItem(entry, key, this.#parts.addresses.isMe(entry.from), this.#statusOf(entry, entry.position));
  }

  /**
   * @param {Entry} entry
   * @param {number} position
   * @returns {import('./types.js').Status}
   */
  #statusOf(entry, position) {
    if (entry.event !== 'message' || !this.#parts.addresses.isMe(entry.from)) return null;
    return entry.failed ? 'failed' : this.#marks.statusOf(position, this.address);
  }

  /** What has no place yet, as items. @returns {Item[]} */
  #outgoing() {
    return this.#parts.outbox.pending(this.address).map((message) => outgoingItem(message, this.#parts.me));
  }

  /** @param {string} address */
  #isOf(address) {
    return this.#isSame(address, this.address);
  }

  /** @type {(one: string, other: string) => boolean} */
  #isSame = (one, other) => this.#parts.addresses.isSame(one, other);

  /**
   * @param {Change['kind']} kind
   * @param {string[]} [keys]
   */
  #tell(kind, keys = []) {
    this.#items = null;
    this.emit('change', { kind, keys });
  }
}
