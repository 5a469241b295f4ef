import { el } from '../dom.js';
import { mostSamples } from './samples.js';

const namespace = 'http://www.w3.org/2000/svg';
const width = 300;
const height = 72;

/**
 * A small plot of one figure: its name, what it is now, and a line of what it was.
 * @param {string} label
 * @param {(value: number) => string} write how a value is written
 * @returns {{element: HTMLElement, draw: (values: number[]) => void}}
 */
export function plot(label, write) {
  const area = path('plot-area');
  const line = path('plot-line');
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(area, line);
  const now = el('span', { class: 'plot-now' }, '–');
  const top = el('span', { class: 'plot-top' });
  const element = el('figure', { class: 'plot card' }, el('figcaption', null, el('span', { class: 'quiet small' }, label), now), el('div', { class: 'plot-field' }, svg, top));
  return {
    element,
    draw(values) {
      const last = values.at(-1);
      if (last === undefined) {
        return;
      }
      const ceiling = ceilingOf(Math.max(...values));
      const points = pointsOf(values, ceiling);
      line.setAttribute('d', `M${points.join('L')}`);
      area.setAttribute('d', `M${points[0]?.split(' ')[0]} ${height}L${points.join('L')}L${width} ${height}Z`);
      now.textContent = write(last);
      top.textContent = write(ceiling);
    },
  };
}

/**
 * The round value at the top of a plot: 1, 2 or 5 times a power of ten, and at least 1.
 * @param {number} value
 */
export function ceilingOf(value) {
  if (value <= 1) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find(step => step * power >= value) ?? 10) * power;
}

/**
 * Where the values stand; the last at the right edge.
 * @param {number[]} values
 * @param {number} ceiling
 */
export function pointsOf(values, ceiling) {
  const step = width / (mostSamples - 1);
  return values.map((value, index) => `${(width - (values.length - 1 - index) * step).toFixed(1)} ${(height - value / ceiling * (height - 2) - 1).toFixed(1)}`);
}

/** @param {string} className */
function path(className) {
  const made = document.createElementNS(namespace, 'path');
  made.setAttribute('class', className);
  return made;
}
