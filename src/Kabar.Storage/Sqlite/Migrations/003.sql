-- Conversations as those who take part in them live them: answers, edits, deletions, reactions, marks.

-- "target" is the position of the entry that this one answers or changes. What has become of an entry stands in its own row, so that whoever reads it has it as it now is: its text, when
-- it was edited or deleted, and why it could not be delivered (the name of a Refusal).
ALTER TABLE message ADD COLUMN target INTEGER;
ALTER TABLE message ADD COLUMN edited INTEGER;
ALTER TABLE message ADD COLUMN deleted INTEGER;
ALTER TABLE message ADD COLUMN failure TEXT;

-- The edits of an entry, whose texts go with it when it is deleted. Nothing else is in this index, so that a send does not touch it.
CREATE INDEX message_by_edited ON message (conversation, target) WHERE kind = 15;

-- One a person and entry; "arrival" is that of the entry that told it.
CREATE TABLE reaction (
    conversation INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    who          INTEGER NOT NULL REFERENCES address (id),
    arrival      INTEGER NOT NULL,
    emoji        TEXT NOT NULL,
    PRIMARY KEY (conversation, position, who)
) WITHOUT ROWID;

-- How far somebody has come in a conversation, as positions. "read_arrival" is an arrival with every position up to "read" and none beyond; "changed" the last arrival when the row was written.
CREATE TABLE mark (
    address      INTEGER NOT NULL REFERENCES address (id),
    conversation INTEGER NOT NULL REFERENCES conversation (id),
    stored       INTEGER NOT NULL,
    delivered    INTEGER NOT NULL,
    read         INTEGER NOT NULL,
    read_arrival INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    PRIMARY KEY (address, conversation)
) WITHOUT ROWID;
CREATE INDEX mark_by_conversation ON mark (conversation, changed);

-- Direct messages with people on other realms, and what became of them, by the id under which both sides know them.
CREATE TABLE exchanged (
    id      BLOB PRIMARY KEY,
    arrival INTEGER NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO exchanged (id, arrival)
SELECT m.id, m.arrival
FROM message AS m
CROSS JOIN direct AS d ON d.conversation = m.conversation
CROSS JOIN address AS low ON low.id = d.low
CROSS JOIN address AS high ON high.id = d.high
WHERE m.kind = 0 AND (low.realm <> '' OR high.realm <> '')
ORDER BY m.id;

-- What was said under a client's key. Of what waits for a group's home there is first only the id.
CREATE TABLE client_key (
    sender  INTEGER NOT NULL REFERENCES address (id),
    key     TEXT NOT NULL,
    arrival INTEGER,
    pending BLOB,
    created INTEGER NOT NULL,
    PRIMARY KEY (sender, key)
) WITHOUT ROWID;
CREATE INDEX client_key_by_time ON client_key (created);
CREATE INDEX client_key_by_pending ON client_key (pending) WHERE pending IS NOT NULL;

-- Who was in a group once, and what of it he may have heard.
CREATE TABLE group_past (
    address      INTEGER NOT NULL REFERENCES address (id),
    conversation INTEGER NOT NULL REFERENCES conversation (id),
    joined       INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    PRIMARY KEY (address, conversation, joined)
) WITHOUT ROWID;

ALTER TABLE pending ADD COLUMN target INTEGER;

-- Of a row that carries a direct message: which one. When it is acknowledged, the other realm has stored it.
ALTER TABLE outbox ADD COLUMN conversation INTEGER;
ALTER TABLE outbox ADD COLUMN position INTEGER;

ALTER TABLE account ADD COLUMN last_seen INTEGER;

CREATE TABLE registration_code (
    hash    BLOB PRIMARY KEY,
    uses    INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
