import { on } from '../dom.js';

/**
 * Does something again and again while the view is on the page and the page is seen.
 * @param {import('../view/view.js').View} view
 * @param {() => Promise<unknown>} work must not reject
 * @param {number} pause how long to wait after it, in milliseconds
 */
export function poll(view, work, pause) {
  let timer = 0;
  let isOver = false;
  let isWorking = false;
  const next = async () => {
    clearTimeout(timer);
    if (isOver || isWorking || document.hidden) {
      return;
    }
    isWorking = true;
    await work();
    isWorking = false;
    if (!isOver) {
      timer = window.setTimeout(next, pause);
    }
  };
  view.during(on(document, 'visibilitychange', next), () => {
    isOver = true;
    clearTimeout(timer);
  });
  void next();
}
