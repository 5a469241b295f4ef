import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { fetchSession, logIn, logOut } from '../js/realm/session.js';

afterEach(() => mock.restoreAll());

/** @param {number} status @param {unknown} [body] */
function answering(status, body) {
  return mock.method(globalThis, 'fetch', async () => new Response(body === undefined ? null : JSON.stringify(body), { status }));
}

test('a log-in is asked for with the cookie of the page, and answered with who one is', async () => {
  const fetch = answering(200, { realm: 'satu', user: 'messi' });
  assert.equal((await logIn('messi', 'surabaya')).user, 'messi');
  const [path, options] = fetch.mock.calls[0]?.arguments ?? [];
  assert.equal(path, '/api/session');
  assert.deepEqual([options?.method, options?.credentials, options?.body], ['POST', 'same-origin', '{"username":"messi","password":"surabaya"}']);
});

test('a refusal has the code and the words of the realm', async () => {
  answering(401, { status: 'ERROR', code: 'not_authenticated', message: 'Nama atau kata sandi salah' });
  await assert.rejects(logIn('messi', 'salah'), { name: 'Refusal', code: 'not_authenticated', message: 'Nama atau kata sandi salah' });
});

test('what is no answer of the realm is refused too', async () => {
  answering(502);
  await assert.rejects(fetchSession(), { code: 'failed' });
  mock.method(globalThis, 'fetch', async () => {
    throw new TypeError('fetch failed');
  });
  await assert.rejects(fetchSession(), { code: 'offline' });
});

test('logging out is answered with nothing', async () => {
  answering(204);
  assert.equal(await logOut(), undefined);
});
