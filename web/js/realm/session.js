import { language } from '../words/words.js';
import { Refusal } from './refusal.js';

/**
 * The realm, and who is logged in here, if anybody is: then `user`, `name` and `session` are there.
 * @typedef {{realm: string, registration: 'off' | 'open' | 'invite', language: 'id' | 'en', version: string, user?: string, name?: string, session?: string, admin?: boolean}} Session
 */

/** Who is logged in with this browser. @returns {Promise<Session>} */
export function fetchSession() {
  return call('GET', '/api/session');
}

/**
 * Logs in. The browser keeps the session in a cookie that no script can read.
 * @param {string} username
 * @param {string} password
 * @returns {Promise<Session>} rejects with a `Refusal`: `not_authenticated`, `too_many_attempts`
 */
export function logIn(username, password) {
  return call('POST', '/api/session', { username, password });
}

/**
 * Makes an account and logs in.
 * @param {{username: string, password: string, name?: string, code?: string}} account
 * @returns {Promise<Session>} rejects with a `Refusal`: `registration_closed`, `wrong_code`, `name_taken`, `invalid_name`, `too_many_attempts`
 */
export function register(account) {
  return call('POST', '/api/session/register', account);
}

/** Ends the session. @returns {Promise<void>} */
export function logOut() {
  return call('DELETE', '/api/session');
}

/**
 * Asks the realm something over HTTP.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>} what was answered, undefined for nothing; rejects with a `Refusal`, `offline` when the realm was not reached
 */
export async function call(method, path, body) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { 'Accept-Language': language(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw Refusal.here('offline');
  }

  const answer = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw new Refusal(answer?.code ?? 'failed', answer?.message ?? `${response.status} ${response.statusText}`, answer?.parameter);
}
