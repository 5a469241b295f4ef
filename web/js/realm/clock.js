/**
 * The clock of the browser.
 * @type {import('./types.js').Clock}
 */
export const systemClock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => globalThis.setTimeout(callback, milliseconds),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
  random: () => Math.random(),
};
