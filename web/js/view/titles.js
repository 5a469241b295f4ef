import { t } from '../words/words.js';

/**
 * What a conversation is called: the group, the name of the other one, or that it is the one with oneself.
 * @param {import('../realm/client.js').Client} client
 * @param {string} address
 */
export function titleOf(client, address) {
  return client.sameAddress(address, client.me.user) ? t('list.self') : address.startsWith('#') ? address : client.names.of(address);
}

/**
 * Whom the sentences of an entry name, as far as they were met anywhere: where the members of its conversation are not at hand.
 * @param {import('../realm/client.js').Client} client
 */
export function peopleOf(client) {
  return { isMe: (/** @type {string} */ address) => client.sameAddress(address, client.me.user), nameOf: (/** @type {string} */ address) => client.names.of(address) };
}
