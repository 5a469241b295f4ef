/**
 * Shows a long list of rows of which only those in view, and some around them, are in the document.
 *
 *     ┌ viewport ──────────────┐
 *     │ above   room for what is older: blocks that are not drawn, and what is not loaded
 *     │ blocks  the drawn ones
 *     │ below   room for what is newer
 *     └────────────────────────┘
 *
 * What the reader looks at does not move. Before anything changes, the row nearest to the lower edge of the view and its place are known (the anchor); afterwards the
 * room above is made larger or smaller by as much as the anchor has moved. So the scroll position itself hardly ever has to be set, which would stop a finger or a wheel that
 * is turning. In time the room above drifts away from what it ought to be; that is put right when nothing moves, room and scroll position together.
 */
import { el } from '../dom.js';
import { Blocks } from './blocks.js';
import { blockSize, lastBlock } from './rows.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {{row:Row, element:HTMLElement, signature:string}} Drawn */
/** @typedef {{id:number, start:number, end:number}} Block */

/** So many views above and below the visible one are drawn. */
const margin = 1;
/** Nothing has moved for so long: milliseconds. */
const stillAfter = 160;
/** So near to the end is at the end. */
const endSlack = 24;
/** Browsers give up on longer pages. */
const mostRoom = 8_000_000;

export class Scroller {
  #blocks = new Blocks();
  /** @type {Map<number, {element:HTMLElement, rows:Row[]}>} */
  #drawn = new Map();
  /** @type {Map<string, Drawn>} */
  #rows = new Map();
  /** @type {WeakMap<Element, Drawn>} */
  #byElement = new WeakMap();
  #first = 0;
  #last = -1;
  #room = 0;
  /** @type {{above:number, below:number}} how many positions are not loaded */
  #beyond = { above: 0, below: 0 };
  /** @type {{key:string, block:number, bottom:number}|null} */
  #anchor = null;
  #isAtEnd = true;
  #width = 0;
  #height = 0;
  #isTouched = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #stillness;
  #above = el('div', { class: 'timeline-room', 'aria-hidden': 'true' });
  #content = el('div', { class: 'timeline-blocks' });
  #below = el('div', { class: 'timeline-room', 'aria-hidden': 'true' });
  #sizes = new ResizeObserver(() => this.#resized());

