import { el, fill, icon, iconButton, on, userText } from '../dom.js';
import { t } from '../words/words.js';
import { openEmojis } from './emoji.js';
import { beginning } from './message.js';
import { bytesLeft, isSendable } from './message-size.js';
import { visibleName } from './sentences.js';
import { toast, told } from './toasts.js';
import { View } from './view.js';

/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {import('../realm/client.js').Client} Client */

/** So long after the last key a draft is kept. */
const keepAfter = 400;
/** From so few bytes on it is told how many are left. */
const tellFrom = 1024;

/**
 * `<kabar-composer>`: where one writes. What was begun is kept by conversation. Says `sent` after something was said, `page` when the messages are to be scrolled (detail: -1 or 1)
 */
export class Composer extends View {
  /** @type {Client} */
  client = /** @type {any} */ (null);
  /** @type {import('../realm/timeline.js').Timeline} */
  timeline = /** @type {any} */ (null);
  /** @type {import('./people.js').People} */
  people = /** @type {any} */ (null);
  /** @type {import('./quotes.js').Quotes} */
  quotes = /** @type {any} */ (null);
  /** @type {number|null} the position of what is answered */
  #reply = null;
  /** @type {Item|null} what is being edited instead of writing something new */
  #editing = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #keeping;
  /** Whether something was begun or ended here that is not kept yet: another tab may have kept something newer of its own. */
  #isUnkept = false;
  #isTouch = matchMedia('(pointer: coarse)');
  #text = el('textarea', { class: 'composer-text', rows: '1', dir: 'auto', id: 'composer-text', autocomplete: 'off', enterkeyhint: this.#isTouch.matches ? 'enter' : 'send', 'aria-describedby': 'composer-size' });
  #about = el('div', { class: 'composer-about', hidden: true });
  #size = el('p', { class: 'composer-size', id: 'composer-size', role: 'status' });
  #send = iconButton('send', t('composer.send'), { class: 'composer-send', onclick: () => this.#submit() });
  #emoji = iconButton('react', t('composer.emoji'), { 'aria-haspopup': 'dialog', onclick: () => openEmojis(this.#emoji, emoji => this.#insert(emoji)) });
  #form = el('form', { class: 'composer-form', onsubmit: /** @param {Event} event */ event => { event.preventDefault(); this.#submit(); } }, this.#emoji, this.#text, this.#send);
  #silence = el('p', { class: 'composer-silence', hidden: true, role: 'status' });

