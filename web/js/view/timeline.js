import { el, fill, icon, on } from '../dom.js';
import { day } from '../words/format.js';
import { t } from '../words/words.js';
import { MessageControls } from './message-controls.js';
import { drawRow, signatureOf } from './message.js';
import { blockOf, blocksOf, firstUnread, rowsOf } from './rows.js';
import { Scroller } from './scroller.js';
import { visibleName } from './sentences.js';
import { told } from './toasts.js';
import { View } from './view.js';

/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {import('../realm/client.js').Client} Client */

/** So many views away from what is not loaded, it is loaded. */
const loadAhead = 8;
/** A page of history: so many positions. Who scrolls further than that into what is not loaded goes there at once. */
const page = 100;
const highlightFor = 2500;
const markAfter = 250;
const dayFor = 1500;

/**
 * `<kabar-timeline>`: the entries of a conversation. Says `reply` (detail: the position), `edit` (detail: the item), and `write` when the keyboard wants to the composer.
 */
export class TimelineView extends View {
  /** @type {Client} */
  client = /** @type {any} */ (null);
  /** @type {import('../realm/timeline.js').Timeline} */
  timeline = /** @type {any} */ (null);
  /** @type {import('./people.js').People} */
  people = /** @type {any} */ (null);
  /** @type {import('./quotes.js').Quotes} */
  quotes = /** @type {any} */ (null);

  #viewport = el('div', { class: 'timeline-viewport', role: 'log', 'aria-live': 'off', tabindex: '-1' });
  #day = el('div', { class: 'timeline-pill', 'aria-hidden': 'true', hidden: true });
  #loading = el('div', { class: 'timeline-loading', hidden: true }, el('span', { class: 'spinner' }));
  #notice = el('div', { class: 'timeline-notice', hidden: true });
  #toEnd = el('button', { type: 'button', class: 'button timeline-to-end', hidden: true, onclick: () => this.toEnd() });
  #back = el('button', { type: 'button', class: 'button timeline-back', hidden: true, onclick: () => this.#goBack() }, icon('back'), t('timeline.back'));
  #announcer = el('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  /** @type {Scroller} */
  #scroller = /** @type {any} */ (null);

  /** While the first page, or one far away, is on its way the view waits. */
  #isOpening = true;
  #isPaging = { older: false, newer: false };
  #hasFailed = false;
  /** @type {number|null} */
  #unreadAt = null;
  /** Up to where the entries were there before, so that those that come can be told from them. */
  #last = 0;
  #hadNewer = false;
  /** The furthest that was in view. */
  #seen = 0;
  /** @type {string|null} the message that Tab reaches */
  #current = null;
  /** @type {string|null} the message that is pointed out for a moment */
  #found = null;
  /** @type {number|null} where somebody was before he jumped */
  #before = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #marking;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #stopping;
  /** @type {Item[]} what has come and was not announced yet */
  #news = [];

