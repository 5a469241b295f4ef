import { on } from '../dom.js';

/**
 * Does something again and again while the view is on the page and the page is seen, until it may not be done any more.
 * @param {import('../view/view.js').View} view
 * @param {() => Promise<void>} work
 * @param {number} pause how long to wait after it, in milliseconds
 * @param {(error: unknown) => void} failed hears why it was refused
 */
export function poll(view, work, pause, failed) {
  let timer = 0;
  let isOver = false;
  let isWorking = false;
  const next = async () => {
    clearTimeout(timer);
    if (isOver || isWorking || document.hidden) {
      return;
    }
    isWorking = true;
    try {
      await work();
    } catch (error) {
      isOver ||= /** @type {{code?: string}} */ (error).code === 'not_allowed';
      failed(error);
    }
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
