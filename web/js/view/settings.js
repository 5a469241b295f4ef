import { el, fill, icon, iconButton } from '../dom.js';
import { language, t } from '../words/words.js';
import { formOf } from './dialog.js';
import { canNotify, isAllowed } from './notifications.js';
import { choices, section } from './page-parts.js';
import { notifyMode, setNotifyMode, setTheme, theme } from './preferences.js';
import { sessionsOf } from './settings-sessions.js';
import { tokensOf } from './settings-tokens.js';
import { toast } from './toasts.js';
import { View } from './view.js';

/** `<kabar-settings>`: how the chat looks and what it tells, and one's own account. Says `language` with the chosen one, and `log-out`. */
class Settings extends View {
  /** @type {import('../realm/client.js').Client} */
  client = /** @type {any} */ (null);
  /** @type {import('../realm/session.js').Session} */
  session = /** @type {any} */ (null);

  connectedCallback() {
    const { client } = this;
    fill(this,
      el('header', { class: 'bar page-head' }, iconButton('back', t('common.back'), { class: 'back', onclick: () => { location.hash = '#/'; } }), el('h1', null, t('settings.title'))),
      el('div', { class: 'page-body' }, el('div', { class: 'page' },
        section(t('settings.look'), this.#language(), choices(t('settings.theme'), theme(), [['system', t('settings.theme.system')], ['light', t('settings.theme.light')], ['dark', t('settings.theme.dark')]], setTheme)),
        section(t('settings.notify'), this.#notifications()),
        section(t('settings.password'), this.#password()),
        sessionsOf(client, this),
        tokensOf(client),
        section(t('settings.about'), el('p', { class: 'quiet' }, t('settings.about.text', { version: this.session.version, realm: client.me.realm, user: client.me.user })),
          el('button', { type: 'button', class: 'button', onclick: () => this.dispatchEvent(new CustomEvent('log-out', { bubbles: true })) }, icon('leave'), t('common.logOut'))))));
  }

  #language() {
    return choices(t('settings.language'), language(), [['id', 'Bahasa Indonesia'], ['en', 'English']], chosen => {
      this.dispatchEvent(new CustomEvent('language', { bubbles: true, detail: chosen }));
    });
  }

  #notifications() {
    const state = el('p', { class: 'hint', role: 'status' });
    const show = () => {
      fill(state, !canNotify() ? t('notify.never') : Notification.permission === 'denied' ? t('notify.denied') : '');
    };
    const mode = canNotify() && isAllowed() ? notifyMode() : 'off';
    const group = choices(t('settings.notify.what'), mode, [['off', t('notify.off')], ['quiet', t('notify.some')], ['full', t('notify.full')]], async chosen => {
      if (chosen !== 'off' && Notification.permission === 'default') {
        await Notification.requestPermission();
      }
      const isPossible = chosen === 'off' || isAllowed();
      setNotifyMode(isPossible ? chosen : 'off');
      if (!isPossible) {
        const off = /** @type {HTMLInputElement} */ (group.querySelector('input[value=off]'));
        off.checked = true;
        off.focus();
      }
      show();
    });
    if (!canNotify()) {
      group.querySelectorAll('input').forEach(input => { input.disabled = input.value !== 'off'; });
    }
    show();
    return el('div', null, group, state, el('p', { class: 'hint' }, t('notify.hint')));
  }

  #password() {
    const { client } = this;
    const form = formOf({
      fields: [
        { name: 'old', label: t('settings.password.old'), type: 'password', autocomplete: 'current-password', required: true, codes: ['wrong_password', 'too_many_attempts'] },
        { name: 'new', label: t('settings.password.new'), type: 'password', autocomplete: 'new-password', required: true, codes: ['invalid_name'] },
      ],
      button: el('button', { class: 'button' }, t('settings.password.change')),
      submit: async values => {
        await client.request('passwd', { old: values['old'], new: values['new'] });
        form.reset();
        toast(t('settings.password.done'));
        this.querySelector('.sessions')?.replaceWith(sessionsOf(client, this));
      },
    });
    // Password managers look for whose password it is.
    form.prepend(el('input', { type: 'text', name: 'username', class: 'visually-hidden', autocomplete: 'username', value: client.me.user, tabindex: '-1', 'aria-hidden': 'true', readonly: true }));
    return el('div', null, el('p', { class: 'hint' }, t('settings.password.hint')), form);
  }
}

customElements.define('kabar-settings', Settings);
