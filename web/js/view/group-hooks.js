import { el, fill, icon, iconButton, userText } from '../dom.js';
import { dateTime } from '../words/format.js';
import { t } from '../words/words.js';
import { confirmDialog, formDialog, secretDialog } from './dialog.js';
import { call } from '../realm/session.js';
import { told } from './toasts.js';

/** @typedef {{id: string, name: string, created: string, used?: string}} Hook */

/**
 * The webhooks of a group: addresses through which programs say something there.
 * @param {string} group
 * @returns {HTMLElement}
 */
export function hooksOf(group) {
  const list = el('ul', { class: 'member-list' });
  const load = async () => {
    try {
      const { hooks } = /** @type {{hooks: Hook[]}} */ (await call('GET', `/api/hooks?group=${encodeURIComponent(group)}`));
      fill(list, hooks.length === 0 ? el('li', { class: 'quiet small' }, t('hooks.none')) : hooks.map(row));
    } catch (error) {
      fill(list, el('li', { class: 'quiet small' }, /** @type {Error} */ (error).message));
    }
  };
  const row = (/** @type {Hook} */ hook) => el('li', { class: 'member' }, icon('link'),
    el('span', { class: 'grow member-name' }, userText(hook.name, 'truncate'), el('span', { class: 'quiet small' }, hook.used ? t('tokens.used', { time: dateTime(hook.used) }) : t('tokens.unused'))),
    iconButton('trash', t('hooks.revoke', { name: hook.name }), { onclick: async () => {
      if (await confirmDialog({ title: t('hooks.revoke', { name: hook.name }), text: t('hooks.revoke.text'), action: t('common.revoke'), danger: true })) {
        await told(call('DELETE', `/api/hooks/${encodeURIComponent(hook.id)}`));
        await load();
        add.focus();
      }
    } }));
  const add = iconButton('add', t('hooks.new'), { onclick: () => formDialog({
    title: t('hooks.new'), intro: t('hooks.intro'), action: t('common.create'),
    fields: [{ name: 'name', label: t('hooks.name'), hint: t('hooks.name.hint'), required: true, maxlength: 64, codes: ['invalid_name'] }],
    submit: async ({ name = '' }) => {
      const { url } = await call('POST', '/api/hooks', { group, name });
      await load();
      // Behind the closing of this dialog, so that the focus goes back to where it began.
      setTimeout(() => secretDialog(t('hooks.made'), t('hooks.made.text'), new URL(url, location.href).href));
    },
  }) });
  void load();
  return el('section', null, el('div', { class: 'row apart' }, el('h3', { class: 'label' }, t('hooks.title')), add), list);
}