  connectedCallback() {
    const name = this.people.isGroup ? this.timeline.address : this.people.nameOf(this.timeline.address);
    this.#viewport.setAttribute('aria-label', t('timeline.label', { with: name }));
    fill(this, this.#viewport, this.#day, this.#loading, this.#notice, el('div', { class: 'timeline-buttons' }, this.#back, this.#toEnd), this.#announcer);
    this.#scroller = new Scroller(this.#viewport, {
      rows: block => rowsOf(this.timeline.items, block.start, block.end, this.#unreadAt),
      draw: row => {
        const element = drawRow(row, this);
        element.classList.toggle('is-found', row.key === this.#found);
        return element;
      },
      signature: row => signatureOf(row, this),
      moved: () => this.#moved(),
      still: () => this.#still(),
    });
    this.during(
      this.timeline.on('change', () => this.#changed()),
      this.people.on('change', () => this.#update()),
      this.quotes.on('change', () => this.#update()),
      this.client.on('state', () => this.#linked()),
      on(window, 'focus', () => this.#markSoon()),
      on(window, 'midnight', () => this.#update()),
      on(window, 'hashchange', () => this.#markSoon()),
      on(document, 'visibilitychange', () => this.#markSoon()),
      () => this.#scroller.close(),
      () => clearTimeout(this.#marking),
      () => clearTimeout(this.#stopping),
      on(this.#viewport, 'scroll', () => this.#showMovement(), { passive: true }),
      ...new MessageControls(this, this.#scroller).listen());
  }

  /**
   * Loads and shows the conversation: where one had read to, or around a position.
   * @param {number|null} position
   */
  async open(position) {
    this.#isOpening = true;
    this.#notice.hidden = true;
    this.#showLoading();
    const { timeline } = this;
    try {
      await timeline.start(position ?? undefined);
      if (!this.people.isGroup) {
        this.people.silence(null);
      }
      const first = timeline.items[0]?.position;
      if (position === null && timeline.read > 0 && timeline.hasOlder && first && first > timeline.read + 1 && firstUnread(timeline.items, timeline.read) !== null) {
        await timeline.start(timeline.read);
      }
    } catch (error) {
      this.#refused(/** @type {import('../realm/refusal.js').Refusal} */ (error));
    }
    this.#isOpening = false;
    if (!this.isConnected) {
      return;
    }
    this.#hasFailed = false;
    this.#unreadAt ??= position === null ? firstUnread(timeline.items, timeline.read) : null;
    this.#showLoading();
    this.#remember();
    const unread = this.#unreadAt === null ? undefined : timeline.find(this.#unreadAt);
    if (position !== null) {
      this.#show(position);
    } else if (unread) {
      this.#update({ key: 'unread', block: blockOf(unread), at: 0.2 });
    } else {
      this.#update({ end: true });
    }
  }

  /**
   * Goes to a position and points it out.
   * @param {number} position
   * @param {number|null} [from] what the way back leads to, if there is one
   */
  async jump(position, from = null) {
    this.#before = from;
    this.#back.hidden = from === null;
    if (!this.timeline.find(position)) {
      await this.#elsewhere(this.timeline.start(position));
    }
    this.#show(position);
  }

  /** Goes to the newest. */
  async toEnd() {
    this.#before = null;
    this.#back.hidden = true;
    if (this.timeline.hasNewer) {
      await this.#elsewhere(this.timeline.toEnd());
    }
    this.#update({ end: true });
  }

  /** The messages get the keyboard: the one that had it last, or the last one in view. */
  focusMessages() {
    this.#chooseCurrent();
    const row = this.#current === null ? undefined : this.#scroller.drawnRow(this.#current);
    row?.element.focus({ preventScroll: true });
  }

  /** The last message gets the keyboard. */
  focusLast() {
    this.#current = null;
    this.focusMessages();
  }

  /**
   * A message has the keyboard now.
   * @param {string} key
   */
  focused(key) {
    this.#current = key;
    this.#chooseCurrent();
  }

  /**
   * Scrolls by nearly a view.
   * @param {number} direction
   */
  scrollByPage(direction) {
    this.#viewport.scrollBy({ top: direction * this.#scroller.height * 0.9, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth' });
  }

  /** Whether what there is must not be drawn yet. Without a connection nothing more comes soon, and what is said meanwhile is shown. */
  get #isWaiting() {
    return this.#isOpening && this.client.state === 'live';
  }

  #changed() {
    if (this.#isWaiting) {
      return;
    }
    const { items } = this.timeline;
    const fresh = this.#hadNewer ? [] : items.filter(item => item.position !== null && item.position > this.#last);
    const others = fresh.filter(item => !item.mine && item.entry.event === 'message');
    if (others.length > 0 && !this.#isLookedAt && (this.#unreadAt === null || this.#unreadAt <= this.#seen)) {
      this.#unreadAt = others[0]?.position ?? null;
    }
    this.#remember();
    this.#update();
    this.#announce(others);
  }

  /** @param {Parameters<Scroller['update']>[2]} [goal] */
  #update(goal = null) {
    if (this.#isWaiting) {
      return;
    }
    const { items, hasOlder, hasNewer } = this.timeline;
    const first = items.find(item => item.position !== null)?.position ?? 1;
    const last = items.findLast(item => item.position !== null)?.position ?? 0;
    this.#scroller.update(blocksOf(items), { above: hasOlder ? first - 1 : 0, below: hasNewer ? Math.max(1, this.#head - last) : 0 }, goal);
    this.#showEmpty();
  }

  #remember() {
    this.#last = this.timeline.items.findLast(item => item.position !== null)?.position ?? 0;
    this.#hadNewer = this.timeline.hasNewer;
  }

  /** The last position of the conversation, as far as it is known. */
  get #head() {
    return this.client.conversations.get(this.timeline.address)?.last?.position ?? this.#last;
  }

  /** @param {number} position */
  #show(position) {
    const item = this.timeline.find(position) ?? this.timeline.items.find(one => one.position !== null && one.position >= position);
    if (!item) {
      this.#update();
      return;
    }
    this.#found = item.key;
    this.#current = item.key;
    this.#update({ key: item.key, block: blockOf(item), at: 0.4 });
    const element = this.#scroller.drawnRow(item.key)?.element;
    element?.classList.add('is-found');
    element?.focus({ preventScroll: true });
    setTimeout(() => {
      if (this.#found === item.key) {
        this.#found = null;
        this.#scroller.drawnRow(item.key)?.element.classList.remove('is-found');
      }
    }, highlightFor);
  }

  /**
   * Waits while another part of the conversation is loaded.
   * @param {Promise<void>} loading
   */
  async #elsewhere(loading) {
    this.#isOpening = true;
    this.#showLoading();
    await told(loading);
    this.#isOpening = false;
    this.#remember();
    this.#showLoading();
  }

  async #goBack() {
    const position = this.#before;
    if (position !== null) {
      await this.jump(position);
    }
  }

  #linked() {
    if (this.client.state === 'live') {
      this.#hasFailed = false;
      this.#load();
    } else if (this.#isOpening) {
      this.#update({ end: true });
    }
  }

  /** @param {import('../realm/refusal.js').Refusal} refusal */
  #refused(refusal) {
    if (!this.people.isGroup) {
      this.people.silence(refusal.message);
    }
    // A group of another realm is not known here before somebody has joined it.
    const canJoin = this.people.isGroup && (refusal.code === 'not_a_member' || (refusal.code === 'unknown_group' && this.timeline.address.includes('@')));
    fill(this.#notice, el('p', null, refusal.message), canJoin
      ? el('button', { type: 'button', class: 'button primary', onclick: () => this.#join() }, t('timeline.join'))
      : el('button', { type: 'button', class: 'button', onclick: () => this.open(null) }, t('common.again')));
    this.#notice.hidden = false;
  }

  async #join() {
    if (await told(this.client.groups.join(this.timeline.address).then(() => true))) {
      void this.people.load();
      await this.open(null);
    }
  }

  #showEmpty() {
    const isEmpty = this.timeline.items.length === 0 && !this.timeline.hasOlder;
    if (isEmpty && this.#notice.hidden) {
      fill(this.#notice, el('p', null, t('timeline.empty')));
      this.#notice.hidden = false;
      this.#notice.dataset.empty = '';
    } else if (!isEmpty && 'empty' in this.#notice.dataset) {
      this.#notice.hidden = true;
      delete this.#notice.dataset.empty;
    }
  }

  #showLoading() {
    const isInSight = (this.#isPaging.older && this.#scroller.distanceAbove < 0) || (this.#isPaging.newer && this.#scroller.distanceBelow < 0);
    this.#loading.hidden = !(this.#isOpening || isInSight);
    this.#viewport.setAttribute('aria-busy', String(this.#isOpening));
  }

  /** What is in view may be something else now. */
  #moved() {
    this.#see();
    this.#load();
    this.#showLoading();
    this.#showDay();
    this.#showEnd();
    this.#chooseCurrent();
    this.#markSoon();
  }

  /** Nothing moves any more: who has scrolled far into what is not loaded gets it. */
  #still() {
    this.#hasFailed = false;
    const { items, hasOlder, hasNewer } = this.timeline;
    const far = page * this.#scroller.perPosition;
    const above = this.#scroller.distanceAbove;
    const below = this.#scroller.distanceBelow;
    const first = items.find(item => item.position !== null)?.position;
    const last = items.findLast(item => item.position !== null)?.position;
    if (this.#isOpening || !first || !last) {
      return false;
    }
    const { shareAbove, shareBelow } = this.#scroller;
    if (hasOlder && shareAbove !== null && above < -far) {
      void this.#goTo(Math.round(1 + shareAbove * (first - 1)), 0);
    } else if (hasNewer && shareBelow !== null && below < -far) {
      void this.#goTo(Math.round(last + shareBelow * (this.#head - last)), 1);
    } else {
      return false;
    }
    return true;
  }

  /**
   * @param {number} position
   * @param {number} at
   */
  async #goTo(position, at) {
    await this.#elsewhere(this.timeline.start(position));
    const item = this.timeline.items.find(one => one.position !== null && one.position >= position) ?? this.timeline.items.at(-1);
    this.#update(item ? { key: item.key, block: blockOf(item), at } : null);
  }

  #load() {
    const near = loadAhead * this.#scroller.height;
    if (this.#isOpening || this.#hasFailed || near === 0) {
      return;
    }
    if (this.timeline.hasOlder && this.#scroller.distanceAbove < near) {
      void this.#page('older');
    }
    if (this.timeline.hasNewer && this.#scroller.distanceBelow < near) {
      void this.#page('newer');
    }
  }

  /** @param {'older'|'newer'} which */
  async #page(which) {
    if (this.#isPaging[which]) {
      return;
    }
    const before = this.#edges();
    this.#isPaging[which] = true;
    this.#showLoading();
    try {
      await this.timeline[which]();
    } catch {
      this.#hasFailed = true;
    }
    this.#isPaging[which] = false;
    if (this.isConnected) {
      this.#showLoading();
      // Where nothing has come there is no connection, or it was refused: it is tried again when that is back, or when somebody scrolls here again.
      if (before !== this.#edges()) {
        this.#load();
      }
    }
  }

