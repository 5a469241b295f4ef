/**
 * What one does with messages in a timeline: by the keyboard, with the mouse, with a finger.
 */
import { el, on, roving, userText } from '../dom.js';
import { day, time } from '../words/format.js';
import { t } from '../words/words.js';
import { confirmDialog, openDialog } from './dialog.js';
import { openEmojis } from './emoji.js';
import { actionBar, actionOfKey, actionsOn, openActions } from './message-actions.js';
import { inSentence, visibleName } from './sentences.js';
import { toast, told } from './toasts.js';

/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {import('./message-actions.js').Action} Action */

const longPress = 500;

export class MessageControls {
  /** @type {HTMLElement|null} */
  #bar = null;

  /**
   * @param {import('./timeline.js').TimelineView} view
   * @param {import('./scroller.js').Scroller} scroller
   */
  constructor(view, scroller) {
    this.view = view;
    this.scroller = scroller;
  }

  /** @returns {(() => void)[]} what ends it */
  listen() {
    const view = this.scroller.viewport;
    /** @type {{timer:ReturnType<typeof setTimeout>, x:number, y:number}|null} */
    let press = null;
    const endPress = () => {
      clearTimeout(press?.timer);
      press = null;
    };
    return [
      on(view, 'keydown', event => this.#key(event)),
      on(view, 'click', event => this.#click(event)),
      on(view, 'focusin', event => {
        const drawn = this.scroller.rowAround(event.target);
        if (drawn?.row.kind === 'message') {
          this.view.focused(drawn.row.key);
          this.#showBar(drawn.element, drawn.row.item);
        }
      }),
      on(view, 'pointerover', event => {
        const drawn = event.pointerType === 'mouse' ? this.scroller.rowAround(event.target) : undefined;
        if (drawn?.row.kind === 'message') {
          this.#showBar(drawn.element, drawn.row.item);
        }
      }),
      on(view, 'pointerleave', () => this.#hideBar()),
      on(view, 'pointerdown', event => {
        endPress();
        const drawn = event.pointerType === 'mouse' ? undefined : this.scroller.rowAround(event.target);
        if (drawn?.row.kind === 'message') {
          const { element, row } = drawn;
          press = { timer: setTimeout(() => { press = null; this.#openMenu(element, row.item); }, longPress), x: event.clientX, y: event.clientY };
        }
      }),
      on(view, 'pointermove', event => {
        const drawn = event.pointerType === 'mouse' ? this.scroller.rowAround(event.target) : undefined;
        if (drawn?.row.kind === 'message' && this.#bar && !drawn.element.contains(this.#bar)) {
          if (this.#bar.contains(document.activeElement)) {
            // Somebody goes on with the mouse: the keyboard goes back to where one writes, and the bar comes along.
            this.view.dispatchEvent(new CustomEvent('write'));
          }
          this.#showBar(drawn.element, drawn.row.item);
        }
        if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > 10) {
          endPress();
        }
      }),
      ...['pointerup', 'pointercancel', 'scroll'].map(type => on(view, type, endPress, { passive: true })),
      on(view, 'contextmenu', event => {
        // The other mouse button keeps the browser's own menu, for links and what is selected.
        const drawn = event.button === 2 && event.pointerType !== 'touch' ? undefined : this.scroller.rowAround(event.target);
        if (drawn?.row.kind === 'message') {
          event.preventDefault();
          endPress();
          this.#openMenu(drawn.element, drawn.row.item);
        }
      }),
    ];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const drawn = this.scroller.rowAround(event.target);
    const isOnRow = drawn && event.target === drawn.element;
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      this.#step(event.key === 'ArrowUp' ? -1 : 1);
    } else if (event.key === 'End') {
      event.preventDefault();
      void this.view.toEnd().then(() => this.view.focusLast());
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.view.dispatchEvent(new CustomEvent('write'));
    } else if (drawn?.row.kind === 'message') {
      const action = actionOfKey(event, this.#actionsOn(drawn.row.item));
      if (action) {
        event.preventDefault();
        this.#act(action, drawn.row.item);
      } else if (event.key === 'Enter' && isOnRow) {
        event.preventDefault();
        this.#openMenu(drawn.element, drawn.row.item);
      }
    }
  }

  /** @param {-1|1} direction */
  #step(direction) {
    const rows = /** @type {HTMLElement[]} */ ([...this.scroller.viewport.querySelectorAll('.message')]);
    const at = rows.findIndex(row => row === document.activeElement || row.contains(document.activeElement));
    if (at < 0) {
      this.view.focusMessages();
      return;
    }
    const next = rows[at + direction];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: 'nearest' });
    } else if (direction > 0) {
      this.view.dispatchEvent(new CustomEvent('write'));
    }
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const control = target.closest('[data-jump], [data-emoji], [data-seen], [data-act]');
    const drawn = this.scroller.rowAround(target);
    if (!(control instanceof HTMLElement) || drawn?.row.kind !== 'message') {
      return;
    }
    const { item } = drawn.row;
    const { jump, emoji, seen, act } = control.dataset;
    if (jump) {
      void this.view.jump(Number(jump), item.position);
    } else if (emoji) {
      this.#react(item, emoji);
    } else if (seen) {
      this.#showSeen(item);
    } else if (act === 'retry') {
      this.view.client.outbox.retry(item.key);
    } else if (act === 'discard') {
      this.#discard(item.key);
    }
  }

  /** @param {Item} item */
  #actionsOn(item) {
    return actionsOn(item, { mayWrite: !this.view.people.silenced, isGroup: this.view.people.isGroup, mayDelete: one => this.view.people.mayDelete(one), mayDiscard: one => this.#mayDiscard(one) });
  }

  /**
   * @param {HTMLElement} element
   * @param {Item} item
   */
  #showBar(element, item) {
    if ((this.#bar && (element.contains(this.#bar) || this.#bar.contains(document.activeElement))) || matchMedia('(hover: none)').matches) {
      return;
    }
    this.#bar?.remove();
    const possible = this.#actionsOn(item);
    if (possible.length > 0) {
      this.#bar = actionBar(possible, (action, button) => this.#act(action, item, button));
      element.querySelector('.bubble')?.append(this.#bar);
      roving(this.#bar, 'button', { horizontal: true });
    }
  }

  #hideBar() {
    if (this.#bar && !this.#bar.closest('.message')?.contains(document.activeElement)) {
      this.#bar.remove();
      this.#bar = null;
    }
  }

  /**
   * @param {HTMLElement} element
   * @param {Item} item
   */
  #openMenu(element, item) {
    const possible = this.#actionsOn(item);
    if (possible.length > 0 && !document.querySelector('.action-menu')) {
      getSelection()?.removeAllRanges();
      openActions(element, possible, action => this.#act(action, item), emoji => this.#react(item, emoji), () => this.#focusOn(item));
    }
  }

  /**
   * @param {Action} action
   * @param {Item} item
   * @param {HTMLElement} [anchor] the button that was pressed
   */
  #act(action, item, anchor) {
    const { position, entry } = item;
    switch (action.name) {
      case 'react': {
        const chosen = entry.reactions?.find(({ from }) => this.view.people.isMe(from))?.emoji ?? '';
        const element = this.scroller.drawnRow(item.key)?.element.querySelector('.bubble');
        openEmojis(anchor ?? /** @type {HTMLElement} */ (element), emoji => { this.#focusOn(item); this.#react(item, emoji); }, { chosen, back: () => this.#focusOn(item) });
        break;
      }
      case 'reply':
        this.view.dispatchEvent(new CustomEvent('reply', { detail: position }));
        break;
      case 'edit':
        this.view.dispatchEvent(new CustomEvent('edit', { detail: item }));
        break;
      case 'copy':
        void told(copy(entry.text ?? '').then(() => toast(t('common.copied'))));
        break;
      case 'seen':
        this.#showSeen(item);
        break;
      case 'retry':
        this.view.client.outbox.retry(item.key);
        break;
      case 'discard':
        this.#discard(item.key);
        break;
      case 'remove':
        void this.#remove(item);
    }
  }

  /**
   * Whether it can be given up: it has failed, or waits and was never sent.
   * @param {Item} item
   */
  #mayDiscard({ key, status }) {
    const { client, timeline } = this.view;
    return status === 'failed' || client.outbox.pending(timeline.address).some(message => message.key === key && !message.wasSent);
  }

  /** @param {string} key */
  #discard(key) {
    if (!this.view.client.outbox.discard(key)) {
      toast(t('discard.late'));
    }
  }

  /** @param {Item} item */
  #focusOn({ key }) {
    (this.scroller.drawnRow(key)?.element ?? this.scroller.viewport).focus({ preventScroll: true });
  }

  /** @param {Item} item */
  async #remove({ position, entry, mine }) {
    const isSure = await confirmDialog({
      title: t('remove.title'), text: mine ? t('remove.text') : t('remove.textOf', { name: inSentence(visibleName(entry.name, entry.from)) }), action: t('action.remove'), danger: true,
    });
    if (isSure && position !== null) {
      await told(this.view.timeline.remove(position));
    }
  }

