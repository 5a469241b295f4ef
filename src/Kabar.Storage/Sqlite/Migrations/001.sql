-- The first schema. SQL that runs on SQLite 3.35.5 and later.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- Whoever a message can come from. Rows stay for ever, so that a number never means somebody else; a removed account's row is
-- retired, which frees its name.
CREATE TABLE address (
    id       INTEGER PRIMARY KEY,
    username TEXT NOT NULL COLLATE NOCASE,
    realm    TEXT NOT NULL DEFAULT '',
    retired  INTEGER
);
CREATE UNIQUE INDEX address_by_name ON address (username, realm) WHERE retired IS NULL;

CREATE TABLE account (
    address       INTEGER PRIMARY KEY REFERENCES address (id),
    display_name  TEXT NOT NULL,
    attributes    TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_admin      INTEGER NOT NULL,
    is_disabled   INTEGER NOT NULL,
    created       INTEGER NOT NULL
);

CREATE TABLE session (
    number     INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    id         BLOB NOT NULL UNIQUE,
    account    INTEGER NOT NULL REFERENCES account (address),
    created    INTEGER NOT NULL,
    last_used  INTEGER NOT NULL
);
CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_use ON session (last_used);

-- kind: 1 direct, 2 direct with oneself.
CREATE TABLE conversation (
    id   INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL
);

-- Which conversation two addresses have, the smaller number first.
CREATE TABLE direct (
    low          INTEGER NOT NULL REFERENCES address (id),
    high         INTEGER NOT NULL REFERENCES address (id),
    conversation INTEGER NOT NULL UNIQUE REFERENCES conversation (id),
    PRIMARY KEY (low, high)
) WITHOUT ROWID;

CREATE TABLE member (
    address      INTEGER NOT NULL REFERENCES address (id),
    conversation INTEGER NOT NULL REFERENCES conversation (id),
    PRIMARY KEY (address, conversation)
) WITHOUT ROWID;

-- How far an account has read: of its direct messages, those that arrived up to here. One row moves when an inbox is read, whatever
-- the number of conversations in it.
CREATE TABLE inbox (
    address      INTEGER PRIMARY KEY REFERENCES address (id),
    read_through INTEGER NOT NULL
);

-- The log: one row a message, in the order of commits. Appending is all that a send does, so it has no second index and no checks
-- of references; what finds a message by conversation is "place", filled behind it.
CREATE TABLE message (
    arrival      INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    sender       INTEGER NOT NULL,
    sent         INTEGER NOT NULL,
    id           BLOB NOT NULL,
    sender_name  TEXT NOT NULL,
    text         TEXT NOT NULL
);

-- The index of the log up to meta.indexed: by conversation, in the order of arrivals, which is that of positions too.
CREATE TABLE place (
    conversation INTEGER NOT NULL,
    arrival      INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    sender       INTEGER NOT NULL,
    PRIMARY KEY (conversation, arrival)
) WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES ('indexed', 0);
