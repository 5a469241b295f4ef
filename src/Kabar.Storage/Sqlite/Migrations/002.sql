-- Groups, and what passes between realms.

-- What a row of the log tells (Core/Message.cs, EntryKind), and whom it concerns besides its sender.
ALTER TABLE message ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN subject INTEGER;

-- Conversations have two kinds more: 3 a group's, 0 that of a group that was removed, whose rows stay in the log but are no longer
-- anybody's.

-- A group, whose state is that after the entry at state_position; what was said behind it changes nothing. No other index is unique:
-- a replica is what its home says, and a name may be known of two groups for a while. Home '' is this realm. What was said up to
-- history_after may have gaps: the home had begun to tell it later.
CREATE TABLE group_chat (
    conversation   INTEGER PRIMARY KEY REFERENCES conversation (id),
    id             BLOB NOT NULL UNIQUE,
    name           TEXT NOT NULL COLLATE NOCASE,
    home           TEXT NOT NULL,
    topic          TEXT NOT NULL,
    is_open        INTEGER NOT NULL,
    state_position INTEGER NOT NULL,
    history_after  INTEGER NOT NULL,
    creator        INTEGER REFERENCES address (id)
);
CREATE INDEX group_by_name ON group_chat (name, home);
CREATE INDEX group_by_creator ON group_chat (creator);

CREATE TABLE group_member (
    conversation INTEGER NOT NULL REFERENCES group_chat (conversation),
    address      INTEGER NOT NULL REFERENCES address (id),
    role         INTEGER NOT NULL,
    is_muted     INTEGER NOT NULL,
    joined       INTEGER NOT NULL,
    display_name TEXT NOT NULL,
    PRIMARY KEY (conversation, address)
) WITHOUT ROWID;
CREATE INDEX group_member_by_address ON group_member (address);

-- kind: 1 banned, 2 invited.
CREATE TABLE group_mark (
    conversation INTEGER NOT NULL REFERENCES group_chat (conversation),
    kind         INTEGER NOT NULL,
    address      INTEGER NOT NULL REFERENCES address (id),
    PRIMARY KEY (conversation, kind, address)
) WITHOUT ROWID;

-- The realms that a restored home waits for.
CREATE TABLE group_awaited (
    conversation INTEGER NOT NULL REFERENCES group_chat (conversation),
    realm        TEXT NOT NULL,
    PRIMARY KEY (conversation, realm)
) WITHOUT ROWID;

-- Said in a group whose home is elsewhere, until the home's entry comes back. Numbered in the order of saying.
CREATE TABLE pending (
    number       INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES group_chat (conversation),
    kind         INTEGER NOT NULL,
    sender       INTEGER NOT NULL REFERENCES address (id),
    sender_name  TEXT NOT NULL,
    subject      INTEGER REFERENCES address (id),
    text         TEXT NOT NULL,
    sent         INTEGER NOT NULL,
    frame        BLOB NOT NULL
);
CREATE INDEX pending_by_group ON pending (conversation, number);

-- The realms this one is joined with. out_last is the last number given to what was taken out of the outbox again: none is given twice.
CREATE TABLE peer (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    realm            TEXT NOT NULL UNIQUE,
    link_address     TEXT,
    fingerprint      TEXT NOT NULL,
    secret           TEXT,
    is_paused        INTEGER NOT NULL,
    joined           INTEGER NOT NULL,
    last_contact     INTEGER,
    out_epoch        BLOB NOT NULL,
    out_acknowledged INTEGER NOT NULL,
    out_last         INTEGER NOT NULL,
    in_epoch         BLOB NOT NULL,
    in_through       INTEGER NOT NULL,
    reconcile_since  INTEGER
);

CREATE TABLE invitation (
    secret_hash BLOB PRIMARY KEY,
    expires     INTEGER NOT NULL
) WITHOUT ROWID;

-- What waits for each peer, in the order of sending. Like the log it has no checks of references. "pending" is the number of the
-- pending entry whose frame it is.
CREATE TABLE outbox (
    peer    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    queued  INTEGER NOT NULL,
    pending INTEGER,
    frame   BLOB NOT NULL,
    PRIMARY KEY (peer, seq)
) WITHOUT ROWID;

-- The ids of what peers have sent, so that what comes twice is taken once. Ids begin with their time: new ones go to the end.
CREATE TABLE received (
    id BLOB PRIMARY KEY
) WITHOUT ROWID;

-- Whom a peer says it has.
CREATE TABLE directory (
    peer     INTEGER NOT NULL REFERENCES peer (id),
    username TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (peer, username)
) WITHOUT ROWID;
CREATE INDEX directory_by_username ON directory (username, peer);
