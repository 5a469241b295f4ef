import { el, icon } from '../dom.js';

/**
 * A round field with somebody's initials, in a colour that follows from the address.
 * @param {string} address
 * @param {string} [name]
 * @param {string} [className]
 * @returns {HTMLElement}
 */
export function avatar(address, name, className) {
  const isGroup = address.startsWith('#');
  return el('span', { class: ['avatar', isGroup && 'group', className], data: { hue: hueOf(address) }, 'aria-hidden': 'true' }, isGroup ? icon('group') : initials(name || address));
}

/**
 * @param {string} name
 * @returns {string} the first letters of its first and last word
 */
function initials(name) {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map(word => [...(word ?? '')].find(letter => /[\p{L}\p{N}]/u.test(letter)) ?? '').join('').toUpperCase() || '•';
}

/**
 * @param {string} address
 * @returns {number} 0 to 7, the same for an address in any case
 */
export function hueOf(address) {
  let hash = 0;
  for (const letter of address.toLowerCase()) {
    hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  }
  // The lower bits say little: mixed, then the upper ones.
  return Math.imul(hash, 0x9e3779b1) >>> 29;
}
