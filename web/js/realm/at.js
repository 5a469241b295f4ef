/**
 * Compares two places among all that the realm has accepted. They are digits without leading zeros, and may be larger than a number can be.
 * @param {string} one
 * @param {string} other
 * @returns {number} less than 0 when `one` is earlier, 0 when they are the same
 */
export function compareAt(one, other) {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}
