import { el } from '../dom.js';
import { t } from '../words/words.js';
import { openDialog } from './dialog.js';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
const control = isApple ? '⌘' : 'Ctrl';
const alt = isApple ? '⌥' : 'Alt';

/**
 * The keys that hold everywhere.
 * @param {KeyboardEvent} event
 * @param {{jump: () => void, step: (step: -1|1) => void, back: () => void, keys: () => void, search: (address: string|null) => void, openAddress: string|null}} app
 */
export function handleKey(event, app) {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) {
    return;
  }
  const command = isApple ? event.metaKey : event.ctrlKey;
  const isTyping = event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
  const done = command && !event.altKey && event.key.toLowerCase() === 'k' ? () => app.jump()
    : command && event.shiftKey && event.key.toLowerCase() === 'f' ? () => app.search(app.openAddress)
    : event.altKey && !command && event.key === 'ArrowUp' ? () => app.step(-1)
    : event.altKey && !command && event.key === 'ArrowDown' ? () => app.step(1)
    : event.key === 'Escape' ? () => app.back()
    : event.key === '?' && !isTyping && !command ? () => app.keys()
    : null;
  if (done) {
    event.preventDefault();
    done();
  }
}

/** Shows what the keys do. */
export function showKeys() {
  /** @param {string} action */
  const onMessage = action => t('keys.message', { action: t(`action.${action}`) });
  /** @type {[string[], string][]} */
  const rows = [
    [[control, 'K'], t('keys.jump')],
    [[control, 'Shift', 'F'], t('keys.search')],
    [[alt, '↑'], t('keys.above')],
    [[alt, '↓'], t('keys.below')],
    [['Esc'], t('keys.back')],
    [['Enter'], t('keys.send')],
    [['Shift', 'Enter'], t('keys.line')],
    [['↑'], t('keys.edit')],
    [['R'], onMessage('reply')],
    [['E'], onMessage('edit')],
    [['+'], onMessage('react')],
    [['C'], onMessage('copy')],
    [['Del'], onMessage('remove')],
    [['?'], t('keys.keys')],
  ];
  openDialog(t('keys.title'), el('dl', { class: 'keys' }, rows.map(([keys, words]) => el('div', null,
    el('dt', null, keys.map((key, at) => [at > 0 ? ' + ' : null, el('kbd', null, key)])), el('dd', null, words)))));
}
