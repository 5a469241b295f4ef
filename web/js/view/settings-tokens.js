import { el, fill, icon, userText } from '../dom.js';
import { dateTime } from '../words/format.js';
import { t } from '../words/words.js';
import { confirmDialog, formDialog, secretDialog } from './dialog.js';
import { section } from './page-parts.js';
import { call } from '../realm/session.js';
import { told } from './toasts.js';

/** @typedef {{id: string, name: string, may: string[], in?: string, hook?: boolean, created: string, used?: string, expires?: string}} Token */

/** What a token may do, as it is chosen. */
const rights = { both: ['send', 'read'], send: ['send'], read: ['read'] };

/**
 * The tokens with which programs act for this account.
 * @param {import('../realm/client.js').Client} client
 */
export function tokensOf(client) {
  const list = el('ul', { class: 'rows' });
  const load = async () => {
    try {
      const { tokens } = /** @type {{tokens: Token[]}} */ (await call('GET', '/api/tokens'));
      fill(list, tokens.length === 0 ? el('li', { class: 'quiet' }, t('tokens.none')) : tokens.map(row));
    } catch (error) {
      fill(list, el('li', { class: 'quiet' }, /** @type {Error} */ (error).message));
    }
  };
  const row = (/** @type {Token} */ token) => el('li', null, icon(token.hook ? 'link' : 'bot'),
    el('span', { class: 'grow' }, el('span', { class: 'block' }, userText(token.name, 'strong'), ' ', el('span', { class: 'tag' }, token.hook ? t('tokens.hook') : token.may.map(right => t(`tokens.may.${right}`)).join(', ')),
      token.in ? [' ', el('span', { class: 'tag' }, t('tokens.in'), ' ', userText(token.in))] : null),
    el('span', { class: 'quiet small block' }, token.used ? t('tokens.used', { time: dateTime(token.used) }) : t('tokens.unused'), token.expires ? ` · ${t('tokens.expires', { time: dateTime(token.expires) })}` : null)),
    el('button', { type: 'button', class: 'button small', 'aria-label': t('tokens.revoke', { name: token.name }), onclick: async () => {
      if (await confirmDialog({ title: t('tokens.revoke', { name: token.name }), text: t('tokens.revoke.text'), action: t('common.revoke'), danger: true })) {
        await told(call('DELETE', `/api/tokens/${encodeURIComponent(token.id)}`));
        await load();
        add.focus();
      }
    } }, t('common.revoke')));
  const add = el('button', { type: 'button', class: 'button', onclick: () => formDialog({
    title: t('tokens.new'), intro: t('tokens.intro'), action: t('common.create'),
    fields: [
      { name: 'name', label: t('tokens.name'), hint: t('tokens.name.hint'), required: true, maxlength: 64, codes: ['invalid_name'] },
      { name: 'may', label: t('tokens.may'), options: [{ value: 'both', label: t('tokens.may.both') }, { value: 'send', label: t('tokens.may.sendOnly') }, { value: 'read', label: t('tokens.may.readOnly') }] },
      { name: 'in', label: t('tokens.only'), hint: t('tokens.only.hint'), list: client.conversations.list.slice(0, 100).map(one => one.address), maxlength: 130, codes: ['unknown_recipient', 'unknown_group', 'not_a_member'] },
      { name: 'days', label: t('tokens.days'), hint: t('tokens.days.hint'), type: 'number' },
    ],
    submit: async values => {
      const { token } = await call('POST', '/api/tokens', {
        name: values['name'], may: rights[/** @type {keyof typeof rights} */ (values['may'])], ...(values['in'] ? { in: values['in'] } : {}), ...(values['days'] ? { days: Number(values['days']) } : {}),
      });
      await load();
      setTimeout(() => secretDialog(t('tokens.made'), t('tokens.made.text'), token));
    },
  }) }, icon('add'), t('tokens.new'));
  void load();
  return section(t('tokens.title'), el('p', { class: 'hint' }, t('tokens.hint')), list, el('div', null, add));
}