  /** Between which entries it is loaded, and whether there is more: differs when a page has come. */
  #edges() {
    const { items, hasOlder, hasNewer } = this.timeline;
    return `${items[0]?.key} ${items.at(-1)?.key} ${hasOlder} ${hasNewer}`;
  }

  #showDay() {
    const top = this.#scroller.topRow();
    const row = top?.drawn.row;
    // The day stands in the text itself where it begins; and above all there is nothing to tell.
    const next = top?.drawn.element.nextElementSibling;
    const isComing = row?.kind === 'day' || (next?.classList.contains('timeline-day') && next.getBoundingClientRect().top - this.#viewport.getBoundingClientRect().top < 44);
    this.#day.hidden = !row || !('item' in row) || Boolean(isComing) || this.#viewport.scrollHeight <= this.#viewport.clientHeight;
    if (row && 'item' in row) {
      const words = day(row.item.entry.sent);
      if (this.#day.textContent !== words) {
        this.#day.textContent = words;
      }
    }
  }

  /** The day stands above the messages for as long as somebody scrolls, and a moment longer. */
  #showMovement() {
    if (this.#scroller.isAtEnd) {
      return;
    }
    this.#day.classList.add('is-moving');
    clearTimeout(this.#stopping);
    this.#stopping = setTimeout(() => this.#day.classList.remove('is-moving'), dayFor);
  }

  #showEnd() {
    const { items, address } = this.timeline;
    this.#toEnd.hidden = this.#scroller.isAtEnd || items.length === 0;
    if (this.#toEnd.hidden) {
      return;
    }
    const shown = this.timeline.countAfter(Math.max(this.#seen, this.timeline.read)) ?? this.client.conversations.get(address)?.unread ?? 0;
    const words = shown > 0 ? t('timeline.new', { count: shown }) : '';
    if (this.#toEnd.dataset.count !== String(shown)) {
      this.#toEnd.dataset.count = String(shown);
      this.#toEnd.setAttribute('aria-label', words || t('timeline.toEnd'));
      this.#toEnd.title = words || t('timeline.toEnd');
      this.#toEnd.classList.toggle('primary', shown > 0);
      fill(this.#toEnd, words ? el('span', null, words) : null, icon('down'));
    }
  }

  /** On a phone the details of a conversation cover it. */
  get #isLookedAt() {
    return document.visibilityState === 'visible' && document.hasFocus() && this.checkVisibility({ visibilityProperty: true });
  }

  #markSoon() {
    this.#marking ??= setTimeout(() => {
      this.#marking = undefined;
      this.#mark();
    }, markAfter);
  }

  /** What is in view was read, while somebody looks. */
  #mark() {
    if (this.#isOpening || !this.#isLookedAt) {
      return;
    }
    const read = this.#scroller.isAtEnd ? this.#last : this.#positionsInView().at(-1);
    if (read) {
      this.#seen = Math.max(this.#seen, read);
      this.timeline.markRead(read);
    }
  }

  #positionsInView() {
    return this.#scroller.inView().flatMap(({ row }) => 'item' in row && row.item.position !== null ? [row.item.position] : []);
  }

  /** Tells the model what is looked at: what is far from it may be forgotten. */
  #see() {
    const positions = this.#positionsInView();
    const [first, last] = [positions[0], positions.at(-1)];
    if (first !== undefined && last !== undefined) {
      this.timeline.see(first, last);
    }
  }

  /** @param {Item[]} items */
  #announce(items) {
    this.#news.push(...items);
    if (this.#news.length === 0 || this.#news.length > items.length) {
      return;
    }
    setTimeout(() => {
      const news = this.#news.splice(0);
      const words = news.length > 3 ? [t('timeline.new', { count: news.length })] : news.map(({ entry }) => `${visibleName(entry.name, entry.from)}: ${entry.text ?? ''}`);
      fill(this.#announcer, words.map(word => el('p', null, word)));
    }, 600);
  }

  /** Exactly one message is reached by Tab. */
  #chooseCurrent() {
    let drawn = this.#current === null ? undefined : this.#scroller.drawnRow(this.#current);
    if (!drawn) {
      drawn = this.#scroller.inView().findLast(({ row }) => row.kind === 'message');
      this.#current = drawn?.row.key ?? null;
    }
    if (drawn && drawn.element.tabIndex !== 0) {
      for (const other of this.#viewport.querySelectorAll('.message[tabindex="0"]')) {
        other.setAttribute('tabindex', '-1');
      }
      drawn.element.tabIndex = 0;
    }
  }
}

customElements.define('kabar-timeline', TimelineView);
