-- What the engine keeps of a job beside its counts: who stopped it, what is wished of it, when its turn is.

-- Who paused a paused job: the owner, or trouble, after which it goes on by itself at resume_at.
ALTER TABLE email_learning_jobs ADD COLUMN paused_by TEXT CHECK (paused_by IN ('owner', 'trouble'));
ALTER TABLE email_learning_jobs ADD COLUMN resume_at INTEGER;
-- What the owner wants of a job that runs, in whichever process; gone with the next change of its status.
ALTER TABLE email_learning_jobs ADD COLUMN wish TEXT CHECK (wish IN ('pause', 'cancel', 'resume'));
-- Queued jobs run in this order: when it was asked for, less what its priority is worth.
ALTER TABLE email_learning_jobs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
-- The job whose failed mails this one tries again.
ALTER TABLE email_learning_jobs ADD COLUMN retry_of INTEGER;
-- How often in a row trouble paused it, and how often a batch was tried again.
ALTER TABLE email_learning_jobs ADD COLUMN trips INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email_learning_jobs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email_learning_jobs ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email_learning_jobs ADD COLUMN cost_micros INTEGER NOT NULL DEFAULT 0; -- millionths of the endpoint's currency

-- The engine looks at what is unfinished twice a second: these stay small however long the history grows.
DROP INDEX jobs_by_status;
CREATE INDEX jobs_queued ON email_learning_jobs (turn, number) WHERE status = 'queued';
CREATE INDEX jobs_queued_by_account ON email_learning_jobs (account_id, turn, number) WHERE status = 'queued';
CREATE INDEX jobs_unfinished ON email_learning_jobs (number) WHERE status IN ('queued', 'processing', 'paused');
CREATE INDEX jobs_processing ON email_learning_jobs (account_id) WHERE status = 'processing';
CREATE INDEX jobs_wished ON email_learning_jobs (number) WHERE wish IS NOT NULL;
CREATE INDEX jobs_resuming ON email_learning_jobs (resume_at) WHERE resume_at IS NOT NULL;
CREATE INDEX jobs_ended ON email_learning_jobs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX jobs_retrying ON email_learning_jobs (retry_of) WHERE retry_of IS NOT NULL;

DROP VIEW job_rows;
CREATE VIEW job_rows AS
SELECT number, email_learning_jobs.id, account_id, accounts.name AS account, status, priority, options,
       total_emails AS total, successful_emails AS successful, failed_emails AS failed, skipped_emails AS skipped,
       worked_ms, attempts, error_message, paused_by, resume_at, retry_of, trips, retries, tokens, cost_micros,
       results, email_learning_jobs.created_at, updated_at, started_at, completed_at, scheduled_for
FROM email_learning_jobs JOIN accounts ON accounts.id = account_id;

-- What happened to a job, in order.
CREATE TABLE job_events (
    id         INTEGER PRIMARY KEY,
    job_number INTEGER NOT NULL REFERENCES email_learning_jobs (number) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('queued', 'started', 'resumed', 'rescued', 'retried', 'throttled', 'set_aside', 'paused', 'tripped', 'interrupted', 'completed', 'failed', 'cancelled')),
    said       TEXT
) STRICT;
CREATE INDEX job_events_by_job ON job_events (job_number, id);

-- Mails that were in flight when the process died while it studied one mail at a time. The mail that is there at two
-- deaths is set aside.
CREATE TABLE job_suspects (
    job_number  INTEGER NOT NULL REFERENCES email_learning_jobs (number) ON DELETE CASCADE,
    message_key BLOB    NOT NULL,
    in_flight   INTEGER NOT NULL CHECK (in_flight IN (0, 1)),
    deaths      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_number, message_key)
) STRICT, WITHOUT ROWID;

-- What was done by day, in the owner's time zone; stays when jobs are pruned.
CREATE TABLE figures (
    day         TEXT    PRIMARY KEY, -- 2026-11-23
    learned     INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    worked_ms   INTEGER NOT NULL DEFAULT 0,
    retries     INTEGER NOT NULL DEFAULT 0,
    completed   INTEGER NOT NULL DEFAULT 0, -- jobs, as the two below
    broken      INTEGER NOT NULL DEFAULT 0,
    cancelled   INTEGER NOT NULL DEFAULT 0,
    tokens      INTEGER NOT NULL DEFAULT 0,
    cost_micros INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What the owner should know; unread until read_at.
CREATE TABLE notices (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('started', 'completed', 'completed_with_failures', 'failed', 'paused', 'resumed')),
    job_number INTEGER NOT NULL REFERENCES email_learning_jobs (number) ON DELETE CASCADE,
    said       TEXT,
    read_at    INTEGER
) STRICT;
CREATE INDEX notices_by_job ON notices (job_number);
CREATE INDEX notices_unread ON notices (id) WHERE read_at IS NULL;

-- Jobs that are started by the clock.
CREATE TABLE schedules (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    rule        TEXT    NOT NULL CHECK (json_valid(rule)),
    options     TEXT    NOT NULL CHECK (json_valid(options)),
    priority    INTEGER NOT NULL,
    window_ms   INTEGER NOT NULL CHECK (window_ms > 0), -- a run missed by less is made up for, once
    anchor      INTEGER NOT NULL, -- when it was made: "every N hours" counts from here
    looked_at   INTEGER NOT NULL, -- up to here its times are dealt with
    next_run_at INTEGER           -- NULL: it never comes again
) STRICT;
CREATE INDEX schedules_by_time ON schedules (next_run_at) WHERE next_run_at IS NOT NULL;

-- The times at which a schedule was due: each once.
CREATE TABLE schedule_runs (
    schedule_id INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    due_at      INTEGER NOT NULL,
    job_number  INTEGER, -- NULL: it was missed for longer than its window
    PRIMARY KEY (schedule_id, due_at)
) STRICT, WITHOUT ROWID;

-- What the owner chose, by name; what is absent is as the program has it.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
