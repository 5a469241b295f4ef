/**
 * A small choice of emojis: six that are at hand, and some more by subject.
 */
import { el, on, roving } from '../dom.js';
import { t } from '../words/words.js';
import { place } from './menu.js';

/** Those that are at hand. */
export const quickEmojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** @type {[subject:string, emojis:string[]][]} */
const subjects = [
  ['faces', ['😀', '😄', '😅', '😉', '😊', '😍', '😘', '😋', '😎', '🤔', '😐', '🙄', '😴', '😔', '😭', '😡', '😱', '🤯', '🥳', '🤗', '🤝', '🤷']],
  ['hands', ['👎', '👏', '🙌', '👌', '✌️', '🤞', '💪', '👋', '☝️', '👀', '🫶', '✋']],
  ['hearts', ['🧡', '💛', '💚', '💙', '💜', '🖤', '💔', '💯', '✨', '🔥', '⭐', '🎉']],
  ['things', ['✅', '❌', '❗', '❓', '⏳', '📌', '📎', '📅', '💡', '🔒', '🐛', '🚀', '☕', '🍚', '🍜', '🎂', '⚽', '🏠', '🚗', '🌧️', '☀️', '🌙', '🌱', '🎁']],
];

/**
 * Opens the choice. The arrow keys walk through it, Escape and a click beside it close it.
 * @param {HTMLElement} beside what it belongs to
 * @param {(emoji:string) => void} pick told which one was chosen
 * @param {{chosen?:string, back?:() => void}} [options] the one that is chosen already; what gives the focus back, where `beside` may be drawn anew meanwhile
 */
export function openEmojis(beside, pick, { chosen, back = () => beside.focus({ preventScroll: true }) } = {}) {
  /** @param {string[]} emojis @param {string} label */
  const grid = (emojis, label) => el('div', { class: 'emoji-grid', role: 'group', 'aria-label': label }, emojis.map(emoji => el('button', {
    type: 'button', class: 'emoji', 'aria-pressed': chosen === undefined ? null : String(emoji === chosen), onclick: () => { isPicked = true; picker.hidePopover(); pick(emoji); },
  }, emoji)));
  let isPicked = false;
  const picker = el('div', { class: 'menu emoji-picker', popover: 'auto', role: 'dialog', 'aria-label': t('emoji.choose') },
    grid(quickEmojis, t('emoji.quick')),
    subjects.map(([subject, emojis]) => [el('p', { class: 'emoji-subject', 'aria-hidden': 'true' }, t(`emoji.${subject}`)), grid(emojis, t(`emoji.${subject}`))]));
  (beside.closest('main') ?? document.body).append(picker);
  on(picker, 'toggle', event => {
    if (event.newState === 'closed') {
      if (!isPicked && (document.activeElement === document.body || picker.contains(document.activeElement))) {
        back();
      }
      picker.remove();
    }
  });
  on(picker, 'keydown', event => {
    event.stopPropagation();
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step && event.target instanceof HTMLElement) {
      event.preventDefault();
      vertical(picker, event.target, step)?.focus();
    }
  });
  picker.showPopover();
  place(picker, beside);
  roving(picker, '.emoji', { horizontal: true, wrap: true });
  /** @type {HTMLElement|null} */ (picker.querySelector('.emoji[aria-pressed=true]') ?? picker.querySelector('.emoji'))?.focus({ preventScroll: true });
}

/**
 * The emoji nearest above or below another one.
 * @param {HTMLElement} picker
 * @param {HTMLElement} from
 * @param {1|-1|number} step
 */
function vertical(picker, from, step) {
  const here = from.getBoundingClientRect();
  const row = /** @type {HTMLElement[]} */ ([...picker.querySelectorAll('.emoji')]).map(element => ({ element, rect: element.getBoundingClientRect() }))
    .filter(({ rect }) => (rect.top - here.top) * step > rect.height / 2);
  row.sort((one, other) => Math.abs(one.rect.top - here.top) - Math.abs(other.rect.top - here.top) || Math.abs(one.rect.left - here.left) - Math.abs(other.rect.left - here.left));
  return row[0]?.element;
}
