/**
 * What somebody has chosen for this browser: the language, the colours, what notifications tell. Kept for whoever logs in here, also beyond a log-out.
 */

/** @typedef {'system'|'light'|'dark'} Theme */
/** @typedef {'off'|'quiet'|'full'} Notify off; that something came; also what it says */

const prefix = 'kabar.';

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(prefix + key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
function keep(key, value) {
  try {
    localStorage.setItem(prefix + key, value);
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
}

/** @returns {Theme} */
export function theme() {
  const kept = read('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** @param {Theme} chosen */
export function setTheme(chosen) {
  keep('theme', chosen);
  applyTheme(chosen);
}

/** @param {Theme} chosen */
export function applyTheme(chosen = theme()) {
  if (chosen === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
}

/** @returns {'id'|'en'|null} what was chosen here, else what the browser asks for, else nothing */
export function preferredLanguage() {
  const kept = read('language');
  if (kept === 'id' || kept === 'en') {
    return kept;
  }
  for (const tag of navigator.languages) {
    const short = tag.slice(0, 2).toLowerCase();
    if (short === 'id' || short === 'en') {
      return short;
    }
  }
  return null;
}

/** @param {'id'|'en'} chosen */
export const keepLanguage = chosen => keep('language', chosen);

/** @returns {Notify} */
export function notifyMode() {
  const kept = read('notify');
  return kept === 'quiet' || kept === 'full' ? kept : 'off';
}

/** @param {Notify} chosen */
export const setNotifyMode = chosen => keep('notify', chosen);
