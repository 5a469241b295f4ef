import { language, t } from '../words/words.js';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/**
 * A number as people write it.
 * @param {number} value
 * @param {number} [digits] behind the decimal sign, at most
 */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/**
 * A number that moves: with a decimal as long as it is small.
 * @param {number} value
 */
export function rate(value) {
  return number(value, value < 10 ? 1 : 0);
}

/**
 * A size: `12.3 MiB`.
 * @param {number} value in bytes
 */
export function bytes(value) {
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${number(size, unit === 0 || size >= 100 ? 0 : 1)} ${units[unit]}`;
}

/**
 * How long something took or takes, in its two largest units: `3 d 4 h`.
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    t('admin.days', { count: Math.floor(whole / 86_400) }),
    t('admin.hours', { count: Math.floor(whole / 3_600) % 24 }),
    t('admin.minutes', { count: Math.floor(whole / 60) % 60 }),
    t('admin.seconds', { count: whole % 60 }),
  ];
  const first = whole >= 86_400 ? 0 : whole >= 3_600 ? 1 : whole >= 60 ? 2 : 3;
  return parts.slice(first, first + 2).join(' ');
}

function locale() {
  return language() === 'en' ? 'en-GB' : 'id-ID';
}
