/** How long a message may be: the realm's limit is in bytes of UTF-8. */
const mostBytes = 8192;

const encoder = new TextEncoder();

/**
 * How many bytes may still be written; less than none when it is too long.
 * @param {string} text
 */
export function bytesLeft(text) {
  return mostBytes - encoder.encode(text).length;
}

/**
 * Whether it can be said: not empty, and not too long.
 * @param {string} text
 */
export function isSendable(text) {
  return text.trim() !== '' && bytesLeft(text) >= 0;
}
