import { el, fill, icon } from '../dom.js';
import { formOf, secretDialog } from '../view/dialog.js';
import { View } from '../view/view.js';
import { t } from '../words/words.js';
import { ask } from './ask.js';
import { failure } from './parts.js';

/** `<kabar-admin-invitations>`: codes with which people make accounts by themselves. Only their hashes are kept, so there is no list of them. */
class InvitationsPage extends View {
  connectedCallback() {
    void this.#load();
  }

  async #load() {
    try {
      const { status } = /** @type {{status: import('./ask.js').Status}} */ (await ask('status'));
      fill(this, el('p', { class: ['notice', status.registration === 'invite' && 'accent'] }, icon('info'), el('span', null, t(`admin.registration.${status.registration}`))),
        status.registration === 'invite' ? this.#form() : null);
    } catch (error) {
      fill(this, failure(error));
    }
  }

  #form() {
    const form = formOf({
      fields: [
        { name: 'uses', label: t('admin.invitations.uses'), type: 'number', value: '1', required: true },
        { name: 'days', label: t('admin.invitations.days'), type: 'number', value: '7', required: true },
      ],
      button: el('button', { class: 'button primary' }, icon('add'), t('admin.invitations.make')),
      submit: async ({ uses, days }) => {
        const { code } = await ask('user invite', { uses: Math.trunc(Number(uses)), days: Math.trunc(Number(days)) });
        secretDialog(t('admin.invitations.code'), t('admin.invitations.once', { uses: uses ?? '', days: days ?? '' }), code);
      },
    });
    form.classList.add('admin-form');
    return form;
  }
}

customElements.define('kabar-admin-invitations', InvitationsPage);
