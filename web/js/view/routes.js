/**
 * The places in the page, as they stand behind the `#` of its address.
 */

/**
 * @typedef {{place: 'home'}
 *   | {place: 'conversation', address: string, position: number|null, details: boolean}
 *   | {place: 'settings'}
 *   | {place: 'admin', path: string}} Route
 */

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [place, first, second] = hash.replace(/^#\/?/, '').split('/');
  if (place === 'c' && first) {
    const address = decode(first);
    if (address) {
      const position = Number(second);
      return { place: 'conversation', address, position: Number.isSafeInteger(position) && position > 0 ? position : null, details: second === 'details' };
    }
  }
  if (place === 'settings') {
    return { place };
  }
  if (place === 'admin') {
    return { place, path: hash.replace(/^#\/?admin\/?/, '') };
  }
  return { place: 'home' };
}

/**
 * @param {string} address
 * @param {number|'details'|null} [at] a position, or the details beside it
 */
export const conversationHash = (address, at) => `#/c/${encodeURIComponent(address)}${at ? `/${at}` : ''}`;

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
