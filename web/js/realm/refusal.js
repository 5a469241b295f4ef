import { t } from '../words/words.js';

/** Why the answer is no. `code` is for the program and one of the protocol's; `message` is for people. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [parameter] what is missing or wrong
   */
  constructor(code, message, parameter) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.parameter = parameter;
  }

  /**
   * What this page refuses itself, in its own words: `offline`, `message_too_long`, `outbox_full`.
   * @param {'offline' | 'message_too_long' | 'outbox_full'} code
   */
  static here(code) {
    return new Refusal(code, t(`refusal.${code}`));
  }

  /**
   * Whether something failed only because there is no connection.
   * @param {unknown} error
   */
  static isOffline(error) {
    return error instanceof Refusal && error.code === 'offline';
  }
}
