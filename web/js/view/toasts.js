import { el, iconButton } from '../dom.js';
import { t } from '../words/words.js';

/**
 * Says something at the lower edge for a few seconds; what failed stays until it is put away.
 * @param {string} text
 * @param {{isError?: boolean, action?: {label: string, run: () => void}}} [options]
 */
export function toast(text, { isError = false, action } = {}) {
  const element = el('div', { class: 'toast', role: isError ? 'alert' : 'status' },
    el('span', { class: 'grow', dir: 'auto' }, text),
    action ? el('button', { type: 'button', class: 'button quiet small', onclick: () => { element.remove(); action.run(); } }, action.label) : null,
    iconButton('close', t('common.close'), { onclick: () => element.remove() }));
  const all = document.querySelector('.toasts') ?? document.body.appendChild(el('div', { class: 'toasts' }));
  while (all.childElementCount >= 3) {
    all.firstElementChild?.remove();
  }
  all.append(element);
  if (!isError) {
    setTimeout(() => element.remove(), 6000);
  }
}

/**
 * Carries something out, and says in a toast why it could not be.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T|undefined>}
 */
export async function told(work) {
  try {
    return await work;
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { isError: true });
    return undefined;
  }
}
