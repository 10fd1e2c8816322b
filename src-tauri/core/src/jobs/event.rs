//! What happened to a job, in order: kept with it, and pruned with it.

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::clock::Millis;
use crate::db::DbError;

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Was asked for.
    Queued,
    /// A process began to work on it.
    Started,
    /// Was let go on.
    Resumed,
    /// Its process had died, and it was taken up.
    Rescued,
    /// A batch is tried again.
    Retried,
    /// The far side asks for patience.
    Throttled,
    /// A mail that stopped the process was set aside.
    SetAside,
    /// The owner paused it.
    Paused,
    /// Trouble paused it.
    Tripped,
    /// Its process ended in order before it.
    Interrupted,
    /// Looked at every mail.
    Completed,
    /// Was stopped by an error.
    Failed,
    /// Was stopped by the owner.
    Cancelled,
}

impl Kind {
    /// As the database keeps it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Started => "started",
            Self::Resumed => "resumed",
            Self::Rescued => "rescued",
            Self::Retried => "retried",
            Self::Throttled => "throttled",
            Self::SetAside => "set_aside",
            Self::Paused => "paused",
            Self::Tripped => "tripped",
            Self::Interrupted => "interrupted",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One event. Its kind is a word of [`Kind`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: Millis,
    /// What happened.
    pub kind: String,
    /// Why.
    pub said: Option<String>,
}

/// Writes down an event.
pub(super) async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    job: i64,
    kind: Kind,
    said: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    let kind = kind.as_str();
    sqlx::query!(
        "INSERT INTO job_events (job_number, at, kind, said) VALUES (?, ?, ?, ?)",
        job,
        now,
        kind,
        said
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The last `limit` events of a job, the oldest of them first.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &SqlitePool, job: i64, limit: i64) -> Result<Vec<Event>, DbError> {
    let mut events = sqlx::query_as!(
        Event,
        "SELECT at, kind, said FROM job_events WHERE job_number = ? ORDER BY id DESC LIMIT ?",
        job,
        limit
    )
    .fetch_all(pool)
    .await?;
    events.reverse();
    Ok(events)
}
