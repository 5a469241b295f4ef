/** What the client says in Indonesian. The same keys as in `en.js`, in blocks by subject, sorted. */
/** @type {Record<string, import('./words.js').Phrase>} */
export const id = {
  // day
  'day.today': 'Hari ini',
  'day.yesterday': 'Kemarin',

  // refusal: what the page refuses itself; the rest is worded by the realm
  'refusal.message_too_long': 'Pesan terlalu panjang',
  'refusal.offline': 'Tidak tersambung',
  'refusal.outbox_full': 'Terlalu banyak pesan yang menunggu dikirim',

  // seen
  'seen.ago': 'terlihat {when}',
  'seen.on': 'terlihat {day} pukul {time}',
  'seen.yesterday': 'terlihat kemarin pukul {time}',
};
