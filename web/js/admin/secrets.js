// Without those that are taken for each other. 32, so that every byte gives one of them with the same chance.
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A password that nobody has thought of: 80 bits, in groups that can be read out. */
export function newPassword() {
  const chosen = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => letters[byte % letters.length]);
  return chosen.join('').replace(/.{4}(?=.)/g, '$&-');
}
