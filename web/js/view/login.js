import { el, fill, icon, iconButton, on } from '../dom.js';
import { language, setLanguage, t } from '../words/words.js';
import { brand } from './brand.js';
import { newId } from './dialog.js';
import { keepLanguage } from './preferences.js';
import { logIn, register } from '../realm/session.js';
import { View } from './view.js';

/** @typedef {import('../realm/session.js').Session} Session */

/** `<kabar-login>`: logs in, or makes an account where the realm allows it. Says `enter` with the new session. */
class Login extends View {
  /** @type {Session} where one logs in */
  session = { realm: '', registration: 'off', language: 'id', version: '' };
  /** @type {(() => string)|null} why one has to log in again */
  notice = null;
  #isNew = false;

  connectedCallback() {
    this.during(on(this, 'keydown', event => this.#tellCapsLock(event)), on(this, 'keyup', event => this.#tellCapsLock(event)));
    this.#render();
  }

  /** @param {Record<string, string>} [kept] what stays in the fields */
  #render(kept = {}) {
    const isNew = this.#isNew;
    const fields = {
      username: this.#field('username', t('login.username'), { autocomplete: 'username', value: kept.username, hint: isNew ? t('login.username.hint') : null, maxlength: 64 }),
      name: isNew ? this.#field('name', t('login.name'), { autocomplete: 'name', value: kept.name, hint: t('login.name.hint'), dir: 'auto', autocapitalize: 'words', optional: true }) : null,
      password: this.#password(isNew, kept.password),
      code: isNew && this.session.registration === 'invite' ? this.#field('code', t('login.code'), { autocomplete: 'one-time-code', value: kept.code, hint: t('login.code.hint') }) : null,
    };
    const problem = el('p', { class: 'error', role: 'alert' });
    const button = el('button', { class: 'button primary wide' }, isNew ? t('login.register') : t('login.enter'));
    const form = el('form', { class: 'stack', method: 'post', action: '/', novalidate: true, 'aria-label': button.textContent },
      fields.username.element, fields.name?.element, fields.password.element, fields.code?.element, problem, button);
    form.addEventListener('submit', event => {
      event.preventDefault();
      void this.#submit(fields, problem, button);
    });

    fill(this,
      el('main', { class: 'login' },
        el('div', { class: 'login-card' },
          el('header', { class: 'login-head' }, brand(), el('h1', null, isNew ? t('login.register.title') : t('login.title')), el('p', { class: 'quiet' }, t('login.realm', { realm: this.session.realm }))),
          this.notice ? el('p', { class: 'notice accent', role: 'status' }, icon('info'), this.notice()) : null,
          form,
          this.session.registration === 'off' ? null : el('p', { class: 'login-other' },
            isNew ? t('login.have') : t('login.none'), ' ',
            el('button', { type: 'button', class: 'link', onclick: () => { this.#isNew = !isNew; this.#render({ username: fields.username.value() }); } }, isNew ? t('login.enter') : t('login.register')))),
        el('footer', { class: 'login-foot' }, this.#languages(), el('span', { class: 'quiet small' }, `Kabar ${this.session.version}`))));
    fields.username.input.focus();
  }

  #languages() {
    return el('div', { class: 'row', role: 'group', 'aria-label': t('settings.language') }, /** @type {const} */ ([['id', 'Indonesia'], ['en', 'English']]).map(([code, name]) => el('button', {
      type: 'button', class: 'link small', lang: code, 'aria-pressed': String(language() === code), onclick: () => {
        keepLanguage(code);
        setLanguage(code);
        document.documentElement.lang = code;
        this.#render(Object.fromEntries([...this.querySelectorAll('input')].map(({ name, value }) => [name, value])));
      },
    }, name)));
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {{autocomplete: string, type?: string, value?: string|undefined, hint?: string|null, dir?: string, autocapitalize?: string, optional?: boolean, maxlength?: number}} options
   */
  #field(name, label, { autocomplete, type = 'text', value = '', hint = null, dir, autocapitalize = 'none', optional = false, maxlength }) {
    const id = newId();
    const error = el('p', { class: 'error', id: `${id}-error`, role: 'alert' });
    const help = hint ? el('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
    const input = el('input', {
      id, name, type, value, dir, autocomplete, autocapitalize, maxlength, autocorrect: 'off', spellcheck: 'false', required: !optional, 'aria-describedby': [help?.id, error.id].filter(Boolean).join(' '),
    });
    return {
      input, optional,
      element: el('div', { class: 'field' }, el('label', { for: id }, label), input, help, error),
      value: () => type === 'password' ? input.value : input.value.trim(),
      /** @param {string} words */
      tell(words) {
        error.textContent = words;
        input.ariaInvalid = words ? 'true' : null;
      },
    };
  }

  /**
   * @param {boolean} isNew
   * @param {string|undefined} value
   */
  #password(isNew, value) {
    const field = this.#field('password', t('login.password'), { type: 'password', value, autocomplete: isNew ? 'new-password' : 'current-password' });
    const show = iconButton('eye', t('login.password.show'), {
      class: 'password-eye', 'aria-pressed': 'false', onclick: () => {
        const isShown = field.input.type === 'password';
        field.input.type = isShown ? 'text' : 'password';
        show.ariaPressed = String(isShown);
        fill(show, icon(isShown ? 'eyeOff' : 'eye'));
      },
    });
    const box = el('div', { class: 'password' });
    field.input.replaceWith(box);
    box.append(field.input, show);
    box.after(el('p', { class: 'hint caps', role: 'status', hidden: true }, t('login.caps')));
    return field;
  }

  /** @param {KeyboardEvent} event */
  #tellCapsLock(event) {
    const caps = /** @type {HTMLElement|null} */ (this.querySelector('.caps'));
    if (caps && event.getModifierState) {
      caps.hidden = !(event.target instanceof HTMLInputElement && event.target.name === 'password' && event.getModifierState('CapsLock'));
    }
  }

  /**
   * @param {Record<'username'|'password', LoginField> & Record<'name'|'code', LoginField|null>} fields
   * @param {HTMLElement} problem
   * @param {HTMLButtonElement} button
   */
  async #submit(fields, problem, button) {
    if (button.ariaBusy === 'true') {
      return;
    }
    const all = Object.values(fields).filter(field => field !== null);
    problem.textContent = '';
    for (const field of all) {
      field.tell('');
    }
    const empty = all.filter(field => !field.optional && field.value() === '');
    for (const field of empty) {
      field.tell(t('common.missing'));
    }
    if (empty[0]) {
      empty[0].input.focus();
      return;
    }
    button.ariaBusy = 'true';
    try {
      const who = { username: fields.username.value(), password: fields.password.value() };
      const session = await (this.#isNew ? register({ ...who, ...given('name', fields.name), ...given('code', fields.code) }) : logIn(who.username, who.password));
      this.dispatchEvent(new CustomEvent('enter', { detail: session }));
    } catch (error) {
      const { code, message, parameter } = /** @type {import('../realm/refusal.js').Refusal} */ (error);
      const field = code === 'name_taken' || code === 'invalid_name' && !parameter ? fields.username : code === 'wrong_code' ? fields.code : code === 'not_authenticated' ? fields.password
        : all.find(one => one.input.name === parameter);
      if (field) {
        field.tell(message);
        field.input.focus();
        field.input.select();
      } else {
        problem.textContent = message;
      }
    } finally {
      button.ariaBusy = null;
    }
  }
}

/** @typedef {{input: HTMLInputElement, element: HTMLElement, optional: boolean, value: () => string, tell: (words: string) => void}} LoginField */

/**
 * @param {'name'|'code'} key
 * @param {LoginField|null} field
 */
const given = (key, field) => field?.value() ? { [key]: field.value() } : {};

customElements.define('kabar-login', Login);
