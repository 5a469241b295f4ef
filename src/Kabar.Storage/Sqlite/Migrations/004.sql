-- What programs act with in the name of accounts. "may" is the sum of what AccessRights says. "place" is the address of the one conversation in which that holds, NULL for all;
-- of a group also its id, since it may be addressed differently by now. Times are NULL for never.
CREATE TABLE access_token (
    number     INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    id         BLOB NOT NULL UNIQUE,
    account    INTEGER NOT NULL REFERENCES account (address),
    name       TEXT NOT NULL,
    may        INTEGER NOT NULL,
    place      TEXT,
    place_id   BLOB,
    is_hook    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    used       INTEGER,
    expires    INTEGER
);
CREATE INDEX access_token_by_account ON access_token (account);
CREATE INDEX access_token_by_hook ON access_token (place_id) WHERE is_hook = 1;
