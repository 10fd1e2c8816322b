//! A job, its options, and the one function that changes its status.

use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use crate::clock::Millis;
use crate::db::DbError;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Waits for its turn.
    Queued,
    /// Runs, or its process died while it ran.
    Processing,
    /// Was paused, and waits to be resumed.
    Paused,
    /// Has looked at every mail.
    Completed,
    /// Was stopped by an error that does not go away by itself.
    Failed,
    /// Was stopped by the owner.
    Cancelled,
}

impl Status {
    /// As the database keeps it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing follows.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Whether a job may go from here to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use Status::{Cancelled, Completed, Failed, Paused, Processing, Queued};
        matches!(
            (self, next),
            (Queued, Processing | Paused | Cancelled | Failed)
                | (Processing, Queued | Paused | Completed | Failed | Cancelled)
                | (Paused, Queued | Cancelled)
        )
    }
}

impl From<String> for Status {
    /// From the database, whose schema admits no other words.
    fn from(text: String) -> Self {
        match text.as_str() {
            "queued" => Self::Queued,
            "processing" => Self::Processing,
            "paused" => Self::Paused,
            "completed" => Self::Completed,
            "cancelled" => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

/// Which mails come first, and which are kept where there are more than wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// From today backwards.
    #[default]
    Newest,
    /// From the first mail on.
    Oldest,
}

/// Whose mails are learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Only the owner's.
    Sent,
    /// Only the others'.
    Received,
    /// All.
    #[default]
    Both,
}

/// What a job is to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// At most so many mails.
    pub most: u32,
    /// Not older than so many days; all where absent.
    pub days: Option<u32>,
    /// Which first.
    pub order: Order,
    /// Whose.
    pub kind: Direction,
    /// Not from these addresses or domains.
    pub exclude: Vec<String>,
    /// Mails a batch; as many as fit 50 ms where absent.
    pub batch: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            most: 10_000,
            days: None,
            order: Order::default(),
            kind: Direction::default(),
            exclude: Vec::new(),
            batch: None,
        }
    }
}

/// Counts of a job: processed = successful + failed, and total = processed + skipped + remaining.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Mails that the job looks at.
    pub total: i64,
    /// Mails that it learned.
    pub successful: i64,
    /// Mails that it could not learn.
    pub failed: i64,
    /// Mails that were learned before.
    pub skipped: i64,
}

impl Counts {
    /// Mails that the job is done with, but for those that it skipped.
    #[must_use]
    pub fn processed(&self) -> i64 {
        self.successful + self.failed
    }

    /// Mails that are still to do.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.total - self.processed() - self.skipped
    }
}

/// One run over one account.
#[derive(Clone, Debug)]
pub struct Job {
    /// Runs upwards from 1 in a data folder.
    pub number: i64,
    /// A UUID, version 7.
    pub id: String,
    /// The account.
    pub account_id: i64,
    /// Its name.
    pub account: String,
    /// Where it stands.
    pub status: Status,
    /// What it looks at.
    pub options: Options,
    /// How far it is.
    pub counts: Counts,
    /// Milliseconds that it worked, over all its attempts.
    pub worked_ms: i64,
    /// How often a process began to work on it since its last commit.
    pub attempts: i64,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When it was asked for.
    pub created_at: Millis,
    /// When it first began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub completed_at: Option<Millis>,
}

/// Why a status did not change.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// Nothing leads from the one to the other.
    #[error("a job that is {} cannot become {}", .from.as_str(), .to.as_str())]
    Impossible {
        /// What it is.
        from: Status,
        /// What it was to be.
        to: Status,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Changes a job's status: nothing else does. A failed job says why in `reason`.
///
/// # Errors
/// Where the change is impossible; then nothing happened.
pub async fn transition(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    to: Status,
    reason: Option<&str>,
    now: Millis,
) -> Result<(), TransitionError> {
    let from = sqlx::query_scalar!(
        "SELECT status FROM email_learning_jobs WHERE number = ?",
        number
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(DbError::from)?;
    let from = Status::from(from);
    if !from.may_become(to) {
        return Err(TransitionError::Impossible { from, to });
    }
    let (status, begins, ends) = (to.as_str(), to == Status::Processing, to.is_terminal());
    sqlx::query!(
        r#"UPDATE email_learning_jobs SET
               status = ?1,
               error_message = ?2,
               updated_at = ?3,
               attempts = attempts + ?4,
               started_at = CASE WHEN ?4 THEN coalesce(started_at, ?3) ELSE started_at END,
               completed_at = CASE WHEN ?5 THEN ?3 END
           WHERE number = ?6"#,
        status,
        reason,
        now,
        begins,
        ends,
        number
    )
    .execute(&mut **tx)
    .await
    .map_err(DbError::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Status::{self, Cancelled, Completed, Failed, Paused, Processing, Queued};

    #[test]
    fn nothing_follows_an_end() {
        let all = [Queued, Processing, Paused, Completed, Failed, Cancelled];
        for from in all.into_iter().filter(|status| status.is_terminal()) {
            assert!(all.iter().all(|to| !from.may_become(*to)), "{from:?}");
        }
    }

    #[test]
    fn every_status_survives_the_database() {
        for status in [Queued, Processing, Paused, Completed, Failed, Cancelled] {
            assert_eq!(Status::from(status.as_str().to_owned()), status);
        }
    }
}
