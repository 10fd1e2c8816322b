//! The one function that changes a job's status. It refuses what is impossible, and writes down with every change what
//! happened, what the owner should know of it, and the day's figures, in the same transaction.

use sqlx::{Sqlite, Transaction};

use super::event::Kind;
use super::job::Status;
use crate::clock::{Clock, Millis};
use crate::db::DbError;
use crate::notices;

/// What happens to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// Its turn has come. Counts an attempt.
    Claim,
    /// The process that runs it ends in order, or its database did: it goes on later, and no attempt is counted.
    Interrupt,
    /// The process that ran it has died: it goes on, and the attempt stays counted.
    Rescue,
    /// The owner wants it to wait.
    Pause,
    /// The far side is down: it goes on by itself.
    Trip {
        /// Why.
        said: &'a str,
        /// When it goes on.
        until: Millis,
    },
    /// It goes on, by the owner's wish or by itself.
    Resume,
    /// It has looked at every mail.
    Complete,
    /// An error does not go away by itself.
    Fail {
        /// Which.
        said: &'a str,
    },
    /// The owner wants no more of it.
    Cancel {
        /// Why, where it was not the owner's plain word.
        said: Option<&'a str>,
    },
}

impl Change<'_> {
    /// What the job then is.
    #[must_use]
    pub fn to(&self) -> Status {
        match self {
            Self::Claim => Status::Processing,
            Self::Interrupt | Self::Rescue | Self::Resume => Status::Queued,
            Self::Pause | Self::Trip { .. } => Status::Paused,
            Self::Complete => Status::Completed,
            Self::Fail { .. } => Status::Failed,
            Self::Cancel { .. } => Status::Cancelled,
        }
    }

    /// The statuses that it may follow, one blank apart.
    fn may_follow(&self) -> &'static str {
        match self {
            Self::Claim => "queued",
            Self::Interrupt
            | Self::Rescue
            | Self::Trip { .. }
            | Self::Complete
            | Self::Fail { .. } => "processing",
            Self::Resume => "paused",
            Self::Pause | Self::Cancel { .. } => "queued processing paused",
        }
    }

    fn event(&self) -> Kind {
        match self {
            Self::Claim => Kind::Started,
            Self::Interrupt => Kind::Interrupted,
            Self::Rescue => Kind::Rescued,
            Self::Pause => Kind::Paused,
            Self::Trip { .. } => Kind::Tripped,
            Self::Resume => Kind::Resumed,
            Self::Complete => Kind::Completed,
            Self::Fail { .. } => Kind::Failed,
            Self::Cancel { .. } => Kind::Cancelled,
        }
    }

    fn said(&self) -> Option<&str> {
        match self {
            Self::Trip { said, .. } | Self::Fail { said } => Some(said),
            Self::Cancel { said } => *said,
            _ => None,
        }
    }

    /// What the owner should know of it, where it is news: see [`SCRIPT`].
    fn notice(&self) -> Option<notices::Kind> {
        match self {
            Self::Claim => Some(notices::Kind::Started),
            Self::Rescue => Some(notices::Kind::Resumed),
            Self::Trip { .. } => Some(notices::Kind::Paused),
            Self::Complete => Some(notices::Kind::Completed),
            Self::Fail { .. } => Some(notices::Kind::Failed),
            _ => None,
        }
    }

    /// Whether a job that the process has died with may have another attempt without being suspected.
    fn forgives(&self) -> bool {
        matches!(
            self,
            Self::Interrupt | Self::Resume | Self::Trip { .. } | Self::Pause
        )
    }
}

/// What a change writes. One script, since every statement of its own is a walk to SQLite's thread and back, which takes
/// longer than the statement.
///
/// ?1 numbers as a JSON list, ?2 the statuses that it may follow, ?3 now, ?4 event, ?5 what was said, ?6 notice,
/// ?7 status, ?8 day, ?9 whether it forgives, ?10 by whom it is paused, ?11 when it resumes
const SCRIPT: &str = "
INSERT INTO job_events (job_number, at, kind, said)
SELECT number, ?3, ?4, ?5 FROM email_learning_jobs
WHERE number IN (SELECT value FROM json_each(?1)) AND instr(?2, status);

-- A start is news the first time, and a far side that stays down is told once.
INSERT INTO notices (at, kind, job_number, said)
SELECT ?3, CASE WHEN ?6 = 'completed' AND failed_emails > 0 THEN 'completed_with_failures' ELSE ?6 END, number, ?5
FROM email_learning_jobs
WHERE ?6 IS NOT NULL AND number IN (SELECT value FROM json_each(?1)) AND instr(?2, status)
  AND (?6 <> 'started' OR started_at IS NULL) AND (?6 <> 'paused' OR trips = 0);

