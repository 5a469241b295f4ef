/**
 * Makes elements. The only place that does: text always becomes a text node, so nothing that people write is ever read as markup.
 */

/** @typedef {Node|string|number|null|undefined|false|Child[]} Child what may stand inside an element; null, undefined and false are nothing */

/**
 * An element with its properties and children.
 *
 * A property is, by its name and value: `on…` with a function, a listener (`onclick`); `class`, the class names, also as a list whose false ones are left out; `data`, an object of
 * `data-…` attributes; an object or function, a property of the element; `true` or `''`, an attribute without value; null, undefined or `false`, nothing (but `aria-…` attributes are told
 * `"false"`); everything else an attribute, or the property of the same name for `value`, `checked`, `indeterminate`, and
 * for those that an element of our own has.
 *
 * @template {string} K
 * @param {K} tag
 * @param {Record<string, any>|null} [props]
 * @param {...Child} children
 * @returns {K extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[K] : HTMLElement}
 */
export function el(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    setProp(element, name, value);
  }
  append(element, children);
  return /** @type {any} */ (element);
}

/**
 * Replaces all that an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * Listens until the function that comes back is called.
 * @template {keyof HTMLElementEventMap} K
 * @overload
 * @param {EventTarget} target
 * @param {K} type
 * @param {(event: HTMLElementEventMap[K]) => void} listener
 * @param {AddEventListenerOptions} [options]
 * @returns {() => void}
 */
/**
 * @overload
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {AddEventListenerOptions} [options]
 * @returns {() => void}
 */
/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {AddEventListenerOptions} [options]
 * @returns {() => void}
 */
export function on(target, type, listener, options) {
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}

/**
 * Text from people: its direction follows its own letters, and it does not turn what stands around it.
 * @param {string} text
 * @param {string} [className]
 * @returns {HTMLElement}
 */
export function userText(text, className) {
  return el('bdi', { class: ['user-text', className], dir: 'auto' }, text);
}

/**
 * One of the pictures of `icons`, drawn in the colour of the text around it. It says nothing to a screen reader: what it stands in has a label.
 * @param {keyof typeof icons} name
 * @param {string} [className]
 * @returns {SVGSVGElement}
 */
export function icon(name, className) {
  const svg = document.createElementNS(svgNamespace, 'svg');
  for (const [attribute, value] of Object.entries(svgAttributes)) {
    svg.setAttribute(attribute, value);
  }
  svg.setAttribute('class', className ? `icon ${className}` : 'icon');
  const path = document.createElementNS(svgNamespace, 'path');
  path.setAttribute('d', icons[name]);
  svg.append(path);
  return svg;
}

/**
 * A button that shows only a picture. The label is read out and stands in its tooltip.
 * @param {keyof typeof icons} name
 * @param {string} label
 * @param {Record<string, any>} [props]
 * @returns {HTMLButtonElement}
 */
export function iconButton(name, label, props) {
  return el('button', { type: 'button', 'aria-label': label, title: label, ...props, class: ['icon-button', props?.class] }, icon(name));
}

/**
 * Lets the arrow keys, Home and End walk through the items of a list, of which Tab reaches one. Returns a function that puts `tabindex` right after the list has changed.
 * @param {HTMLElement} container
 * @param {string} selector the items
 * @param {{horizontal?: boolean, wrap?: boolean}} [options]
 * @returns {() => void}
 */
export function roving(container, selector, { horizontal = false, wrap = false } = {}) {
  const items = () => /** @type {HTMLElement[]} */ ([...container.querySelectorAll(selector)]).filter(item => item.offsetParent !== null);
  /** @param {HTMLElement|undefined} current */
  const choose = current => {
    for (const item of container.querySelectorAll(selector)) {
      item.setAttribute('tabindex', item === current ? '0' : '-1');
    }
  };
  const settle = () => {
    const all = items();
    choose(all.find(item => item === document.activeElement) ?? all.find(item => item.ariaCurrent || item.ariaSelected === 'true') ?? all.find(item => item.tabIndex === 0) ?? all[0]);
  };
  on(container, 'focusin', event => {
    const item = /** @type {HTMLElement} */ (event.target).closest(selector);
    if (item instanceof HTMLElement && item === event.target) {
      choose(item);
    }
  });
  on(container, 'keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const all = items();
    const at = all.findIndex(item => item === event.target);
    if (at < 0) {
      return;
    }
    const back = horizontal ? 'ArrowLeft' : 'ArrowUp';
    const forth = horizontal ? 'ArrowRight' : 'ArrowDown';
    let next = event.key === back ? at - 1 : event.key === forth ? at + 1 : event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : null;
    if (next === null) {
      return;
    }
    next = wrap ? (next + all.length) % all.length : Math.max(0, Math.min(next, all.length - 1));
    event.preventDefault();
    all[next]?.focus();
  });
  settle();
  return settle;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
