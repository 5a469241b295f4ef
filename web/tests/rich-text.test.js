import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segments } from '../js/view/rich-text.js';

/** @param {string} text */
const links = text => segments(text).filter(piece => piece.href).map(piece => piece.text);

test('text without a link is one piece, and nothing has none', () => {
  assert.deepEqual(segments('halo <b>dunia</b>'), [{ text: 'halo <b>dunia</b>' }]);
  assert.deepEqual(segments(''), []);
});

test('the pieces put together are the text', () => {
  const text = 'lihat https://example.org/a, (http://example.org/b) dan mailto:budi@example.org. \u202eab https://x.example\u202c';
  assert.equal(segments(text).map(piece => piece.text).join(''), text);
});

test('only http, https and mailto make links', () => {
  assert.deepEqual(links('https://a.example http://b.example mailto:c@d.example'), ['https://a.example', 'http://b.example', 'mailto:c@d.example']);
  assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc/passwd www.a.example a@b.example vbscript:x blob:https:x'), []);
  assert.deepEqual(links('HTTPS://A.example'), ['HTTPS://A.example']);
});

test('a word that ends like a scheme does not begin a link', () => {
  assert.deepEqual(links('xhttps://a.example 1mailto:a@b.example'), []);
});

test('the punctuation of the sentence stays outside', () => {
  for (const end of ['.', ',', '!', '?', ';', ':', '…', '."', '\'', '。', '?!', '...']) {
    assert.deepEqual(links(`Lihat https://a.example/b${end}`), ['https://a.example/b'], end);
  }
});

test('a bracket belongs to the link when it was opened in it', () => {
  assert.deepEqual(links('(https://a.example/Toba_(danau))'), ['https://a.example/Toba_(danau)']);
  assert.deepEqual(links('(https://a.example/b).'), ['https://a.example/b']);
  assert.deepEqual(links('[https://a.example/b[1]]'), ['https://a.example/b[1]']);
  assert.deepEqual(links('<https://a.example/b>'), ['https://a.example/b']);
  assert.deepEqual(links('「https://a.example/b」'), ['https://a.example/b']);
});

test('a link ends at what cannot be seen', () => {
  assert.deepEqual(links('https://a.example/\u202egpj.exe'), ['https://a.example/']);
  assert.deepEqual(links('https://a.exa\u200bmple'), ['https://a.exa']);
  assert.deepEqual(links('https://a.example\u0000b'), ['https://a.example']);
});

test('the title names the host as it is looked up', () => {
  const [link] = segments('https://аррӏе.com/masuk');
  assert.equal(link?.text, 'https://аррӏе.com/masuk');
  assert.match(link?.title ?? '', /^xn--/);
  assert.equal(segments('https://Example.org:8443/a')[0]?.title, 'example.org:8443');
});

test('an address with a name before the host is no link', () => {
  assert.deepEqual(links('https://bank.example@elsewhere.example/ https://a:b@c.example'), []);
});

test('what is no address is no link', () => {
  assert.deepEqual(links('https:// http://[ mailto:budi mailto: https://.'), []);
});

test('very many brackets are looked at in good time', () => {
  assert.equal(links(`https://a.example/${'('.repeat(4000)}${')'.repeat(4100)}`)[0]?.length, 'https://a.example/'.length + 8000);
});