  /**
   * @param {HTMLElement} viewport the element that scrolls
   * @param {{rows:(block:Block) => Row[], draw:(row:Row) => HTMLElement, signature:(row:Row) => string, moved:() => void, still:() => boolean}} source what is shown: the rows
   * of a block; the element for a row; a string that differs when the element has to be made anew. `moved` is told when what is in view may be something else, `still`
   * when nothing moves any more; it says whether another place is shown soon
   */
  constructor(viewport, source) {
    this.viewport = viewport;
    this.source = source;
    viewport.append(this.#above, this.#content, this.#below);
    viewport.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    viewport.addEventListener('scrollend', () => this.#awaitStillness(), { passive: true });
    viewport.addEventListener('touchstart', event => this.#touched(event), { passive: true });
    this.#sizes.observe(viewport);
    this.#sizes.observe(this.#content);
  }

  /** Stops looking at the page. */
  close() {
    this.#sizes.disconnect();
    clearTimeout(this.#stillness);
  }

  /** Whether the newest of what is loaded, and nothing newer beyond, is in view. */
  get isAtEnd() {
    return this.#isAtEnd;
  }

  /** How far the upper edge of the view is from what is not loaded: negative when that is in view. */
  get distanceAbove() {
    return this.viewport.scrollTop - this.#room + this.#blocks.span(0, this.#first);
  }

  /** The same for the lower edge. */
  get distanceBelow() {
    const end = this.#room + this.#content.offsetHeight + this.#blocks.span(this.#last + 1, this.#blocks.list.length);
    return end - this.viewport.scrollTop - this.viewport.clientHeight;
  }

  /** Where in the room for what is not loaded above the upper edge of the view is, from 0 to 1; null when it is not there. */
  get shareAbove() {
    const room = this.#room - this.#blocks.span(0, this.#first);
    return this.distanceAbove < 0 ? Math.max(0, this.viewport.scrollTop / room) : null;
  }

  /** The same for the room below and the lower edge. */
  get shareBelow() {
    const room = this.#below.offsetHeight - this.#blocks.span(this.#last + 1, this.#blocks.list.length);
    return this.distanceBelow < 0 ? Math.min(1, -this.distanceBelow / room) : null;
  }

  /** How high the view is. */
  get height() {
    return this.viewport.clientHeight;
  }

  /** What one position takes on average. */
  get perPosition() {
    const { list } = this.#blocks;
    const numbered = list.filter(block => block.id < lastBlock);
    const from = numbered[0];
    const to = numbered.at(-1);
    return from && to ? Math.max(1, this.#blocks.span(0, list.length) / ((to.id - from.id + 1) * blockSize)) : this.#blocks.rowHeight;
  }

  /**
   * Something else is to be shown, or the same changed.
   * @param {readonly Block[]} list
   * @param {{above:number, below:number}} beyond how many positions are not loaded, before and behind
   * @param {{end:true}|{key:string, block:number, at:number}|null} [goal] where to go; else the view stays where it is. `at`: how far down the view, from 0 to 1, the row is
   * to stand
   */
  update(list, beyond, goal = null) {
    this.#blocks.assign(list);
    this.#beyond = beyond;
    this.#sync(true, goal ?? (this.#isAtEnd && beyond.below === 0 ? { end: true } : null));
  }

  /** @param {string} key */
  drawnRow(key) {
    return this.#rows.get(key);
  }

  /** @param {EventTarget|null} target anything inside a row */
  rowAround(target) {
    for (let at = target instanceof Element ? target : null; at && at !== this.#content; at = at.parentElement) {
      const drawn = this.#byElement.get(at);
      if (drawn) {
        return drawn;
      }
    }
    return undefined;
  }

  /** The rows of which something is in view, from above to below. */
  inView() {
    const view = this.viewport.getBoundingClientRect();
    const all = this.#allRows();
    const found = [];
    for (let index = this.#search(all, view.top); index < all.length; index++) {
      const drawn = /** @type {Drawn} */ (all[index]);
      if (drawn.element.getBoundingClientRect().top >= view.bottom) {
        break;
      }
      found.push(drawn);
    }
    return found;
  }

  /** The row at the upper edge of the view, and how far below that edge it begins. */
  topRow() {
    const view = this.viewport.getBoundingClientRect();
    const all = this.#allRows();
    const drawn = all[this.#search(all, view.top)];
    return drawn && { drawn, top: drawn.element.getBoundingClientRect().top - view.top };
  }

  #allRows() {
    const all = [];
    for (let index = this.#first; index <= this.#last; index++) {
      const block = this.#blocks.list[index];
      for (const row of (block && this.#drawn.get(block.id)?.rows) ?? []) {
        const drawn = this.#rows.get(row.key);
        if (drawn) {
          all.push(drawn);
        }
      }
    }
    return all;
  }

  /**
   * The index of the first row whose lower edge is below a height of the page.
   * @param {Drawn[]} all
   * @param {number} y
   */
  #search(all, y) {
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {Drawn} */ (all[middle]).element.getBoundingClientRect().bottom <= y) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  #scrolled() {
    if (this.viewport.clientHeight !== this.#height) {
      // The view is higher or lower than it was, and may have been moved by that: the place is kept when that is told.
      return;
    }
    this.#noteEnd();
    this.#capture();
    this.#sync(false, null);
    clearTimeout(this.#stillness);
    // While a wheel's movement is being played, a busy page may hear nothing of it for long.
    if (!('onscrollend' in window)) {
      this.#awaitStillness();
    }
  }

  /**
   * A finger holds the page until it is lifted. That is told to the element that it has touched, and to no other when that is not drawn any more.
   * @param {TouchEvent} event
   */
  #touched({ target }) {
    this.#isTouched = true;
    const lifted = () => {
      this.#isTouched = false;
      this.#awaitStillness();
    };
    for (const type of ['touchend', 'touchcancel']) {
      target?.addEventListener(type, lifted, { once: true, passive: true });
    }
  }

  #awaitStillness() {
    clearTimeout(this.#stillness);
    this.#stillness = setTimeout(() => {
      if (!this.#isTouched && !this.source.still()) {
        this.#settle();
      }
    }, stillAfter);
  }

  /** Something is higher or narrower: the view, because a keyboard has come or the window has changed, or what is drawn, because a font has. */
  #resized() {
    const { clientHeight, clientWidth } = this.viewport;
    if (clientHeight === 0) {
      return;
    }
    if (clientWidth !== this.#width) {
      this.#blocks.forget();
    }
    this.#width = clientWidth;
    this.#height = clientHeight;
    this.#measure();
    if (this.#isAtEnd && this.#beyond.below === 0) {
      this.#sync(false, { end: true });
    } else {
      this.#place();
      this.#sync(false, null);
    }
  }

  /**
   * Draws what has to be drawn, and puts the view where it belongs.
   * @param {boolean} isChanged whether what is drawn already may read differently now
   * @param {{end:true}|{key:string, block:number, at:number}|null} goal
   */
  #sync(isChanged, goal) {
    const { list } = this.#blocks;
    const height = this.viewport.clientHeight;
    if (height === 0) {
      return;
    }
    const focus = this.#focus();
    // Drawing shows how high things really are, and then a little more or less may be in reach: a few turns, and it holds.
    for (let turn = 0, mustDraw = isChanged; turn < 5; turn++) {
      const wanted = this.#wanted(turn > 0 && goal && 'key' in goal ? null : goal, height);
      const from = list[wanted.first]?.id;
      const to = list[wanted.last]?.id;
      const isSame = this.#drawn.size === wanted.last - wanted.first + 1 && from !== undefined && to !== undefined && this.#drawn.has(from) && this.#drawn.has(to);
      if (isSame) {
        this.#first = wanted.first;
        this.#last = wanted.last;
      }
      if (isSame && !mustDraw && !(goal && turn === 0)) {
        break;
      }
      if (!isSame || mustDraw) {
        this.#draw(wanted.first, wanted.last, mustDraw);
        this.#measure();
      }
      mustDraw = false;
      this.#below.style.height = `${Math.min(mostRoom, this.#blocks.span(this.#last + 1, list.length) + this.#beyond.below * this.perPosition)}px`;
      if (goal && 'end' in goal) {
        this.#setRoom(this.#idealRoom());
        this.viewport.scrollTop = this.viewport.scrollHeight;
      } else if (goal && turn === 0) {
        this.#setRoom(this.#idealRoom());
        this.#reach(goal);
      } else if (!this.#place()) {
        this.#setRoom(Math.max(0, this.viewport.scrollTop + wanted.top));
      }
      this.#noteEnd();
      this.#capture();
    }
    this.#settleAtStart();
    this.#refocus(focus);
    this.source.moved();
  }

