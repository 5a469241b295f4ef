/**
 * What happened in a conversation, and what becomes of a message, said in a sentence.
 */
import { t } from '../words/words.js';
import { time } from '../words/format.js';

/** @typedef {import('../realm/items.js').Item} Item */
/** @typedef {import('../realm/types.js').Entry} Entry */

/** Marks that turn the direction of what comes after them. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What leaves no trace on the screen. */
const unseen = /[\s\p{Cc}\p{Cf}\u034f\u115f\u1160\u3164\uffa0]/gu;

/**
 * A name or another text of somebody's inside a sentence: its direction neither turns the sentence nor is turned by it.
 * @param {string} text
 */
export function inSentence(text) {
  return `\u2068${text.replace(turning, '')}\u2069`;
}

/**
 * The name to show for somebody: the address where the name is one that nobody could see.
 * @param {string} name
 * @param {string} address
 */
export function visibleName(name, address) {
  return name.replace(unseen, '') ? name.replace(turning, '') : address;
}

/**
 * The sentence for an entry that is no message.
 * @param {Entry} entry
 * @param {{isMe:(address:string) => boolean, nameOf:(address:string) => string}} people
 */
export function sentenceOf(entry, people) {
  const isMine = people.isMe(entry.from);
  const who = isMine ? t('event.you') : inSentence(visibleName(entry.name, entry.from));
  const user = entry.user ? (people.isMe(entry.user) ? t('event.youObject') : inSentence(people.nameOf(entry.user))) : '';
  switch (entry.event) {
    case 'joined': case 'left': case 'kicked': case 'banned': case 'unbanned': case 'muted': case 'unmuted': case 'invited': case 'opened': case 'closed':
      return capital(t(`event.${entry.event}`, { who, user }));
    case 'role':
      return capital(t(`event.role.${entry.role === 'owner' || entry.role === 'moderator' ? entry.role : 'member'}`, { who, user }));
    case 'topic':
      return capital(entry.text ? t('event.topic', { who, topic: inSentence(entry.text) }) : t('event.topicGone', { who }));
    case 'moved':
      return capital(t('event.moved', { who, realm: inSentence(entry.realm ?? '') }));
    case 'failed':
      return t('event.failed', { to: inSentence(entry.target_to ?? ''), reason: reasonOf(entry.failed), quote: inSentence(entry.quote ?? '') });
    default:
      return t('event.other', { who });
  }
}

/**
 * Why something could not be delivered or done, by the code of the protocol.
 * @param {string|undefined} code
 */
export function reasonOf(code) {
  return t(code && reasons.has(code) ? `reason.${code}` : 'reason.other');
}

/**
 * What has become of a message of one's own, as a word; null where there is nothing to say.
 * @param {Item} item
 */
export function statusWord(item) {
  if (!item.mine || !item.status || item.entry.deleted) {
    return null;
  }
  return item.status === 'failed' ? t('status.failed', { reason: item.error ?? reasonOf(item.code) }) : t(`status.${item.status}`);
}

/**
 * A message as one who does not see it hears it: `Gary Lineker, 14:52: halo, edited, 2 reactions`.
 * @param {Item} item
 */
export function spoken(item) {
  const { entry } = item;
  const marks = [
    entry.edited && !entry.deleted ? t('message.edited') : null,
    entry.reactions?.length ? t('message.reactions', { count: entry.reactions.length }) : null,
    statusWord(item),
  ].filter(mark => mark !== null);
  const who = item.mine ? t('message.you') : visibleName(entry.name, entry.from);
  const what = entry.deleted ? t('message.deleted') : entry.text ?? '';
  return [`${who}, ${time(entry.sent)}: ${what}`, ...marks].join(', ');
}

/** @param {string} sentence */
function capital(sentence) {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const reasons = new Set([
  'unknown_recipient', 'unreachable_recipient', 'unknown_group', 'not_a_member', 'muted', 'banned', 'unknown_message', 'not_allowed', 'message_too_long', 'empty_text',
  'recovering', 'home_elsewhere', 'peer_unreachable', 'unknown_peer', 'peer_queue_full', 'peer_removed', 'expired', 'offline', 'failed',
]);
