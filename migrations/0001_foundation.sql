-- Times are milliseconds since 1970 in UTC. Hashes are 63 bits of BLAKE3, so that they are never negative.

-- One mailbox and the owner's addresses in it. Knowledge is kept apart by account.
CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    settled    INTEGER NOT NULL DEFAULT 1 CHECK (settled IN (0, 1)), -- 0: something was learned since patterns were merged
    created_at INTEGER NOT NULL
) STRICT;

-- Where an account's mail is read from: absolute paths.
CREATE TABLE account_places (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    place      TEXT    NOT NULL,
    PRIMARY KEY (account_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_places_by_place ON account_places (place);

-- Addresses seen as the owner's, with what speaks for each; the chosen ones are who "I" is in this account.
CREATE TABLE account_addresses (
    account_id   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address      TEXT    NOT NULL,
    sent_from    INTEGER NOT NULL,
    delivered_to INTEGER NOT NULL,
    answered_as  INTEGER NOT NULL,
    chosen       INTEGER NOT NULL CHECK (chosen IN (0, 1)),
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;

-- A learner's fingerprint names everything that changes its output.
CREATE TABLE learners (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE
) STRICT;

-- One run over one account.
CREATE TABLE email_learning_jobs (
    number            INTEGER PRIMARY KEY AUTOINCREMENT,
    id                TEXT    NOT NULL UNIQUE,
    account_id        INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status            TEXT    NOT NULL CHECK (status IN ('queued', 'processing', 'paused', 'completed', 'failed', 'cancelled')),
    priority          INTEGER NOT NULL DEFAULT 0,
    attempts          INTEGER NOT NULL DEFAULT 0,
    options           TEXT    NOT NULL CHECK (json_valid(options)),
    total_emails      INTEGER NOT NULL DEFAULT 0,
    processed_emails  INTEGER NOT NULL DEFAULT 0,
    successful_emails INTEGER NOT NULL DEFAULT 0,
    failed_emails     INTEGER NOT NULL DEFAULT 0,
    skipped_emails    INTEGER NOT NULL DEFAULT 0,
    worked_ms         INTEGER NOT NULL DEFAULT 0,
    error_message     TEXT,
    results           TEXT CHECK (results IS NULL OR json_valid(results)),
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    started_at        INTEGER,
    completed_at      INTEGER,
    scheduled_for     INTEGER,
    CHECK (processed_emails = successful_emails + failed_emails),
    CHECK (processed_emails + skipped_emails <= total_emails)
) STRICT;
CREATE INDEX jobs_by_status ON email_learning_jobs (status, number);
CREATE INDEX jobs_by_account ON email_learning_jobs (account_id, number);

-- A job as it is listed, with its account's name.
CREATE VIEW job_rows AS
SELECT number, email_learning_jobs.id, account_id, accounts.name AS account, status, options,
       total_emails AS total, successful_emails AS successful, failed_emails AS failed, skipped_emails AS skipped,
       worked_ms, attempts, error_message, email_learning_jobs.created_at, started_at, completed_at
FROM email_learning_jobs JOIN accounts ON accounts.id = account_id;

-- A report for every mail that failed.
CREATE TABLE mail_failures (
    job_number  INTEGER NOT NULL REFERENCES email_learning_jobs (number) ON DELETE CASCADE,
    message_key BLOB    NOT NULL,
    place       TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('unreadable', 'not_a_mail', 'crashed')),
    said        TEXT    NOT NULL,
    PRIMARY KEY (job_number, message_key)
) STRICT, WITHOUT ROWID;

-- Who writes to the owner and whom the owner writes to. The counts are sums over messages, so that the order of
-- learning cannot change them.
CREATE TABLE contacts (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address    TEXT    NOT NULL,
    name       TEXT,
    received   INTEGER NOT NULL,
    sent       INTEGER NOT NULL,
    UNIQUE (account_id, address)
) STRICT;

-- What is known of one mail. `kind` is 'sent' for the owner's own.
CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    contact_id   INTEGER REFERENCES contacts (id), -- the author of a received mail, the first recipient of a sent one
    kind         TEXT    NOT NULL CHECK (kind IN ('sent', 'personal', 'list', 'newsletter', 'automatic')),
    sent_at      INTEGER NOT NULL,
    message_id   TEXT    NOT NULL,
    id_hash      INTEGER NOT NULL,
    subject      TEXT    NOT NULL,
    subject_hash INTEGER NOT NULL,
    key_hash     INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_id_hash ON messages (id_hash);
-- By contact and time, not by subject: a mailbox has few hot contacts, so that most of what is inserted meets a page that
-- was just written.
CREATE INDEX messages_by_contact ON messages (contact_id, sent_at) WHERE kind <> 'sent';
CREATE INDEX messages_sent ON messages (account_id, sent_at) WHERE kind = 'sent';

-- The author's own words: beside the message, so that looking through the messages reads no text.
CREATE TABLE message_texts (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    text    TEXT NOT NULL
) STRICT;

-- What was counted in a mail of the owner's own.
CREATE TABLE sent_mails (
    message      INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    subject_hash INTEGER NOT NULL, -- 0 where the subject does not say that it is a reply
    greeting     TEXT,
    sign_off     TEXT,
    words        INTEGER NOT NULL,
    sentences    INTEGER NOT NULL,
    formality    TEXT    NOT NULL CHECK (formality IN ('formal', 'casual', 'neutral')),
    language     TEXT,
    emoji        INTEGER NOT NULL CHECK (emoji IN (0, 1))
) STRICT;
CREATE INDEX sent_mails_by_subject ON sent_mails (subject_hash) WHERE subject_hash <> 0;

-- The mails that a mail of the owner's own says it follows, nearest first (In-Reply-To, then References backwards).
CREATE TABLE sent_parents (
    message  INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    distance INTEGER NOT NULL,
    id_hash  INTEGER NOT NULL,
    PRIMARY KEY (message, distance)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_parents_by_id_hash ON sent_parents (id_hash);

CREATE TABLE sent_recipients (
    message    INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    PRIMARY KEY (message, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_recipients_by_contact ON sent_recipients (contact_id);

-- The smart filter: what the ledger has is skipped.
CREATE TABLE ledger (
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    message_key BLOB    NOT NULL,
    learner_id  INTEGER NOT NULL REFERENCES learners (id),
    job_number  INTEGER NOT NULL,
    message     INTEGER REFERENCES messages (id) ON DELETE SET NULL, -- NULL: the mail failed
    PRIMARY KEY (account_id, message_key, learner_id)
) STRICT, WITHOUT ROWID;

-- A mail that the owner answered, and the answer. One answer answers one mail.
CREATE TABLE pairs (
    answer     INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    question   INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    subject_hash INTEGER NOT NULL -- the question's
) STRICT;
CREATE INDEX pairs_by_subject ON pairs (account_id, subject_hash);
CREATE INDEX pairs_by_question ON pairs (question);

-- Pairs that ask the same thing, merged.
CREATE TABLE patterns (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key           INTEGER NOT NULL, -- of its first pair: the same pattern after more was learned
    question      INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, -- the one that asks it most plainly
    answer        INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, -- the owner's latest
    times         INTEGER NOT NULL,
    confidence    REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    last_answered INTEGER NOT NULL,
    UNIQUE (account_id, key)
) STRICT;
CREATE INDEX patterns_by_use ON patterns (account_id, times, last_answered);

CREATE TABLE pattern_pairs (
    pattern INTEGER NOT NULL REFERENCES patterns (id) ON DELETE CASCADE,
    answer  INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (answer)
) STRICT, WITHOUT ROWID;
CREATE INDEX pattern_pairs_by_pattern ON pattern_pairs (pattern);

-- How often the exam's answers were right, by score: what a score was worth on the owner's own held-out mail.
CREATE TABLE exam_scores (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    score      REAL    NOT NULL,
    confidence REAL    NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    PRIMARY KEY (account_id, score)
) STRICT, WITHOUT ROWID;

-- What ranking reads of a pair: stems, one blank apart, and how many. Kept beside the pairs, so that a changed pair is
-- seen and an unchanged one is not indexed again.
CREATE TABLE pair_texts (
    answer         INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    account_id     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    question_stems TEXT    NOT NULL,
    answer_stems   TEXT    NOT NULL,
    question_count INTEGER NOT NULL,
    answer_count   INTEGER NOT NULL,
    key_hash       INTEGER NOT NULL -- of the answer: breaks ties the same way wherever it was learned
) STRICT;
CREATE INDEX pair_texts_by_account ON pair_texts (account_id, question_count, answer_count);

-- The search over them; rowid is the answer's message id.
CREATE VIRTUAL TABLE pair_index USING fts5 (question, answer, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');

-- In how many of an account's pairs a stem stands: in the question, in the answer, in either. A table of its own, since
-- fts5vocab walks the whole vocabulary for every stem that it is joined to.
CREATE TABLE pair_stems (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    stem       TEXT    NOT NULL,
    questions  INTEGER NOT NULL,
    answers    INTEGER NOT NULL,
    pairs      INTEGER NOT NULL,
    PRIMARY KEY (account_id, stem)
) STRICT, WITHOUT ROWID;
