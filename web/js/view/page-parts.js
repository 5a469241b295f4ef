import { el } from '../dom.js';
import { newId } from './dialog.js';

/**
 * A part of the page with a heading.
 * @param {string} title
 * @param {...import('../dom.js').Child} content
 */
export function section(title, ...content) {
  const heading = el('h2', { id: newId() }, title);
  return el('section', { class: 'page-section', 'aria-labelledby': heading.id }, heading, ...content);
}

/**
 * One of a few, side by side.
 * @template {string} T
 * @param {string} label
 * @param {T} chosen
 * @param {[T, string][]} options
 * @param {(chosen: T) => void} choose
 */
export function choices(label, chosen, options, choose) {
  const name = newId();
  return el('fieldset', { class: 'segments-field' }, el('legend', null, label), el('div', { class: 'segments' }, options.map(([value, words]) => el('label', { class: 'segment' },
    el('input', { type: 'radio', class: 'visually-hidden', name, value, checked: value === chosen, onchange: () => choose(value) }), el('span', null, words)))));
}
