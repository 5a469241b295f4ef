import { el, fill, iconButton } from '../dom.js';
import { Refusal } from '../realm/refusal.js';
import { formDialog } from '../view/dialog.js';
import { openMenu } from '../view/menu.js';
import { toast } from '../view/toasts.js';
import { t } from '../words/words.js';
import { ask } from './ask.js';

/** @typedef {import('../dom.js').Child} Child */

/**
 * A table: its name for those who do not see it, the headings, and where its rows go. A row with the `data-key` of the one that had the focus has it afterwards. On a phone there is no room for what is `spare`.
 * @param {string} label
 * @param {(string | {label: string, number?: true, hidden?: true, spare?: true})[]} columns
 * @returns {{element: HTMLElement, show: (rows: HTMLTableRowElement[], none: string) => void}}
 */
export function table(label, columns) {
  const body = el('tbody');
  const heads = columns.map(column => typeof column === 'string' ? { label: column } : column)
    .map(column => el('th', { scope: 'col', class: ['number' in column && 'number', 'spare' in column && 'spare'] }, 'hidden' in column ? el('span', { class: 'visually-hidden' }, column.label) : column.label));
  const element = el('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': label }, el('table', null, el('thead', null, el('tr', null, heads)), body));
  return {
    element,
    show: (rows, none) => {
      const focused = body.contains(document.activeElement) ? document.activeElement?.closest('tr')?.dataset['key'] : undefined;
      fill(body, rows.length > 0 ? rows : el('tr', null, el('td', { colspan: columns.length, class: 'quiet' }, none)));
      if (focused !== undefined) {
        (rows.find(row => row.dataset['key'] === focused)?.querySelector('button') ?? element).focus();
      }
    },
  };
}

/**
 * The button at the end of a row that opens what can be done with it.
 * @param {string} name of what stands in the row
 * @param {() => import('../view/menu.js').MenuItem[]} items
 */
export function actions(name, items) {
  const button = iconButton('more', t('admin.actions', { name }), { 'aria-haspopup': 'menu', onclick: () => openMenu(button, items()) });
  return button;
}

/**
 * Has a command carried out and says that it was, or why not.
 * @param {string} command
 * @param {Record<string, unknown>} body
 * @param {string} [done] what is said when it was; what the server says unless it is given
 * @returns {Promise<boolean>}
 */
export async function act(command, body, done) {
  try {
    const reply = await ask(command, body);
    toast(done ?? reply.done ?? t('admin.done'));
    return true;
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { isError: true });
    return false;
  }
}

/**
 * Asks for the name of what is to go for good.
 * @param {{title: string, text: string, name: string, label: string, action: string, remove: () => Promise<void>}} question
 */
export function confirmByName({ title, text, name, label, action, remove }) {
  formDialog({
    title, intro: text, action, danger: true,
    fields: [{ name: 'name', label, hint: name, required: true }],
    submit: async values => {
      if (values['name'] !== name) {
        throw new Refusal('wrong_name', t('admin.otherName'), 'name');
      }
      await remove();
    },
  });
}

/**
 * Says why something that is asked for again and again could not be loaded. The same words are not said again.
 * @param {HTMLElement} place
 * @param {unknown} error
 */
export function showProblem(place, error) {
  if (place.textContent !== /** @type {Error} */ (error).message) {
    fill(place, failure(error));
  }
}

/**
 * What stands in the place of something that could not be loaded.
 * @param {unknown} error
 */
export function failure(error) {
  return el('p', { class: 'notice danger', role: 'alert' }, /** @type {Error} */ (error).message);
}
