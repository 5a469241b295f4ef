/**
 * What can be done with a message: the same things from the bar beside it, from a menu, and from the keyboard.
 */
import { el, icon, iconButton, on, roving } from '../dom.js';
import { t } from '../words/words.js';
import { quickEmojis } from './emoji.js';
import { place } from './menu.js';

/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {'react'|'reply'|'edit'|'copy'|'seen'|'retry'|'discard'|'remove'} ActionName */
/** @typedef {{name:ActionName, icon:Parameters<typeof icon>[0], keys:string[], isDangerous?:boolean}} Action */
/** @typedef {{mayWrite:boolean, mayDelete:(item:Item) => boolean, mayDiscard:(item:Item) => boolean, isGroup:boolean}} Rights */

/** @type {Record<ActionName, Action>} */
const actions = {
  react: { name: 'react', icon: 'react', keys: ['+', '='] },
  reply: { name: 'reply', icon: 'reply', keys: ['r'] },
  edit: { name: 'edit', icon: 'edit', keys: ['e'] },
  copy: { name: 'copy', icon: 'copy', keys: ['c'] },
  seen: { name: 'seen', icon: 'checks', keys: ['i'] },
  retry: { name: 'retry', icon: 'refresh', keys: ['r'] },
  discard: { name: 'discard', icon: 'trash', keys: ['Delete'], isDangerous: true },
  remove: { name: 'remove', icon: 'trash', keys: ['Delete'], isDangerous: true },
};

/**
 * What can be done with this message now.
 * @param {Item} item
 * @param {Rights} rights
 * @returns {Action[]}
 */
export function actionsOn(item, rights) {
  const { entry } = item;
  if (entry.event !== 'message' || entry.deleted) {
    return [];
  }
  if (item.position === null) {
    return [...(item.status === 'failed' ? [actions.retry] : []), actions.copy, ...(rights.mayDiscard(item) ? [actions.discard] : [])];
  }
  const isRefused = Boolean(entry.failed);
  return [
    rights.mayWrite && !isRefused && actions.react,
    rights.mayWrite && !isRefused && actions.reply,
    rights.mayWrite && !isRefused && item.mine && actions.edit,
    actions.copy,
    rights.isGroup && item.mine && actions.seen,
    rights.mayDelete(item) && rights.mayWrite && actions.remove,
  ].filter(action => action !== false);
}

/**
 * The action that a key stands for.
 * @param {KeyboardEvent} event
 * @param {Action[]} possible
 */
export function actionOfKey(event, possible) {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  return isPlain ? possible.find(action => action.keys.includes(event.key)) : undefined;
}

/**
 * The bar with the actions beside a message that is pointed at.
 * @param {Action[]} possible
 * @param {(action:Action, button:HTMLElement) => void} run
 */
export function actionBar(possible, run) {
  return el('div', { class: 'message-actions', role: 'toolbar', 'aria-label': t('message.actions') }, possible.map(action => {
    const button = iconButton(action.icon, t(`action.${action.name}`), { onclick: () => run(action, button), class: action.isDangerous ? 'danger' : null });
    return button;
  }));
}

/**
 * The menu with the actions, and the emojis that are at hand. On a phone it comes from below.
 * @param {HTMLElement} row the message
 * @param {Action[]} possible
 * @param {(action:Action) => void} run
 * @param {(emoji:string) => void} react
 * @param {() => void} back gives the focus back: the message may be drawn anew meanwhile
 */
export function openActions(row, possible, run, react, back) {
  const canReact = possible.some(action => action.name === 'react');
  const menu = el('div', { class: 'menu action-menu', role: 'menu', popover: 'manual', 'aria-label': t('message.actions') },
    canReact ? el('div', { class: 'emoji-grid', role: 'group', 'aria-label': t('emoji.quick') }, quickEmojis.map(emoji => el('button', {
      type: 'button', role: 'menuitem', class: 'emoji', onclick: () => { menu.hidePopover(); react(emoji); },
    }, emoji))) : null,
    possible.map(action => el('button', {
      type: 'button', role: 'menuitem', class: ['menu-item', action.isDangerous && 'danger'], onclick: () => { menu.hidePopover(); run(action); },
    }, icon(action.icon), el('span', { class: 'grow' }, t(`action.${action.name}`)), el('kbd', { 'aria-hidden': 'true' }, action.keys[0] === 'Delete' ? 'Del' : action.keys[0]))));
  (row.closest('main') ?? document.body).append(menu);
  // Not an `auto` popover: that would be closed by the finger that is lifted after the long press which has opened it.
  const end = on(document, 'pointerdown', event => { if (!menu.contains(/** @type {Node} */ (event.target))) menu.hidePopover(); }, { capture: true });
  on(menu, 'beforetoggle', event => {
    if (event.newState === 'closed' && (menu.contains(document.activeElement) || document.activeElement === document.body)) {
      back();
    }
  });
  on(menu, 'toggle', event => {
    if (event.newState === 'closed') {
      end();
      menu.remove();
    }
  });
  on(menu, 'keydown', event => {
    event.stopPropagation();
    if (event.key === 'Tab' || event.key === 'Escape') {
      event.preventDefault();
      menu.hidePopover();
    }
  });
  menu.showPopover();
  place(menu, row.querySelector('.bubble') ?? row);
  roving(menu, '[role=menuitem]', { wrap: true });
  /** @type {HTMLElement|null} */ (menu.querySelector('.menu-item'))?.focus({ preventScroll: true });
}
