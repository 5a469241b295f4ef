import { el } from '../dom.js';

/**
 * The mark of Kabar, as on the page's tab.
 * @returns {HTMLImageElement}
 */
export function brand() {
  const mark = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=icon]'));
  return el('img', { class: 'brand', src: mark.dataset.read ?? mark.href, alt: '', width: 40, height: 40 });
}

/**
 * Puts how much is unread into the title of the page and a dot on its mark.
 * @param {number} count
 * @param {string} title
 */
export function showUnread(count, title) {
  document.title = count > 0 ? `(${count > 99 ? '99+' : count}) ${title}` : title;
  const mark = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=icon]'));
  mark.dataset.read ??= mark.href;
  const wanted = count > 0 ? mark.dataset.unread : mark.dataset.read;
  if (wanted && mark.href !== wanted) {
    mark.href = wanted;
  }
}