  /**
   * @param {Item} item
   * @param {string} emoji the same as before takes it back
   */
  #react({ position, entry }, emoji) {
    const had = entry.reactions?.some(one => one.emoji === emoji && this.view.people.isMe(one.from));
    if (position !== null && !this.view.people.silenced) {
      void told(this.view.timeline.react(position, had ? '' : emoji));
    }
  }

  /** @param {Item} item */
  #showSeen({ position, entry }) {
    const names = position === null ? [] : this.view.timeline.readBy(position).filter(address => !this.view.people.isMe(address));
    openDialog(t('readers.title'), [
      el('p', { class: 'quiet' }, t('readers.sent', { when: `${day(entry.sent)}, ${time(entry.sent)}` })),
      el('p', null, names.length > 0 ? t('readers.by', { count: names.length }) : t('readers.nobody')),
      names.length > 0 ? el('ul', { class: 'rows' }, names.map(address => el('li', null, userText(this.view.people.nameOf(address)), el('span', { class: 'quiet small' }, address)))) : null,
      el('p', { class: 'quiet small' }, t('readers.hint')),
    ]);
  }
}

/**
 * Copies a text. On a page without TLS the browser offers only the old way.
 * @param {string} text
 */
async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const before = document.activeElement;
  const field = el('textarea', { class: 'visually-hidden', value: text, readonly: true, 'aria-hidden': 'true' });
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) {
    before.focus({ preventScroll: true });
  }
}