INSERT INTO figures (day, completed, broken, cancelled)
SELECT ?8, count(*) * (?7 = 'completed'), count(*) * (?7 = 'failed'), count(*) * (?7 = 'cancelled')
FROM email_learning_jobs
WHERE ?7 IN ('completed', 'failed', 'cancelled')
  AND number IN (SELECT value FROM json_each(?1)) AND instr(?2, status)
HAVING count(*) > 0
ON CONFLICT (day) DO UPDATE SET
    completed = completed + excluded.completed, broken = broken + excluded.broken,
    cancelled = cancelled + excluded.cancelled;

UPDATE email_learning_jobs SET
    status = ?7,
    error_message = ?5,
    updated_at = ?3,
    attempts = CASE WHEN ?9 THEN 0 ELSE attempts + (?7 = 'processing') END,
    started_at = CASE WHEN ?7 = 'processing' THEN coalesce(started_at, ?3) ELSE started_at END,
    completed_at = CASE WHEN ?7 IN ('completed', 'failed', 'cancelled') THEN ?3 END,
    paused_by = ?10,
    resume_at = ?11,
    trips = trips + (?10 IS 'trouble'),
    wish = NULL
WHERE number IN (SELECT value FROM json_each(?1)) AND instr(?2, status)
RETURNING number";

/// Why a status did not change.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// Nothing leads from the one to the other.
    #[error("job {number} is {} and cannot become {}", .from.as_str(), .to.as_str())]
    Impossible {
        /// Which job.
        number: i64,
        /// What it is.
        from: Status,
        /// What it was to be.
        to: Status,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Changes a job's status: nothing else does.
///
/// # Errors
/// Where the change is impossible, or there is no such job; then nothing happened.
pub async fn transition(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    change: Change<'_>,
    clock: &Clock,
) -> Result<(), TransitionError> {
    transition_all(tx, &[number], change, clock).await
}

/// Changes the status of several jobs in the same way.
///
/// # Errors
/// Where the change is impossible for one of them, or there is no such job; then the transaction is to be dropped.
pub async fn transition_all(
    tx: &mut Transaction<'_, Sqlite>,
    numbers: &[i64],
    change: Change<'_>,
    clock: &Clock,
) -> Result<(), TransitionError> {
    let list = serde_json::to_string(numbers).unwrap_or_default();
    let (paused_by, resume_at) = match change {
        Change::Pause => (Some("owner"), None),
        Change::Trip { until, .. } => (Some("trouble"), Some(until)),
        _ => (None, None),
    };
    let changed: Vec<i64> = sqlx::query_scalar(SCRIPT)
        .bind(list)
        .bind(change.may_follow())
        .bind(clock.now())
        .bind(change.event().as_str())
        .bind(change.said())
        .bind(change.notice().map(notices::Kind::as_str))
        .bind(change.to().as_str())
        .bind(clock.today().to_string())
        .bind(change.forgives())
        .bind(paused_by)
        .bind(resume_at)
        .fetch_all(&mut **tx)
        .await
        .map_err(DbError::from)?;
    match numbers.iter().find(|number| !changed.contains(number)) {
        None => Ok(()),
        Some(refused) => Err(refusal(tx, *refused, change.to()).await?),
    }
}

async fn refusal(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    to: Status,
) -> Result<TransitionError, DbError> {
    let from = sqlx::query_scalar!(
        "SELECT status FROM email_learning_jobs WHERE number = ?",
        number
    )
    .fetch_one(&mut **tx)
    .await?;
    let from = Status::from(from);
    Ok(TransitionError::Impossible { number, from, to })
}

#[cfg(test)]
mod tests {
    use super::{Change, Status};

    #[test]
    fn nothing_follows_an_end_and_every_change_has_its_beginning() {
        let changes = [
            Change::Claim,
            Change::Interrupt,
            Change::Rescue,
            Change::Pause,
            Change::Trip { said: "", until: 0 },
            Change::Resume,
            Change::Complete,
            Change::Fail { said: "" },
            Change::Cancel { said: None },
        ];
        for change in changes {
            let begins = change.may_follow().split(' ').map(ToOwned::to_owned);
            for begin in begins {
                let status = Status::from(begin.clone());
                assert_eq!(status.as_str(), begin, "{change:?}");
                assert!(!status.is_terminal(), "{change:?}");
            }
        }
    }
}
