import { language } from '../words/words.js';

/**
 * The time of day, `16:21`.
 * @param {string|number} time
 */
export function clockTime(time) {
  return format('time', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));
}

/**
 * As short as it can be told in a list: the time today, the weekday within a week, else the date.
 * @param {string} time
 */
export function shortTime(time) {
  const date = new Date(time);
  const days = daysAgo(date);
  if (days === 0) {
    return clockTime(time);
  }
  if (days > 0 && days < 7) {
    return format('weekday', { weekday: 'short' }).format(date);
  }
  return date.getFullYear() === new Date().getFullYear()
    ? format('day', { day: 'numeric', month: 'short' }).format(date)
    : format('date', { day: 'numeric', month: 'numeric', year: '2-digit' }).format(date);
}

/**
 * The whole date and time, for where there is room and in tooltips.
 * @param {string|number} time
 */
export function fullTime(time) {
  return format('full', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(new Date(time));
}

/**
 * How long ago, in words: `3 minutes ago`.
 * @param {string} time
 */
export function ago(time) {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  const relative = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) {
      return relative.format(Math.round(seconds / length), unit);
    }
  }
  return relative.format(0, 'minute');
}

/** @param {Date} date */
function daysAgo(date) {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  return Math.ceil((midnight.getTime() - date.getTime()) / 86_400_000);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(name, options) {
  const key = `${name} ${language()}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : language(), options);
    formats.set(key, made);
  }
  return made;
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [['day', 86_400], ['hour', 3600], ['minute', 60]];
