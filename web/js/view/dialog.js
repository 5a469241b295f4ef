import { el, fill, iconButton } from '../dom.js';
import { t } from '../words/words.js';

/**
 * Opens a dialog with a title and what stands in it. Escape, the cross and a click beside it close it; the focus goes back to where it was.
 * @param {string} title
 * @param {import('../dom.js').Child} content
 * @param {{className?: string, onclose?: () => void}} [options]
 * @returns {HTMLDialogElement} already open; `close()` closes it
 */
export function openDialog(title, content, { className, onclose } = {}) {
  const before = document.activeElement;
  const around = ancestorsOf(before);
  const heading = el('h2', { id: newId() }, title);
  const dialog = el('dialog', { class: className, 'aria-labelledby': heading.id },
    el('header', { class: 'dialog-header' }, heading, iconButton('close', t('common.close'), { onclick: () => dialog.close() })),
    el('div', { class: 'dialog-body' }, content));
  /** @type {EventTarget|null} */
  let pressed = null;
  dialog.addEventListener('pointerdown', event => { pressed = event.target; });
  dialog.addEventListener('click', event => {
    if (event.target === dialog && pressed === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (document.activeElement === document.body) {
      focusNearest(around);
    }
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  const first = dialog.querySelector('[autofocus]') ?? dialog.querySelector('.dialog-body :is(input, select, textarea, button):not(:disabled)');
  if (first instanceof HTMLElement) {
    first.focus();
  }
  return dialog;
}

/**
 * An element and all that it stands in, from the inside.
 * @param {Element|null} element
 */
function ancestorsOf(element) {
  const all = [];
  for (let at = element; at && at !== document.body; at = at.parentElement) {
    all.push(at);
  }
  return all;
}

/**
 * Where the focus was; or what is left of the place that it was in, when that was made anew meanwhile.
 * @param {Element[]} around
 */
function focusNearest(around) {
  const place = around.find(one => one.isConnected);
  if (place instanceof HTMLElement) {
    if (place !== around[0]) {
      place.tabIndex = -1;
    }
    place.focus();
  }
}

/**
 * Asks whether something is really meant.
 * @param {{title: string, text?: import('../dom.js').Child, action: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export function confirmDialog({ title, text, action, danger = false }) {
  return new Promise(resolve => {
    let answer = false;
    const cancel = el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('common.cancel'));
    const agree = el('button', { type: 'button', class: ['button', danger ? 'danger' : 'primary'], onclick: () => { answer = true; dialog.close(); } }, action);
    const dialog = openDialog(title, [text ? el('p', null, text) : null, el('div', { class: 'dialog-actions' }, cancel, agree)], { onclose: () => resolve(answer) });
    (danger ? cancel : agree).focus();
  });
}

/**
 * A dialog with a form. What it is refused with stands beside the field that it names, or above the buttons.
 * @param {{title: string, intro?: import('../dom.js').Child, fields: Field[], action: string, danger?: boolean, submit: (values: Record<string, string>) => Promise<void>}} form
 * @returns {HTMLDialogElement}
 */
export function formDialog({ title, intro, fields, action, danger = false, submit }) {
  const button = el('button', { class: ['button', danger ? 'danger' : 'primary'] }, action);
  const form = formOf({ fields, button, submit: async values => { await submit(values); dialog.close(); } });
  form.querySelector('.form-actions')?.prepend(el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('common.cancel')));
  const dialog = openDialog(title, [intro ? el('p', { class: 'quiet' }, intro) : null, form]);
  return dialog;
}

/**
 * @typedef {{name: string, label: string, hint?: string, value?: string, type?: string, required?: boolean, autocomplete?: string, options?: {value: string, label: string, hint?: string}[],
 *   parameters?: string[], codes?: string[], list?: string[], placeholder?: string, maxlength?: number, minlength?: number}} Field
 *   `parameters` and `codes`: what a refusal names when its words belong beside this field
 */

/**
 * A form of fields and one button. While it is being sent the button waits; what it is refused with is told in words and given the focus.
 * @param {{fields: Field[], button: HTMLButtonElement, submit: (values: Record<string, string>) => Promise<void>}} form
 * @returns {HTMLFormElement}
 */
export function formOf({ fields, button, submit }) {
  const shown = fields.map(field => fieldOf(field));
  const problem = el('p', { class: 'error', role: 'alert' });
  const form = el('form', { class: 'stack', novalidate: true }, shown.map(field => field.element), problem, el('div', { class: ['form-actions', 'row', 'end'] }, button));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (button.disabled) {
      return;
    }
    problem.textContent = '';
    for (const field of shown) {
      field.tell('');
    }
    const empty = shown.find(field => field.isMissing());
    if (empty) {
      empty.tell(t('common.missing'));
      empty.focus();
      return;
    }
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');
    try {
      await submit(Object.fromEntries(shown.map(field => [field.name, field.value()])));
    } catch (error) {
      const { code, parameter, message } = /** @type {import('../realm/refusal.js').Refusal} */ (error);
      const concerned = shown.find(field => field.isNamedBy(code, parameter));
      if (concerned) {
        concerned.tell(message);
      } else {
        problem.textContent = message;
      }
      (concerned ?? shown[0])?.focus();
    } finally {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  });
  return form;
}

/** @param {Field} field */
function fieldOf(field) {
  const id = newId();
  const error = el('p', { class: 'error', id: `${id}-error`, role: 'alert' });
  const hint = field.hint ? el('p', { class: 'hint', id: `${id}-hint` }, field.hint) : null;
  if (field.options) {
    const options = field.options;
    const group = el('fieldset', { class: 'field', 'aria-describedby': error.id }, el('legend', null, field.label), options.map(option => el('label', { class: 'choice' },
      el('input', { type: 'radio', name: field.name, value: option.value, checked: option.value === (field.value ?? options[0]?.value) }),
      el('span', null, option.label, option.hint ? el('span', { class: 'hint option-hint' }, option.hint) : null))), hint, error);
    return {
      name: field.name, element: group,
      value: () => /** @type {HTMLInputElement|null} */ (group.querySelector('input:checked'))?.value ?? '',
      isMissing: () => false,
      isNamedBy: namedBy(field),
      tell: /** @param {string} words */ words => { error.textContent = words; },
      focus: () => /** @type {HTMLInputElement|null} */ (group.querySelector('input:checked'))?.focus(),
    };
  }
  const list = field.list ? el('datalist', { id: `${id}-list` }, field.list.map(value => el('option', { value }))) : null;
  const input = el('input', {
    id, name: field.name, type: field.type ?? 'text', value: field.value ?? '', required: field.required, autocomplete: field.autocomplete ?? 'off', placeholder: field.placeholder,
    maxlength: field.maxlength, list: list?.id, dir: field.type ? null : 'auto', autocapitalize: 'none', spellcheck: 'false', 'aria-describedby': [hint?.id, error.id].filter(Boolean).join(' '),
  });
  return {
    name: field.name, element: el('div', { class: 'field' }, el('label', { for: id }, field.label), input, list, hint, error),
    value: () => field.type === 'password' ? input.value : input.value.trim(),
    isMissing: () => Boolean(field.required) && input.value.trim() === '',
    isNamedBy: namedBy(field),
    tell: /** @param {string} words */ words => {
      error.textContent = words;
      if (words) {
        input.setAttribute('aria-invalid', 'true');
      } else {
        input.removeAttribute('aria-invalid');
      }
    },
    focus: () => input.focus(),
  };
}

/**
 * @param {Field} field
 * @returns {(code: string|undefined, parameter: string|undefined) => boolean}
 */
function namedBy(field) {
  return (code, parameter) => parameter !== undefined && (field.name === parameter || Boolean(field.parameters?.includes(parameter))) || code !== undefined && Boolean(field.codes?.includes(code));
}

/**
 * Shows a secret once: a token, an address of a webhook. With a button that copies it.
 * @param {string} title
 * @param {string} intro
 * @param {string} secret
 */
export function secretDialog(title, intro, secret) {
  const field = el('input', { class: 'code', value: secret, readonly: true, 'aria-label': title, onfocus: () => field.select() });
  const copied = el('span', { class: 'hint', role: 'status' });
  const copy = el('button', { type: 'button', class: 'button primary', autofocus: true, onclick: async () => {
    try {
      await navigator.clipboard.writeText(secret);
      fill(copied, t('common.copied'));
    } catch {
      field.focus();
      fill(copied, t('common.copyByHand'));
    }
  } }, t('common.copy'));
  const dialog = openDialog(title, [el('p', null, intro), el('div', { class: 'row secret' }, field, copy), copied,
    el('div', { class: 'dialog-actions' }, el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, t('common.done')))]);
}

let ids = 0;

/** An id that nothing else on the page has. */
export function newId() {
  ids += 1;
  return `k${ids}`;
}
