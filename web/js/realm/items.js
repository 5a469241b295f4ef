/**
 * One entry as a view shows it.
 * @typedef {object} Item
 * @property {string} key stays the same as long as it is shown, also when a message that was being sent becomes an entry
 * @property {number | null} position null for what has no place yet
 * @property {import('./types.js').Entry} entry
 * @property {boolean} mine
 * @property {import('./types.js').Status} status
 * @property {string} [code] why it has failed
 * @property {string} [error] the same for people, where the realm has worded it
 */

/** @typedef {Item & {position: number, entry: import('./types.js').PlacedEntry}} PlacedItem */

/**
 * An entry that has its place, as an item.
 * @param {import('./types.js').PlacedEntry} entry
 * @param {string} key
 * @param {boolean} mine
 * @param {import('./types.js').Status} status
 * @returns {PlacedItem}
 */
export function placedItem(entry, key, mine, status) {
  return { key, position: entry.position, entry, mine, status, ...(status === 'failed' && entry.failed ? { code: entry.failed } : {}) };
}

/**
 * A message of one's own that has no place yet, as an item.
 * @param {import('./outbox.js').Outgoing} message
 * @param {import('./types.js').Me} me
 * @returns {Item}
 */
export function outgoingItem(message, me) {
  const { key, code, error } = message;
  const status = message.state === 'failed' ? 'failed' : message.state === 'pending' ? 'waiting' : 'sending';
  return {
    key,
    position: null,
    entry: messageEntry(message, me, message.mid ?? ''),
    mine: true,
    status,
    ...(code === undefined ? {} : { code }),
    ...(error === undefined ? {} : { error }),
  };
}

/**
 * What the entry of a message of one's own looks like before the realm has told of it.
 * @param {import('./outbox.js').Outgoing} message
 * @param {import('./types.js').Me} me
 * @param {string} mid
 * @returns {import('./types.js').Entry}
 */
export function messageEntry({ to, text, reply, created }, me, mid) {
  return { event: 'message', to, mid, from: me.user, name: me.name, sent: created, text, ...(reply === undefined ? {} : { reply }) };
}