  /**
   * Which blocks are to be drawn.
   * @param {{end:true}|{key:string, block:number, at:number}|null} goal
   * @param {number} height
   */
  #wanted(goal, height) {
    const { list } = this.#blocks;
    const reach = margin * height;
    if (list.length === 0) {
      return { first: 0, last: -1, top: 0 };
    }
    if (goal) {
      const index = 'end' in goal ? list.length - 1 : Math.max(0, this.#blocks.indexOf(goal.block));
      const top = 'end' in goal ? height - this.#blocks.heightOf(index) : height * goal.at - this.#blocks.heightOf(index) / 2;
      return this.#blocks.within(index, top, -reach, height + reach);
    }
    const view = this.viewport.getBoundingClientRect();
    for (const id of [this.#anchor?.block, ...this.#drawn.keys()]) {
      const drawn = id === undefined ? undefined : this.#drawn.get(id);
      const index = id === undefined ? -1 : this.#blocks.indexOf(id);
      if (drawn && list[index]?.id === id) {
        return this.#blocks.within(index, drawn.element.getBoundingClientRect().top - view.top, -reach, height + reach);
      }
    }
    return this.#blocks.within(0, this.#idealTop() - this.viewport.scrollTop, -reach, height + reach);
  }

  /**
   * @param {number} first
   * @param {number} last
   * @param {boolean} isChanged
   */
  #draw(first, last, isChanged) {
    /** @type {Map<number, {element:HTMLElement, rows:Row[]}>} */
    const drawn = new Map();
    const kept = new Set();
    /** @type {ChildNode|null} */
    let next = this.#content.firstChild;
    for (const block of this.#blocks.list.slice(first, last + 1)) {
      const known = this.#drawn.get(block.id);
      const current = known ?? { element: el('div', { class: 'timeline-block' }), rows: [] };
      if (!known || isChanged) {
        current.rows = this.source.rows(block);
        this.#fill(current);
      }
      for (const row of current.rows) {
        kept.add(row.key);
      }
      drawn.set(block.id, current);
      while (next && next !== current.element && known) {
        const gone = next;
        next = next.nextSibling;
        gone.remove();
      }
      if (next === current.element) {
        next = next.nextSibling;
      } else {
        this.#content.insertBefore(current.element, next);
      }
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
    for (const key of this.#rows.keys()) {
      if (!kept.has(key)) {
        this.#rows.delete(key);
      }
    }
    this.#drawn = drawn;
    this.#first = first;
    this.#last = last;
  }

  /** @param {{element:HTMLElement, rows:Row[]}} block */
  #fill(block) {
    /** @type {ChildNode|null} */
    let next = block.element.firstChild;
    const elements = block.rows.map(row => {
      const signature = this.source.signature(row);
      const known = this.#rows.get(row.key);
      if (known?.signature === signature) {
        known.row = row;
        return known.element;
      }
      const element = this.source.draw(row);
      const drawn = { row, element, signature };
      this.#rows.set(row.key, drawn);
      this.#byElement.set(element, drawn);
      return element;
    });
    const wanted = new Set(/** @type {Node[]} */ (elements));
    for (const element of elements) {
      while (next && next !== element && !wanted.has(next)) {
        const gone = next;
        next = next.nextSibling;
        gone.remove();
      }
      if (next === element) {
        next = next.nextSibling;
      } else {
        block.element.insertBefore(element, next);
      }
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  }

  #measure() {
    for (let index = this.#first; index <= this.#last; index++) {
      const block = this.#blocks.list[index];
      const drawn = block && this.#drawn.get(block.id);
      if (block && drawn) {
        this.#blocks.measure(block.id, block.end - block.start, drawn.element.getBoundingClientRect().height);
      }
    }
  }

