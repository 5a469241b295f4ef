import { Refusal } from '../realm/refusal.js';
import { language, t } from '../words/words.js';

/**
 * Asks this site's HTTP surface for something that does not go over the WebSocket.
 * @param {'GET'|'POST'|'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} the answer, null where there is none
 * @throws {Refusal} with the code `offline` where the realm does not answer
 */
export async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method, credentials: 'same-origin', cache: 'no-store',
      headers: { 'Accept-Language': language(), ...(body ? { 'Content-Type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : null,
    });
  } catch {
    throw new Refusal('offline', t('site.offline'));
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) {
    throw new Refusal(answer?.code ?? 'failed', answer?.message ?? t('site.failed'), answer?.parameter);
  }
  return answer;
}

/** @typedef {{realm: string, registration: 'off'|'open'|'invite', language: 'id'|'en', version: string, user?: string, name?: string, session?: string, admin?: boolean}} Session */

/** @returns {Promise<Session>} where this is, and who is logged in with this browser */
export const whoAmI = () => ask('GET', '/api/session');

/** @param {{username: string, password: string}} who @returns {Promise<Session>} */
export const logIn = who => ask('POST', '/api/session', who);

/** @param {{username: string, password: string, name?: string, code?: string}} who @returns {Promise<Session>} */
export const register = who => ask('POST', '/api/session/register', who);

export const logOut = () => ask('DELETE', '/api/session');
