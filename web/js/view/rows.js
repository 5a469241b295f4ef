/**
 * What stands below each other in a timeline: the days, the line above what is new, and the entries, which go together where one person says several things at once.
 */

/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {{kind:'day', key:string, date:Date}|{kind:'unread', key:string}|{kind:'message', key:string, item:Item, leads:boolean}|{kind:'event', key:string, item:Item}} Row */

/** Messages of one sender go together when no more time than this lies between two of them. */
const togetherFor = 5 * 60_000;

/** How many positions make a block. What is drawn and measured is whole blocks. */
export const blockSize = 16;

/** The block of what is not sent yet and so has no position: behind all others. */
export const lastBlock = Number.MAX_SAFE_INTEGER;

/**
 * The block in which an entry stands. It follows from the position alone, so it stays the same when older entries are put in before it.
 * @param {Item} item
 */
export function blockOf(item) {
  return item.position === null ? lastBlock : Math.floor(item.position / blockSize);
}

/**
 * The blocks that the items fall into: which block, and which of the items are its own, from `start` to before `end`.
 * @param {readonly Item[]} items in order of position
 * @returns {{id:number, start:number, end:number}[]}
 */
export function blocksOf(items) {
  /** @type {{id:number, start:number, end:number}[]} */
  const blocks = [];
  /** @type {{id:number, start:number, end:number}|undefined} */
  let current;
  for (const [index, item] of items.entries()) {
    const id = blockOf(item);
    if (current?.id === id) {
      current.end = index + 1;
    } else {
      current = { id, start: index, end: index + 1 };
      blocks.push(current);
    }
  }
  return blocks;
}

/**
 * The rows of some of the items.
 * @param {readonly Item[]} items
 * @param {number} start the first one that rows are wanted of
 * @param {number} end the one behind the last
 * @param {number|null} unreadAt the position above which the line stands that says: from here on it is new
 * @returns {Row[]}
 */
export function rowsOf(items, start, end, unreadAt) {
  /** @type {Row[]} */
  const rows = [];
  for (let index = start; index < end; index++) {
    const item = /** @type {Item} */ (items[index]);
    const before = items[index - 1];
    const date = new Date(item.entry.sent);
    const day = dayOf(date);
    const isNewDay = !before || dayOf(new Date(before.entry.sent)) !== day;
    const isFirstUnread = item.position !== null && item.position === unreadAt;
    if (isNewDay) {
      rows.push({ kind: 'day', key: `day ${day} ${item.key}`, date });
    }
    if (isFirstUnread) {
      rows.push({ kind: 'unread', key: 'unread' });
    }
    if (item.entry.event === 'message') {
      rows.push({ kind: 'message', key: item.key, item, leads: isNewDay || isFirstUnread || !goesWith(before, item) });
    } else {
      rows.push({ kind: 'event', key: item.key, item });
    }
  }
  return rows;
}

/**
 * The day of a time where the reader is, as `2026-11-21`.
 * @param {Date} date
 */
export function dayOf(date) {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/**
 * Above which position the line for new messages stands: the first message of somebody else that has not been read.
 * @param {readonly Item[]} items
 * @param {number} read how far it was read
 * @returns {number|null}
 */
export function firstUnread(items, read) {
  return items.find(item => item.position !== null && item.position > read && !item.mine && item.entry.event === 'message')?.position ?? null;
}

/**
 * @param {Item|undefined} before
 * @param {Item} item
 */
function goesWith(before, item) {
  return before?.entry.event === 'message' && before.entry.from === item.entry.from && before.entry.name === item.entry.name
    && Math.abs(Date.parse(item.entry.sent) - Date.parse(before.entry.sent)) <= togetherFor;
}
