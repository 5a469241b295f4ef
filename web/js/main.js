/** The beginning: who is logged in with this browser, and then the log-in page or the chat. */
import { el } from './dom.js';
import './view/app.js';
import './view/login.js';
import { applyTheme, preferredLanguage } from './view/preferences.js';
import { fetchSession } from './realm/session.js';
import { setLanguage, t } from './words/words.js';

/** @typedef {import('./realm/session.js').Session} Session */

applyTheme();
speak(preferredLanguage() ?? 'id');
await begin();

/** Shows what belongs to whoever is logged in. */
async function begin() {
  try {
    const session = await fetchSession();
    speak(preferredLanguage() ?? session.language);
    show(session);
  } catch (error) {
    const again = el('button', { type: 'button', class: 'button primary', onclick: begin }, t('common.again'));
    document.body.replaceChildren(el('main', { class: 'empty full' }, el('h1', null, t('site.away')), el('p', null, /** @type {Error} */ (error).message), again));
    again.focus();
  }
}

/**
 * @param {Session} session
 * @param {string} [notice] why there is a log-in again
 */
function show(session, notice) {
  if (!session.user) {
    document.title = `Kabar · ${session.realm}`;
    document.body.replaceChildren(el('kabar-login', { session, notice: notice ? () => t('login.ended') : null, onenter: (/** @type {CustomEvent<Session>} */ event) => show(event.detail) }));
    return;
  }
  const app = el('kabar-app', { session });
  app.addEventListener('leave', event => {
    const { user, name, session: _, admin, ...realm } = session;
    const why = /** @type {CustomEvent<string>} */ (event).detail;
    if (!why) {
      history.replaceState(null, '', '#/');
    }
    show(realm, why);
  });
  document.body.replaceChildren(app);
}

/** @param {'id'|'en'} language */
function speak(language) {
  setLanguage(language);
  document.documentElement.lang = language;
}
