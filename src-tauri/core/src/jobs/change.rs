//! The one function that changes a job's status. It refuses what is impossible, and writes down with every change what
//! happened, what the owner should know of it, and the day's figures, in the same statement: `job_changes` in the schema
//! says how.

use sqlx::SqliteConnection;

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

    /// What the owner should know of it, where it is news.
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

/// SQLite's code for what a trigger refuses, SQLITE_CONSTRAINT_TRIGGER.
const REFUSED: &str = "1811";

/// Changes a job's status: nothing else does.
///
/// # Errors
/// Where the change is impossible, or there is no such job; then nothing happened.
pub async fn transition(
    connection: &mut SqliteConnection,
    number: i64,
    change: Change<'_>,
    clock: &Clock,
) -> Result<(), TransitionError> {
    transition_all(connection, &[number], change, clock).await
}

/// Changes the status of several jobs in the same way.
///
/// # Errors
/// Where the change is impossible for one of them, or there is no such job; then nothing happened.
pub async fn transition_all(
    connection: &mut SqliteConnection,
    numbers: &[i64],
    change: Change<'_>,
    clock: &Clock,
) -> Result<(), TransitionError> {
    let list = serde_json::to_string(numbers).unwrap_or_default();
    let (may_follow, to, event) = (
        change.may_follow(),
        change.to().as_str(),
        change.event().as_str(),
    );
    let notice = change.notice().map(notices::Kind::as_str);
    let (now, day) = (clock.now(), clock.today().to_string());
    let ended_at = change.to().is_terminal().then_some(now);
    let (said, forgives) = (change.said(), change.forgives());
    let (paused_by, resume_at) = match change {
        Change::Pause => (Some("owner"), None),
        Change::Trip { until, .. } => (Some("trouble"), Some(until)),
        _ => (None, None),
    };
    let changed = sqlx::query!(
        r#"INSERT INTO job_changes
               (number, may_follow, at, status, event, said, notice, ended_at, day, forgives, paused_by, resume_at)
           SELECT value, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM json_each(?1)"#,
        list,
        may_follow,
        now,
        to,
        event,
        said,
        notice,
        ended_at,
        day,
        forgives,
        paused_by,
        resume_at
    )
    .execute(&mut *connection)
    .await;
    match changed {
        Ok(_) => Ok(()),
        Err(error) if is_refusal(&error) => Err(refusal(connection, &list, &change).await?),
        Err(error) => Err(DbError::from(error).into()),
    }
}

fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.as_deref() == Some(REFUSED)
}

/// Which of the jobs refused.
async fn refusal(
    connection: &mut SqliteConnection,
    numbers: &str,
    change: &Change<'_>,
) -> Result<TransitionError, DbError> {
    let may_follow = change.may_follow();
    let refused = sqlx::query!(
        r#"SELECT number, status FROM json_each(?1) JOIN email_learning_jobs ON number = value
           ORDER BY instr(?2, status) > 0 LIMIT 1"#,
        numbers,
        may_follow
    )
    .fetch_one(connection)
    .await?;
    Ok(TransitionError::Impossible {
        number: refused.number,
        from: refused.status.into(),
        to: change.to(),
    })
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
