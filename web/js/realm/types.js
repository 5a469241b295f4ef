/**
 * Something that was said in a conversation or happened in it, as the native protocol tells it.
 * @typedef {object} Entry
 * @property {string} event
 * @property {string} [at] its place among all that the realm has accepted; a message that this page has just sent may not have one yet
 * @property {string} to
 * @property {number} [position] its place in the conversation; what waits for a group's home has none
 * @property {string} mid
 * @property {string} from
 * @property {string} name
 * @property {string} sent
 * @property {string} [text]
 * @property {string} [edited]
 * @property {boolean} [deleted]
 * @property {number} [reply]
 * @property {Reaction[]} [reactions]
 * @property {string} [failed]
 * @property {number} [target]
 * @property {string} [emoji]
 * @property {string} [user]
 * @property {Role} [role]
 * @property {string} [realm]
 * @property {string} [target_mid]
 * @property {string} [target_to]
 * @property {string} [quote]
 */

/** @typedef {Entry & {at: string, position: number}} PlacedEntry an entry that has its place, as all have that the realm tells of */
/** @typedef {{emoji: string, from: string}} Reaction */
/** @typedef {'member' | 'moderator' | 'owner'} Role */
/** @typedef {{user: string, name: string, realm: string, session: string, admin?: boolean}} Me */
/** @typedef {{from: string, to: string, stored: number, delivered: number, read: number}} Receipt */
/** @typedef {{state: 'accepted' | 'queued' | 'pending', mid: string, position?: number, at?: string}} Posted the reply to a `send` */
/** @typedef {{to: string, entries: PlacedEntry[], first: number, last: number, head: number, read: number, receipts: Receipt[]}} Page the reply to a `history` */

/**
 * How the page is joined with the realm. connecting: for the first time; offline: it broke, and is tried again; ended: the session is over, and nothing more comes.
 * @typedef {'connecting' | 'live' | 'offline' | 'ended'} LinkState
 */

/**
 * What becomes of a message of one's own. waiting: for another realm; sending: for the reply of this one. Null for what somebody else has said.
 * @typedef {'waiting' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | null} Status
 */

/**
 * Time, given from outside so that tests can let it pass.
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(callback: () => void, milliseconds: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random from 0 to 1, without 1
 */

/** @typedef {new (url: string) => WebSocket} Dialler what opens a WebSocket */

export {};