function setProp(element, name, value) {
  if (name.startsWith('on') && typeof value === 'function') {
    element.addEventListener(name.slice(2), value);
  } else if (name === 'class') {
    const names = (Array.isArray(value) ? value : [value]).filter(Boolean).join(' ');
    if (names) {
      element.className = names;
    }
  } else if (name === 'data') {
    for (const [key, part] of Object.entries(value)) {
      if (part !== null && part !== undefined && part !== false) {
        /** @type {HTMLElement} */ (element).dataset[key] = part === true ? '' : String(part);
      }
    }
  } else if (value === null || value === undefined || (value === false && !name.startsWith('aria-'))) {
    return;
  } else if (typeof value === 'object' || typeof value === 'function' || properties.has(name) || (element.localName.includes('-') && name in element)) {
    /** @type {any} */ (element)[name] = value;
  } else {
    element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : String(value));
  }
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(element, child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(typeof child === 'number' ? String(child) : child);
    }
  }
}

const properties = new Set(['value', 'checked', 'indeterminate']);
const svgNamespace = 'http://www.w3.org/2000/svg';
const svgAttributes = {
  viewBox: '0 0 24 24', width: '20', height: '20', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.75', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true',
};

/** The pictures: paths on a field of 24 × 24, drawn as lines. */
const icons = {
  add: 'M12 5v14M5 12h14',
  admin: 'M12 3l7 3v5c0 4.6-2.9 8-7 10-4.1-2-7-5.4-7-10V6z',
  back: 'M15 5l-7 7 7 7',
  ban: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.4 6.4l11.2 11.2',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  bellOff: 'M8 6.6A6 6 0 0 1 18 11v4M6 10v6l-1.5 2H17M10 21h4M4 4l16 16',
  bot: 'M6 9h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1zM12 9V5M9.5 13v2M14.5 13v2',
  chart: 'M4 20h16M7 16v-5M12 16V6M17 16v-8',
  chat: 'M5 5h14a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8l-4.5 3.5V17H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checks: 'M2.5 12.5L7 17l8.5-9M12 16l1 1 8.5-9',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 1.5',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM6 15H5V4h10v2',
  down: 'M6 9l6 6 6-6',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  eye: 'M3 12c2-4 5.2-6 9-6s7 2 9 6c-2 4-5.2 6-9 6s-7-2-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  eyeOff: 'M9.5 6.3A9.6 9.6 0 0 1 12 6c3.8 0 7 2 9 6a13 13 0 0 1-2.6 3.4M6 8a12.5 12.5 0 0 0-3 4c2 4 5.2 6 9 6a9.5 9.5 0 0 0 4-.9M4 4l16 16',
  globe: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4 12h16M12 4c2.5 2.3 3.5 5 3.5 8s-1 5.7-3.5 8c-2.5-2.3-3.5-5-3.5-8s1-5.7 3.5-8z',
  group: 'M9 4L7 20M17 4l-2 16M4.5 9H20M4 15h15.5',
  info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8v.01',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12l8-8M16 7l3 3',
  keyboard: 'M3 7h18v11H3zM7 11v.01M11 11v.01M15 11v.01M8 15h8',
  leave: 'M14 5H5v14h9M10 12h10M17 9l3 3-3 3',
  link: 'M10 14l4-4M8 11l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 13l2-2a3.5 3.5 0 0 0-5-5l-2 2',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  more: 'M12 4.7a.8.8 0 1 0 0 1.6a.8.8 0 1 0 0-1.6zM12 11.2a.8.8 0 1 0 0 1.6a.8.8 0 1 0 0-1.6zM12 17.7a.8.8 0 1 0 0 1.6a.8.8 0 1 0 0-1.6z',
  offline: 'M4 9.500a12 12 0 0 1 4-2.600M12 6c3 0 5.8 1.2 8 3.500M7.5 13a6.5 6.5 0 0 1 3-1.800M14.5 11.700a6 6 0 0 1 2 1.300M12 17.500v.01M4 4l16 16',
  people: 'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3 19c.4-3 2.7-4.5 6-4.500s5.6 1.5 6 4.500M15.5 5.500a3.3 3.3 0 0 1 0 6M17.5 15c2 .6 3.2 1.9 3.5 4',
  person: 'M12 4.500a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20c.5-3.5 3.2-5 7-5s6.5 1.5 7 5',
  personAdd: 'M10 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM4 19c.4-3 2.7-4.5 6-4.500s5.6 1.5 6 4.500M19 8v6M16 11h6',
  react: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 10v.01M15 10v.01M8.5 14c.9 1.4 2 2 3.5 2s2.6-.6 3.5-2',
  refresh: 'M19 12a7 7 0 1 1-2.3-5.200L19 9M19 4.500V9h-4.5',
  reply: 'M10 6l-6 6 6 6M4 12h9c4 0 6.5 2 7 6',
  search: 'M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.5 15.500L20 20',
  send: 'M4 12L20 4l-5 16-3.5-6.500zM11.5 13.500L20 4',
  server: 'M4 5h16v6H4zM4 13h16v6H4zM8 8v.01M8 16v.01',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.800a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.400zM9 14.800a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.400z',
  trash: 'M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  warning: 'M12 4.500L3.5 19h17zM12 10v4M12 16.500v.01',
};
