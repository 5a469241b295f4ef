/**
 * Whether a text speaks to somebody by his username: `@messi`, wherever it stands by itself.
 * @param {string} text
 * @param {string} username
 */
export function mentions(text, username) {
  const name = username.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])@${name}(?![\\p{L}\\p{N}_])`, 'iu').test(text);
}
