-- SQLite builds a table in memory for a list of three words or more, every time that a row is checked against it: that
-- took most of the time of a change of a job's status. Compared one by one, the words cost next to nothing. A CHECK is
-- changed in place, since no row has to be: <https://sqlite.org/lang_altertable.html#otheralter>.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'status IN (''queued'', ''processing'', ''paused'', ''completed'', ''failed'', ''cancelled'')',
    'status = ''queued'' OR status = ''processing'' OR status = ''paused'' OR status = ''completed'' OR status = ''failed'' OR status = ''cancelled''')
WHERE name = 'email_learning_jobs';
UPDATE sqlite_schema SET sql = replace(sql,
    'wish IN (''pause'', ''cancel'', ''resume'')',
    'wish = ''pause'' OR wish = ''cancel'' OR wish = ''resume''')
WHERE name = 'email_learning_jobs';
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''queued'', ''started'', ''resumed'', ''rescued'', ''retried'', ''throttled'', ''set_aside'', ''paused'', ''tripped'', ''interrupted'', ''completed'', ''failed'', ''cancelled'')',
    'kind = ''queued'' OR kind = ''started'' OR kind = ''resumed'' OR kind = ''rescued'' OR kind = ''retried'' OR kind = ''throttled'' OR kind = ''set_aside'' OR kind = ''paused'' OR kind = ''tripped'' OR kind = ''interrupted'' OR kind = ''completed'' OR kind = ''failed'' OR kind = ''cancelled''')
WHERE name = 'job_events';
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''started'', ''completed'', ''completed_with_failures'', ''failed'', ''paused'', ''resumed'')',
    'kind = ''started'' OR kind = ''completed'' OR kind = ''completed_with_failures'' OR kind = ''failed'' OR kind = ''paused'' OR kind = ''resumed''')
WHERE name = 'notices';
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''sent'', ''personal'', ''list'', ''newsletter'', ''automatic'')',
    'kind = ''sent'' OR kind = ''personal'' OR kind = ''list'' OR kind = ''newsletter'' OR kind = ''automatic''')
WHERE name = 'messages';
UPDATE sqlite_schema SET sql = replace(sql,
    'formality IN (''formal'', ''casual'', ''neutral'')',
    'formality = ''formal'' OR formality = ''casual'' OR formality = ''neutral''')
WHERE name = 'sent_mails';
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''unreadable'', ''not_a_mail'', ''crashed'')',
    'kind = ''unreadable'' OR kind = ''not_a_mail'' OR kind = ''crashed''')
WHERE name = 'mail_failures';
PRAGMA writable_schema = RESET;

DROP INDEX jobs_unfinished;
CREATE INDEX jobs_unfinished ON email_learning_jobs (number) WHERE completed_at IS NULL;

-- A change of a job's status as one statement: what is inserted here is made so. A statement of its own is a transaction
-- of its own, and every other way to write all that a change writes takes several walks to SQLite's thread.
--
-- may_follow: the statuses that the change may follow, one blank apart; forgives: attempts are counted anew.
CREATE VIEW job_changes AS
SELECT number, status AS may_follow, updated_at AS at, status, 'kind' AS event, error_message AS said, 'kind' AS notice,
       completed_at AS ended_at, 'day' AS day, 0 AS forgives, paused_by, resume_at
FROM email_learning_jobs WHERE 0;

CREATE TRIGGER make_job_change INSTEAD OF INSERT ON job_changes BEGIN
    SELECT RAISE(ABORT, 'impossible change')
    WHERE NOT EXISTS (SELECT 1 FROM email_learning_jobs WHERE number = NEW.number AND instr(NEW.may_follow, status));

    INSERT INTO job_events (job_number, at, kind, said) VALUES (NEW.number, NEW.at, NEW.event, NEW.said);

    -- A start is news the first time, and a far side that stays down is told once.
    INSERT INTO notices (at, kind, job_number, said)
    SELECT NEW.at,
           CASE WHEN NEW.notice = 'completed' AND failed_emails > 0 THEN 'completed_with_failures' ELSE NEW.notice END,
           NEW.number, NEW.said
    FROM email_learning_jobs
    WHERE number = NEW.number AND NEW.notice IS NOT NULL
      AND (NEW.notice <> 'started' OR started_at IS NULL) AND (NEW.notice <> 'paused' OR trips = 0);

    INSERT INTO figures (day, completed, broken, cancelled)
    SELECT NEW.day, NEW.status = 'completed', NEW.status = 'failed', NEW.status = 'cancelled'
    WHERE NEW.ended_at IS NOT NULL
    ON CONFLICT (day) DO UPDATE SET
        completed = completed + excluded.completed, broken = broken + excluded.broken,
        cancelled = cancelled + excluded.cancelled;

    UPDATE email_learning_jobs SET
        status = NEW.status,
        error_message = NEW.said,
        updated_at = NEW.at,
        attempts = CASE WHEN NEW.forgives THEN 0 ELSE attempts + (NEW.status = 'processing') END,
        started_at = CASE WHEN NEW.status = 'processing' THEN coalesce(started_at, NEW.at) ELSE started_at END,
        completed_at = NEW.ended_at,
        paused_by = NEW.paused_by,
        resume_at = NEW.resume_at,
        trips = trips + (NEW.paused_by IS 'trouble'),
        wish = NULL
    WHERE number = NEW.number;
END;
