/** What the client says in English. The same keys as in `id.js`, in blocks by subject, sorted. */
/** @type {Record<string, import('./words.js').Phrase>} */
export const en = {
  // day
  'day.today': 'Today',
  'day.yesterday': 'Yesterday',

  // refusal: what the page refuses itself; the rest is worded by the realm
  'refusal.message_too_long': 'The message is too long',
  'refusal.offline': 'Not connected',
  'refusal.outbox_full': 'Too many messages wait to be sent',

  // seen
  'seen.ago': 'seen {when}',
  'seen.on': 'seen {day} at {time}',
  'seen.yesterday': 'seen yesterday at {time}',
};
