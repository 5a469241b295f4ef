import { call } from '../realm/session.js';

/**
 * What the server knows of itself, and what it answers; see the operator's commands.
 * @typedef {{username: string, display_name: string, attributes: Record<string, string>, is_admin: boolean, is_disabled: boolean, created: string}} Account
 * @typedef {{session: string, created: string, used: string}} Session
 * @typedef {{name: string, home: string, members: number, is_open: boolean, topic: string, last_position: number, awaits: string[]}} Group
 * @typedef {{address: string, display_name?: string, role?: 'owner' | 'moderator' | 'member', is_muted: boolean, is_banned: boolean, is_invited: boolean}} Member
 * @typedef {{realm: string, kind: 'native' | 'legacy', state: string, queue: number, queue_bytes: number, oldest_seconds?: number, last_contact?: string, address?: string, fingerprint?: string,
 *   hindrance?: string}} Peer
 * @typedef {{folder: string, begun: string, bytes: number, seconds?: number}} Backup
 * @typedef {{realm: string, version: string, now: string, started: string, uptime_seconds: number, connections: number, listening: number, sessions: number, accounts: number, messages: number,
 *   requests: number, refusals: number, cpu_seconds: number, resident_bytes: number, managed_bytes: number, unindexed: number, unsearchable: number, database_bytes: number, free_bytes: number,
 *   backup?: {begun: string, bytes: number, of: number}, registration: 'off' | 'open' | 'invite', listeners: string[], peers: {realm: string, state: string, queue: number, queue_bytes: number}[],
 *   limits: {name: string, value: number, meaning: string}[]}} Status
 */

/**
 * Has one of the operator's commands carried out.
 * @param {string} command its words: `user disable`
 * @param {Record<string, unknown>} [body] what it is about
 * @returns {Promise<any>} what was answered; rejects with a `Refusal`
 */
export function ask(command, body = {}) {
  return call('POST', `/api/admin/${command.replace(' ', '/')}`, body);
}