  /** Remembers the row nearest to the lower edge of the view, and its place. */
  #capture() {
    const view = this.viewport.getBoundingClientRect();
    const all = this.#allRows();
    const found = this.#search(all, view.bottom);
    const at = all[Math.max(0, found - (found > 0 && all[found - 1] && found < all.length ? 1 : 0))] ?? all.at(-1);
    if (!at) {
      this.#anchor = null;
      return;
    }
    const block = [...this.#drawn].find(([, drawn]) => drawn.element === at.element.parentElement);
    this.#anchor = { key: at.row.key, block: block?.[0] ?? 0, bottom: at.element.getBoundingClientRect().bottom - view.bottom };
  }

  /** Puts the anchor back where it was. False when it is not drawn any more. */
  #place() {
    const drawn = this.#anchor && this.#rows.get(this.#anchor.key);
    if (!this.#anchor || !drawn?.element.isConnected) {
      return false;
    }
    const moved = drawn.element.getBoundingClientRect().bottom - this.viewport.getBoundingClientRect().bottom - this.#anchor.bottom;
    if (Math.abs(moved) >= 0.5) {
      const room = this.#room - moved;
      this.#setRoom(Math.max(0, room));
      if (room < 0) {
        this.viewport.scrollTop -= room;
      }
    }
    return true;
  }

  /** @param {{key:string, at:number}} goal */
  #reach(goal) {
    const element = this.#rows.get(goal.key)?.element;
    if (element) {
      const box = element.getBoundingClientRect();
      const view = this.viewport.getBoundingClientRect();
      // What is higher than the view is shown from its beginning.
      const wanted = Math.max(0, Math.min(view.height * goal.at - Math.min(box.height, view.height) / 2, view.height - box.height));
      this.viewport.scrollTop += box.top - view.top - wanted;
    }
  }

  #idealTop() {
    return Math.min(mostRoom, this.#beyond.above * this.perPosition);
  }

  #idealRoom() {
    return Math.min(mostRoom, this.#idealTop() + this.#blocks.span(0, this.#first));
  }

  /** @param {number} room */
  #setRoom(room) {
    this.#room = room;
    this.#above.style.height = `${room}px`;
  }

  /** Room and scroll position are put right together: nothing on the screen moves. */
  #settle() {
    const ideal = this.#idealRoom();
    const off = ideal - this.#room;
    if (Math.abs(off) >= 1 && this.#drawn.size > 0) {
      const top = this.viewport.scrollTop;
      this.#setRoom(ideal);
      this.viewport.scrollTop = top + off;
      this.#capture();
    }
  }

  /** At the very beginning there is no time to wait: no emptiness above the first entry, and no end before it. */
  #settleAtStart() {
    const top = this.viewport.scrollTop;
    const ideal = this.#idealRoom();
    if ((top < 1 && this.#room < Math.min(ideal - 1, this.viewport.clientHeight)) || (ideal < 1 && this.#room >= 1 && top < this.#room + this.viewport.clientHeight)) {
      this.#settle();
    }
  }

  #noteEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.viewport;
    this.#isAtEnd = this.#beyond.below === 0 && scrollHeight - clientHeight - scrollTop <= endSlack;
  }

  #focus() {
    const drawn = this.rowAround(document.activeElement);
    return drawn && { key: drawn.row.key, element: document.activeElement };
  }

  /** @param {{key:string, element:Element|null}|undefined} focus */
  #refocus(focus) {
    if (!focus || document.activeElement === focus.element) {
      return;
    }
    const again = focus.element?.isConnected && focus.element instanceof HTMLElement ? focus.element : this.#rows.get(focus.key)?.element;
    (again ?? this.viewport).focus({ preventScroll: true });
  }
}
