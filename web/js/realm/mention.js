/**
 * Whether a text speaks to somebody: `@messi`, or `@messi@satu` on the realm satu, wherever it stands by itself. `@messi-2`, `@messi.x` and `@messi@dua` are others.
 * @param {string} text
 * @param {{user: string, realm: string}} me
 */
export function mentions(text, { user, realm }) {
  return new RegExp(`(?<![\\p{L}\\p{N}_])@${plain(user)}(?:@${plain(realm)})?(?![.@-]?[\\p{L}\\p{N}_])`, 'iu').test(text);
}

/** @param {string} text as a pattern that stands for nothing but itself */
function plain(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