  connectedCallback() {
    fill(this, this.#about, this.#form, this.#size, this.#silence);
    this.#text.setAttribute('aria-label', t('composer.label', { to: this.people.isGroup ? this.timeline.address : this.people.nameOf(this.timeline.address) }));
    this.#text.placeholder = t('composer.placeholder');
    const draft = this.client.drafts.get(this.timeline.address);
    this.#text.value = draft?.text ?? '';
    this.#reply = draft?.reply ?? null;
    this.during(
      on(this.#text, 'input', () => this.#written()),
      on(this.#text, 'keydown', event => this.#key(event)),
      on(window, 'pagehide', () => this.#keep()),
      this.people.on('change', () => this.#showSilence()),
      this.quotes.on('change', () => this.#showAbout()),
      // Pressing a button leaves the keyboard of a phone where it is.
      on(this.#send, 'pointerdown', event => event.preventDefault()),
      () => this.#keep());
    this.#showAbout();
    this.#showSilence();
    this.#measure();
    requestAnimationFrame(() => this.#grow());
  }

  /**
   * Puts the cursor behind what is written.
   * @override
   */
  focus() {
    this.#text.focus({ preventScroll: true });
  }

  /**
   * Answers a message.
   * @param {number} position
   */
  reply(position) {
    this.#endEditing();
    this.#reply = position;
    this.#showAbout();
    this.#keepSoon();
    this.focus();
  }

  /**
   * Writes a message anew.
   * @param {Item} item
   */
  edit(item) {
    this.#keep();
    this.#editing = item;
    this.#setText(item.entry.text ?? '');
    this.#showAbout();
    this.focus();
  }

  #submit() {
    const text = this.#text.value;
    if (!isSendable(text)) {
      return;
    }
    if (this.#editing) {
      void this.#submitEdit(this.#editing, text);
      return;
    }
    try {
      this.timeline.send(text, this.#reply === null ? {} : { reply: this.#reply });
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { isError: true });
      return;
    }
    this.#reply = null;
    this.#setText('');
    this.#isUnkept = true;
    this.#keep();
    this.#showAbout();
    this.focus();
    this.dispatchEvent(new CustomEvent('sent'));
  }

  /**
   * Has a message changed. What was written stays until the realm has taken it, and when more was written meanwhile.
   * @param {Item} item
   * @param {string} text
   */
  async #submitEdit(item, text) {
    if (this.#form.ariaBusy === 'true') {
      return;
    }
    this.#form.ariaBusy = 'true';
    const { position, entry } = item;
    const isTaken = position === null || text === entry.text || await told(this.timeline.edit(position, text).then(() => true));
    this.#form.ariaBusy = null;
    if (isTaken && this.#editing === item && this.#text.value === text) {
      this.#endEditing();
      this.#showAbout();
      if (this.contains(document.activeElement)) {
        this.focus();
      }
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // The Enter that ends a composition belongs to it. Safari tells it afterwards, with this code.
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !this.#isTouch.matches) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === 'Escape' && (this.#editing || this.#reply !== null)) {
      event.preventDefault();
      event.stopPropagation();
      this.#dismiss();
    } else if (event.key === 'ArrowUp' && this.#text.value === '' && !this.#editing) {
      const last = this.timeline.items.findLast(item => item.mine && item.position !== null && item.entry.event === 'message' && !item.entry.deleted && !item.entry.failed);
      if (last) {
        event.preventDefault();
        this.edit(last);
      }
    } else if (event.key === 'PageUp' || event.key === 'PageDown') {
      this.dispatchEvent(new CustomEvent('page', { detail: event.key === 'PageUp' ? -1 : 1 }));
    }
  }

  #written() {
    this.#grow();
    this.#measure();
    if (!this.#editing) {
      this.#keepSoon();
    }
    if (this.#text.value.trim() !== '' && !this.people.silenced) {
      this.client.typing.tell(this.timeline.address);
    }
  }

  /** @param {string} emoji */
  #insert(emoji) {
    this.focus();
    const { selectionStart, selectionEnd } = this.#text;
    this.#text.setRangeText(emoji, selectionStart, selectionEnd, 'end');
    this.#written();
  }

  /** @param {string} text */
  #setText(text) {
    this.#text.value = text;
    this.#grow();
    this.#measure();
  }

  #dismiss() {
    if (this.#editing) {
      this.#endEditing();
    } else {
      this.#reply = null;
      this.#keepSoon();
    }
    this.#showAbout();
    this.focus();
  }

  /** Back to what was begun before. */
  #endEditing() {
    if (this.#editing) {
      this.#editing = null;
      const draft = this.client.drafts.get(this.timeline.address);
      this.#reply = draft?.reply ?? null;
      this.#setText(draft?.text ?? '');
    }
  }

  #keepSoon() {
    this.#isUnkept = true;
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.#keep(), keepAfter);
  }

  #keep() {
    clearTimeout(this.#keeping);
    if (this.#isUnkept && !this.#editing) {
      this.#isUnkept = false;
      this.client.drafts.set(this.timeline.address, { text: this.#text.value, ...(this.#reply === null ? {} : { reply: this.#reply }) });
    }
  }

  #grow() {
    // The height of all stays as it is meanwhile: if the messages above got more room for a moment, they would move.
    this.style.height = `${this.offsetHeight}px`;
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + this.#text.offsetHeight - this.#text.clientHeight}px`;
    this.style.height = '';
  }

  #measure() {
    const left = bytesLeft(this.#text.value);
    this.#size.textContent = left >= tellFrom ? '' : left >= 0 ? t('composer.left', { count: left }) : t('composer.tooLong', { count: -left });
    this.#size.classList.toggle('error', left < 0);
    this.#send.disabled = !isSendable(this.#text.value);
  }

  /** Above the field: what is answered, or that something is written anew. */
  #showAbout() {
    const position = this.#editing?.position ?? this.#reply;
    this.#about.hidden = position === null;
    if (position === null) {
      return;
    }
    const quote = this.#editing ? { state: /** @type {const} */ ('known'), entry: this.#editing.entry } : this.quotes.of(position);
    const entry = quote.state === 'known' ? quote.entry : null;
    const title = this.#editing ? t('composer.editing') : entry ? t('composer.replying') : t('quote.gone');
    fill(this.#about, icon(this.#editing ? 'edit' : 'reply'), el('div', { class: 'grow composer-quote' },
      el('p', { class: 'composer-about-title' }, title, ' ', entry && !this.#editing ? userText(this.people.isMe(entry.from) ? t('message.you') : visibleName(entry.name, entry.from)) : null),
      entry ? el('p', { class: 'truncate quiet', dir: 'auto' }, entry.deleted ? t('message.deleted') : beginning(entry.text ?? '')) : null),
    iconButton('close', this.#editing ? t('composer.endEditing') : t('composer.endReply'), { onclick: () => this.#dismiss() }));
  }

  #showSilence() {
    const reason = this.people.silenced;
    this.#form.hidden = reason !== null;
    this.#size.hidden = reason !== null;
    this.#about.hidden = this.#about.hidden || reason !== null;
    this.#silence.hidden = reason === null;
    fill(this.#silence, reason);
  }
}

customElements.define('kabar-composer', Composer);
