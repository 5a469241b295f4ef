import { el, fill, icon } from '../dom.js';
import { dateTime, lastSeen } from '../words/format.js';
import { t } from '../words/words.js';
import { confirmDialog } from './dialog.js';
import { section } from './page-parts.js';
import { told } from './toasts.js';
import { whileLive } from './view.js';

/** @typedef {{session: string, created: string, used: string, current: boolean}} OneSession */

/**
 * Where one is logged in, each of which can be ended from here.
 * @param {import('../realm/client.js').Client} client
 * @param {import('./view.js').View} view in which they stand
 */
export function sessionsOf(client, view) {
  const list = el('ul', { class: 'rows' });
  const load = async () => {
    try {
      const { sessions } = /** @type {{sessions: OneSession[]}} */ (await client.request('sessions', {}));
      fill(list, [...sessions].sort((one, other) => Number(other.current) - Number(one.current) || other.used.localeCompare(one.used)).map(row));
    } catch (error) {
      fill(list, el('li', { class: 'quiet' }, /** @type {Error} */ (error).message));
    }
  };
  const row = (/** @type {OneSession} */ one) => el('li', null, icon('key'),
    el('span', { class: 'grow' }, el('span', { class: 'block' }, one.current ? t('sessions.current') : t('sessions.since', { time: dateTime(one.created) })),
      el('span', { class: 'quiet small block' }, one.current ? t('sessions.since', { time: dateTime(one.created) }) : lastSeen(one.used))),
    one.current ? null : el('button', { type: 'button', class: 'button small', 'aria-label': t('sessions.endOne', { time: dateTime(one.created) }), onclick: async () => {
      if (await confirmDialog({ title: t('sessions.end.title'), text: t('sessions.end.text'), action: t('sessions.end'), danger: true })) {
        await told(client.request('sessions end', { session: one.session }));
        await load();
        list.tabIndex = -1;
        list.focus();
      }
    } }, t('sessions.end')));
  const part = section(t('sessions.title'), el('p', { class: 'hint' }, t('sessions.hint')), list);
  part.classList.add('sessions');
  whileLive(view, client, load);
  return part;
}
