//! Notices: what the owner should know. Each is stored once, with the job that it speaks of, and is unread until it is
//! read; who shows them only reads from here. No text for the owner stands in them but what trouble itself said.

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::clock::Millis;
use crate::db::DbError;

/// What there is to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A job began.
    Started,
    /// A job has looked at every mail.
    Completed,
    /// It has, and could not learn some of them.
    CompletedWithFailures,
    /// An error stopped a job.
    Failed,
    /// Trouble paused a job; it goes on by itself.
    Paused,
    /// A job goes on after trouble.
    Resumed,
}

impl Kind {
    /// As the database keeps it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Completed => "completed",
            Self::CompletedWithFailures => "completed_with_failures",
            Self::Failed => "failed",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
        }
    }
}

impl From<String> for Kind {
    /// From the database, whose schema admits no other words.
    fn from(text: String) -> Self {
        match text.as_str() {
            "started" => Self::Started,
            "completed" => Self::Completed,
            "completed_with_failures" => Self::CompletedWithFailures,
            "paused" => Self::Paused,
            "resumed" => Self::Resumed,
            _ => Self::Failed,
        }
    }
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Grows.
    pub id: i64,
    /// When it was made.
    pub at: Millis,
    /// What there is to know.
    pub kind: Kind,
    /// The number of the job that it speaks of.
    pub job: i64,
    /// What trouble said.
    pub said: Option<String>,
    /// When it was read; `None`: it was not.
    pub read_at: Option<Millis>,
}

/// Stores a notice.
pub(crate) async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    kind: Kind,
    job: i64,
    said: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    let kind = kind.as_str();
    sqlx::query!(
        "INSERT INTO notices (at, kind, job_number, said) VALUES (?, ?, ?, ?)",
        now,
        kind,
        job,
        said
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The last `limit` notices, the newest first.
///
/// # Errors
/// Where the database fails.
pub async fn latest(pool: &SqlitePool, limit: i64) -> Result<Vec<Notice>, DbError> {
    let rows = sqlx::query!(
        "SELECT id, at, kind, job_number, said, read_at FROM notices ORDER BY id DESC LIMIT ?",
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Notice {
            id: row.id,
            at: row.at,
            kind: row.kind.into(),
            job: row.job_number,
            said: row.said,
            read_at: row.read_at,
        })
        .collect())
}

/// How many are unread.
///
/// # Errors
/// Where the database fails.
pub async fn unread(pool: &SqlitePool) -> Result<i64, DbError> {
    Ok(
        sqlx::query_scalar!("SELECT count(*) FROM notices WHERE read_at IS NULL")
            .fetch_one(pool)
            .await?,
    )
}

/// Marks every notice up to and with `last` as read.
///
/// # Errors
/// Where the database fails.
pub async fn mark_read(
    tx: &mut Transaction<'_, Sqlite>,
    last: i64,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE notices SET read_at = ? WHERE read_at IS NULL AND id <= ?",
        now,
        last
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
