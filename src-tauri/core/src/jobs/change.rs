//! The one function that changes a job's status. It refuses what is impossible, and writes down with every change what
//! happened, what the owner should know of it, and the day's figures, in the same transaction.

use sqlx::{Sqlite, Transaction};

use super::event::{self, Kind};
use super::figures::{self, Figures};
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

    /// Whether it may happen to a job that is `from`.
    #[must_use]
    pub fn may_follow(&self, from: Status) -> bool {
        use Status::{Paused, Processing, Queued};
        match self {
            Self::Claim => from == Queued,
            Self::Interrupt
            | Self::Rescue
            | Self::Trip { .. }
            | Self::Complete
            | Self::Fail { .. } => from == Processing,
            Self::Resume => from == Paused,
            Self::Pause | Self::Cancel { .. } => matches!(from, Queued | Processing | Paused),
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

    /// What the owner should know of it. A far side that stays down is told once; that it is back is told when the
    /// first batch went through.
    fn notice(&self, before: &Before) -> Option<notices::Kind> {
        match self {
            Self::Claim if before.started_at.is_none() => Some(notices::Kind::Started),
            Self::Rescue => Some(notices::Kind::Resumed),
            Self::Trip { .. } if before.trips == 0 => Some(notices::Kind::Paused),
            Self::Complete if before.failed > 0 => Some(notices::Kind::CompletedWithFailures),
            Self::Complete => Some(notices::Kind::Completed),
            Self::Fail { .. } => Some(notices::Kind::Failed),
            _ => None,
        }
    }

    fn figures(&self) -> Option<Figures> {
        let none = Figures::default();
        match self {
            Self::Complete => Some(Figures {
                completed: 1,
                ..none
            }),
            Self::Fail { .. } => Some(Figures { broken: 1, ..none }),
            Self::Cancel { .. } => Some(Figures {
                cancelled: 1,
                ..none
            }),
            _ => None,
        }
    }
}

/// What a change has to know of the job.
struct Before {
    status: String,
    started_at: Option<Millis>,
    trips: i64,
    failed: i64,
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
    let before = sqlx::query_as!(
        Before,
        "SELECT status, started_at, trips, failed_emails AS failed FROM email_learning_jobs WHERE number = ?",
        number
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(DbError::from)?;
    let (from, to) = (Status::from(before.status.clone()), change.to());
    if !change.may_follow(from) {
        return Err(TransitionError::Impossible { number, from, to });
    }
    write(tx, number, change, clock.now()).await?;
    event::add(tx, number, change.event(), change.said(), clock.now()).await?;
    if let Some(kind) = change.notice(&before) {
        notices::add(tx, kind, number, change.said(), clock.now()).await?;
    }
    if let Some(figures) = change.figures() {
        figures::add(tx, clock.today(), &figures).await?;
    }
    Ok(())
}

async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    change: Change<'_>,
    now: Millis,
) -> Result<(), DbError> {
    let (status, said) = (change.to().as_str(), change.said());
    let (begins, ends) = (change == Change::Claim, change.to().is_terminal());
    let forgives = matches!(
        change,
        Change::Interrupt | Change::Resume | Change::Trip { .. } | Change::Pause
    );
    let (paused_by, resume_at, trips) = match change {
        Change::Pause => (Some("owner"), None, 0),
        Change::Trip { until, .. } => (Some("trouble"), Some(until), 1),
        _ => (None, None, 0),
    };
    sqlx::query!(
        r#"UPDATE email_learning_jobs SET
               status = ?1,
               error_message = ?2,
               updated_at = ?3,
               attempts = CASE WHEN ?4 THEN 0 ELSE attempts + ?5 END,
               started_at = CASE WHEN ?5 THEN coalesce(started_at, ?3) ELSE started_at END,
               completed_at = CASE WHEN ?6 THEN ?3 END,
               paused_by = ?7,
               resume_at = ?8,
               trips = trips + ?9,
               wish = NULL
           WHERE number = ?10"#,
        status,
        said,
        now,
        forgives,
        begins,
        ends,
        paused_by,
        resume_at,
        trips,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Change;
    use super::Status::{Cancelled, Completed, Failed, Paused, Processing, Queued};

    #[test]
    fn nothing_follows_an_end() {
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
            assert!(
                [Completed, Failed, Cancelled]
                    .iter()
                    .all(|end| !change.may_follow(*end)),
                "{change:?}"
            );
            assert!(
                [Queued, Processing, Paused]
                    .iter()
                    .any(|from| change.may_follow(*from)),
                "{change:?}"
            );
        }
    }
}
