/**
 * Whether an entry only changes another one, and is shown there.
 * @param {import('./types.js').Entry} entry
 */
export function isRevision(entry) {
  return entry.event === 'edited' || entry.event === 'deleted' || entry.event === 'reacted';
}

/**
 * What a message is after it was edited, deleted or reacted to. To apply the same revision again changes nothing.
 * @template {import('./types.js').Entry} E
 * @param {E} message
 * @param {import('./types.js').Entry} revision
 * @param {(one: string, other: string) => boolean} isSame whether two addresses are the same
 * @returns {E}
 */
export function revised(message, revision, isSame) {
  if (message.deleted) return message;
  switch (revision.event) {
    case 'edited':
      return { ...message, text: revision.text ?? '', edited: revision.sent };
    case 'deleted': {
      const { text: _text, edited: _edited, reactions: _reactions, ...rest } = message;
      return { .../** @type {E} */ (rest), deleted: true };
    }

    case 'reacted': {
      const others = (message.reactions ?? []).filter(({ from }) => !isSame(from, revision.from));
      return { ...message, reactions: revision.emoji ? [...others, { emoji: revision.emoji, from: revision.from }] : others };
    }

    default:
      return message;
  }
}
