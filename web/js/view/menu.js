import { el, icon, roving } from '../dom.js';

/** @typedef {{label: string, icon?: Parameters<typeof icon>[0], danger?: boolean, action: () => void}|null|false} MenuItem */

/**
 * Opens a menu below its button, or above where there is no room. The arrow keys walk through it, Escape and a click beside it close it, and the focus goes back to the button.
 * @param {HTMLElement} button what it belongs to
 * @param {MenuItem[]} items
 * @param {{x: number, y: number}} [at] where it opens instead, for the other mouse button
 */
export function openMenu(button, items, at) {
  if (button.ariaExpanded === 'true') {
    return;
  }
  const menu = el('div', { class: 'menu', role: 'menu', popover: 'auto', 'aria-label': button.ariaLabel ?? button.textContent ?? '' },
    items.filter(item => item !== null && item !== false).map(item => el('button', {
      type: 'button', role: 'menuitem', class: ['menu-item', item.danger && 'danger'], onclick: () => { menu.hidePopover(); item.action(); },
    }, item.icon ? icon(item.icon) : null, item.label)));
  // In the part of the page that the button belongs to: an open dialog makes the others inert. Not beside it: what lies there may be made anew while the menu is open.
  (button.closest('dialog, main, kabar-sidebar, .shell-side > *') ?? document.body).append(menu);
  menu.addEventListener('toggle', event => {
    if (/** @type {ToggleEvent} */ (event).newState === 'closed') {
      menu.remove();
      button.setAttribute('aria-expanded', 'false');
    }
  });
  menu.addEventListener('beforetoggle', event => {
    if (/** @type {ToggleEvent} */ (event).newState === 'closed' && (menu.contains(document.activeElement) || document.activeElement === document.body)) {
      button.focus();
    }
  });
  menu.addEventListener('keydown', event => {
    if (event.key === 'Tab') {
      menu.hidePopover();
    }
    event.stopPropagation();
  });
  menu.showPopover();
  button.setAttribute('aria-expanded', 'true');
  place(menu, button, at);
  roving(menu, '[role=menuitem]', { wrap: true });
  /** @type {HTMLElement|null} */ (menu.querySelector('[role=menuitem]'))?.focus();
}

/**
 * Puts what is shown above the page beside what it belongs to, and inside the window.
 * @param {HTMLElement} menu
 * @param {HTMLElement} button
 * @param {{x: number, y: number}} [at]
 */
export function place(menu, button, at) {
  const gap = 4;
  const rect = at ? new DOMRect(at.x, at.y, 0, 0) : button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = rect.bottom + gap + height <= innerHeight - gap || rect.top < height + gap;
  const top = below ? Math.min(rect.bottom + gap, innerHeight - height - gap) : rect.top - gap - height;
  const left = at || rect.left + width <= innerWidth - gap ? rect.left : rect.right - width;
  menu.style.top = `${Math.max(gap, top)}px`;
  menu.style.left = `${Math.max(gap, Math.min(left, innerWidth - width - gap))}px`;
}
