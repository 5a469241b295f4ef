import { el, fill, icon } from '../dom.js';
import { section } from '../view/page-parts.js';
import { told } from '../view/toasts.js';
import { View } from '../view/view.js';
import { dateTime } from '../words/format.js';
import { hasWords, t } from '../words/words.js';
import { ask } from './ask.js';
import { bytes, duration, number, rate } from './figures.js';
import { showProblem, table } from './parts.js';
import { plot } from './plot.js';
import { poll } from './polling.js';
import { Samples } from './samples.js';

/** @typedef {import('./ask.js').Status} Status */
/** @typedef {import('./ask.js').Backup} Backup */

const pause = 2_000;

/** `<kabar-admin-health>`: how the realm does, as it happens; its limits; its backups. */
class Health extends View {
  #samples = new Samples();
  #problem = el('div');
  #figures = el('dl', { class: 'figures' });
  #listeners = el('ul', { class: 'listeners' });
  #progress = el('div', { class: 'stack tight', role: 'status' });
  #limits = table(t('admin.limits.all'), [t('admin.limits.name'), { label: t('admin.limits.value'), number: true }]);
  #backups = table(t('admin.backups.all'), [t('admin.backups.begun'), { label: t('admin.backups.size'), number: true }]);
  #now = el('button', { type: 'button', class: 'button primary', onclick: () => this.#backUp() }, icon('download'), t('admin.backups.now'));
  #plots = {
    requests: plot(t('admin.plot.requests'), rate),
    cpu: plot(t('admin.plot.cpu'), value => `${rate(value)} %`),
    memory: plot(t('admin.plot.memory'), value => `${rate(value)} MiB`),
    connections: plot(t('admin.plot.connections'), number),
    queue: plot(t('admin.plot.queue'), number),
  };

  connectedCallback() {
    fill(this,
      this.#problem,
      section(t('admin.health.now'), el('div', { class: 'plots' }, Object.values(this.#plots).map(one => one.element)), el('p', { class: 'hint' }, t('admin.health.hint')), this.#figures),
      section(t('admin.listeners'), this.#listeners),
      section(t('admin.backups'), el('p', { class: 'hint' }, t('admin.backups.hint')), el('div', null, this.#now), this.#progress, this.#backups.element),
      section(t('admin.limits'), el('p', { class: 'hint' }, t('admin.limits.hint')), this.#limits.element));
    poll(this, () => this.#look(), pause, error => showProblem(this.#problem, error));
    void this.#listBackups();
  }

  async #look() {
    const { status } = /** @type {{status: Status}} */ (await ask('status'));
    fill(this.#problem);
    this.#show(status);
  }

  /** @param {Status} status */
  #show(status) {
    this.#samples.add(status);
    for (const [name, { draw }] of Object.entries(this.#plots)) {
      draw(this.#samples.all.map(sample => sample[/** @type {keyof import('./samples.js').Sample} */ (name)]));
    }
    const figures = [
      ['admin.figure.version', status.version],
      ['admin.figure.up', duration(status.uptime_seconds)],
      ['admin.figure.accounts', number(status.accounts)],
      ['admin.figure.sessions', number(status.sessions)],
      ['admin.figure.listening', number(status.listening)],
      ['admin.figure.messages', number(status.messages)],
      ['admin.figure.requests', number(status.requests)],
      ['admin.figure.refusals', number(status.refusals)],
      ['admin.figure.database', bytes(status.database_bytes)],
      ['admin.figure.free', bytes(status.free_bytes)],
      ['admin.figure.unindexed', number(status.unindexed)],
      ['admin.figure.unsearchable', number(status.unsearchable)],
    ];
    fill(this.#figures, figures.map(([key = '', value]) => el('div', { class: 'figure' }, el('dt', null, t(key)), el('dd', null, value))));
    fill(this.#listeners, status.listeners.map(listener => el('li', { class: 'code' }, listener)));
    this.#showProgress(status.backup);
    if (!this.#limits.element.querySelector('th[scope=row]')) {
      this.#limits.show(status.limits.map(limit => el('tr', null,
        el('th', { scope: 'row' }, el('span', { class: 'block' }, hasWords(`admin.limit.${limit.name}`) ? t(`admin.limit.${limit.name}`) : limit.meaning), el('span', { class: 'quiet code' }, limit.name)),
        el('td', { class: 'number' }, limit.value === 0 ? t('admin.limits.off') : number(limit.value)))), '');
    }
  }

  /** @param {Status['backup']} backup */
  #showProgress(backup) {
    if (!backup) {
      if (!this.#now.disabled) {
        fill(this.#progress);
      }
      return;
    }
    const share = Math.min(1, backup.bytes / Math.max(1, backup.of));
    fill(this.#progress, el('progress', { value: share, 'aria-label': t('admin.backups.making') }),
      el('p', { class: 'hint' }, t('admin.backups.progress', { bytes: bytes(backup.bytes), of: bytes(backup.of) })));
  }

  async #backUp() {
    this.#now.disabled = true;
    fill(this.#progress, el('progress', { 'aria-label': t('admin.backups.making') }), el('p', { class: 'hint' }, t('admin.backups.making')));
    const reply = await told(ask('backup'));
    this.#now.disabled = false;
    const backup = /** @type {Backup|undefined} */ (reply?.backup);
    fill(this.#progress, backup ? el('p', { class: 'notice accent' }, icon('check'),
      el('span', null, t('admin.backups.made', { bytes: bytes(backup.bytes), seconds: number(backup.seconds ?? 0, 1) }), ' ', el('span', { class: 'code' }, backup.folder))) : null);
    await this.#listBackups();
  }

  async #listBackups() {
    const reply = await told(ask('backup list'));
    const backups = /** @type {Backup[]} */ (reply?.backups ?? []);
    this.#backups.show(backups.reverse().map(backup => el('tr', null,
      el('th', { scope: 'row' }, el('span', { class: 'block' }, dateTime(backup.begun)), el('span', { class: 'quiet code' }, backup.folder)),
      el('td', { class: 'number' }, bytes(backup.bytes)))), t('admin.backups.none'));
  }
}

customElements.define('kabar-admin-health', Health);
