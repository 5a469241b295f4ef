import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { inSentence, reasonOf, sentenceOf, spoken, statusWord, visibleName } from '../js/view/sentences.js';
import { setLanguage } from '../js/words/words.js';

const people = { isMe: (/** @type {string} */ address) => address === 'messi', nameOf: (/** @type {string} */ address) => address.toUpperCase() };
const plain = (/** @type {string} */ text) => text.replace(/[\u2068\u2069]/g, '');

/** @param {Partial<import('../js/realm/types.js').Entry>} entry */
const entry = entry => ({ event: 'message', to: '#batak', mid: '', from: 'james', name: 'James', sent: '2026-11-21T14:52:00', ...entry });

/** @param {Partial<import('../js/realm/types.js').Entry>} about @param {Partial<import('../js/realm/items.js').Item>} [item] */
const item = (about, item = {}) => ({ key: 'k', position: 1, mine: false, status: null, ...item, entry: entry(about) });

afterEach(() => setLanguage('id'));

test('what happened is told in both languages, about others and about oneself', () => {
  assert.equal(plain(sentenceOf(entry({ event: 'joined' }), people)), 'James bergabung');
  assert.equal(plain(sentenceOf(entry({ event: 'kicked', user: 'messi' }), people)), 'James mengeluarkan Anda');
  setLanguage('en');
  assert.equal(plain(sentenceOf(entry({ event: 'joined', from: 'messi', name: 'Messi' }), people)), 'You joined');
  assert.equal(plain(sentenceOf(entry({ event: 'role', user: 'budi', role: 'moderator' }), people)), 'James made BUDI a moderator');
  assert.equal(plain(sentenceOf(entry({ event: 'topic', text: '' }), people)), 'James took the topic away');
  assert.equal(plain(sentenceOf(entry({ event: 'failed', failed: 'expired', target_to: 'pele@dua', quote: 'halo' }), people)),
    'Your message to pele@dua was not delivered: it has waited seven days. “halo”');
});

test('every event of the protocol has its sentence', () => {
  for (const event of ['joined', 'left', 'kicked', 'banned', 'unbanned', 'muted', 'unmuted', 'invited', 'role', 'topic', 'opened', 'closed', 'moved', 'failed']) {
    for (const language of /** @type {const} */ (['id', 'en'])) {
      setLanguage(language);
      const told = sentenceOf(entry({ event, user: 'budi', role: 'owner', text: 'x', realm: 'dua' }), people);
      assert.doesNotMatch(told, /event\.|\{|does not know|tidak dikenal/, `${event} ${language}`);
    }
  }
});

test('a name cannot turn the sentence around it', () => {
  const told = sentenceOf(entry({ event: 'joined', name: '\u202eJames\u2069\u2069' }), people);
  assert.equal(told, '\u2068James\u2069 bergabung');
  assert.equal(inSentence('a\u2067b'), '\u2068ab\u2069');
});

test('a name that nobody can see gives way to the address', () => {
  assert.equal(visibleName('\u200b\u2060 \u3164', 'james@dua'), 'james@dua');
  assert.equal(visibleName('هناء', 'hana'), 'هناء');
});

test('a message is read out as one sentence', () => {
  setLanguage('en');
  assert.equal(spoken(item({ text: 'halo', edited: '2026-11-21T14:53:00', reactions: [{ emoji: '👍', from: 'a' }, { emoji: '👍', from: 'b' }] })), 'James, 14:52: halo, edited, 2 reactions');
  assert.equal(spoken(item({ text: 'halo' }, { mine: true, status: 'read' })), 'You, 14:52: halo, read');
  assert.equal(spoken(item({ deleted: true }, { mine: true, status: 'read' })), 'You, 14:52: Message deleted');
});

test('a status has a word, and one that failed its reason', () => {
  assert.equal(statusWord(item({}, { mine: true, status: 'delivered' })), 'tersampaikan');
  assert.equal(statusWord(item({}, { status: null })), null);
  assert.equal(statusWord(item({}, { mine: true, status: 'failed', code: 'muted' })), 'tidak terkirim: Anda tidak boleh bicara di grup');
  assert.equal(statusWord(item({}, { mine: true, status: 'failed', error: 'Pengguna tidak ditemukan' })), 'tidak terkirim: Pengguna tidak ditemukan');
  assert.equal(reasonOf('something_new'), 'tidak dapat disampaikan');
});
