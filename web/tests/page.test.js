import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../', import.meta.url);
const page = readFileSync(new URL('index.html', root), 'utf8');

test('the page names all modules of its first load, so that the browser asks for them at once', () => {
  const named = [...page.matchAll(/rel="modulepreload" href="(.+?)"/g)].map(([, path]) => new URL(path ?? '', root).href);
  const first = reached(new URL('js/main.js', root));
  assert.deepEqual(named.sort(), [...first].slice(1).sort());
});

test('the page has no code and no style of its own, and loads only its own files', () => {
  assert.doesNotMatch(page, /<script(?![^>]*src="\.\/)|<style|\sstyle=|\son\w+=/);
  for (const [, path] of page.matchAll(/(?:href|src|data-unread)="(.+?)"/g)) {
    assert.match(path ?? '', /^\.\//);
    assert.ok(readFileSync(new URL(path ?? '', root)));
  }
});

test('administration is not part of the first load', () => {
  assert.doesNotMatch(page, /js\/admin\//);
});

/**
 * @param {URL} module
 * @param {Set<string>} [seen]
 */
function reached(module, seen = new Set()) {
  if (!seen.has(module.href)) {
    seen.add(module.href);
    for (const [, path] of readFileSync(module, 'utf8').matchAll(/^import (?:[^']*? from )?'(\..+?)';/gm)) {
      reached(new URL(path ?? '', module), seen);
    }
  }
  return seen;
}
