import { language, t } from './words.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * A time of day: `14.52`, `14:52`.
 * @param {string | number | Date} when
 */
export function time(when) {
  return format(when, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/**
 * The day and the time in full, for who wants to know exactly.
 * @param {string | number | Date} when
 */
export function fullTime(when) {
  return format(when, { dateStyle: 'full', timeStyle: 'medium' });
}

/**
 * The date and the time, for a list.
 * @param {string | number | Date} when
 */
export function dateTime(when) {
  return format(when, { dateStyle: 'medium', timeStyle: 'short' });
}

/**
 * A day as it stands above the messages of that day: today, yesterday, or the date, without the year when it is this one.
 * @param {string | number | Date} when
 * @param {number} now
 */
export function day(when, now = Date.now()) {
  const date = new Date(when);
  const past = daysBetween(date, new Date(now));
  if (past === 0) return t('day.today');
  if (past === 1) return t('day.yesterday');
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return format(date, { weekday: 'long', day: 'numeric', month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/**
 * When the last thing happened in a conversation, for a list: the time today, the name of a day within a week, else the date.
 * @param {string | number | Date} when
 * @param {number} now
 */
export function shortTime(when, now = Date.now()) {
  const past = daysBetween(new Date(when), new Date(now));
  if (past <= 0) return time(when);
  if (past === 1) return t('day.yesterday');
  if (past < 7) return format(when, { weekday: 'long' });
  return format(when, { day: '2-digit', month: '2-digit', year: '2-digit' });
}

/**
 * When somebody was last there: minutes and hours ago within a day, else the day and the time.
 * @param {string | number | Date} when
 * @param {number} now
 */
export function lastSeen(when, now = Date.now()) {
  const past = Math.max(0, now - new Date(when).getTime());
  if (past >= 24 * HOUR) {
    const isYesterday = daysBetween(new Date(when), new Date(now)) === 1;
    return isYesterday ? t('seen.yesterday', { time: time(when) }) : t('seen.on', { day: day(when, now), time: time(when) });
  }

  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const ago = past < MINUTE ? relative.format(0, 'minute') : past < HOUR ? relative.format(-Math.floor(past / MINUTE), 'minute') : relative.format(-Math.floor(past / HOUR), 'hour');
  return t('seen.ago', { when: ago });
}

/**
 * How long it is until the next day begins here, in milliseconds.
 * @param {number} now
 */
export function untilMidnight(now = Date.now()) {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - now;
}

/**
 * @param {Date} from
 * @param {Date} to
 */
function daysBetween(from, to) {
  const midnights = [from, to].map((date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
  return ((midnights[1] ?? 0) - (midnights[0] ?? 0)) / (24 * HOUR);
}

/**
 * @param {string | number | Date} when
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(when, options) {
  const key = locale() + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale(), options)));
  return made.format(new Date(when));
}

function locale() {
  return language() === 'en' ? 'en-GB' : 'id-ID';
}
