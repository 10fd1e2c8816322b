//! The jobs in the database: made, found, listed.

use sqlx::{Sqlite, SqlitePool, Transaction};
use uuid::Uuid;

use super::job::{Counts, Job, Options};
use crate::clock::Millis;
use crate::db::DbError;

/// A job as its row is.
struct Row {
    number: i64,
    id: String,
    account_id: i64,
    account: String,
    status: String,
    options: String,
    total: i64,
    successful: i64,
    failed: i64,
    skipped: i64,
    worked_ms: i64,
    attempts: i64,
    error_message: Option<String>,
    created_at: i64,
    started_at: Option<i64>,
    completed_at: Option<i64>,
}

impl From<Row> for Job {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            id: row.id,
            account_id: row.account_id,
            account: row.account,
            status: row.status.into(),
            options: serde_json::from_str(&row.options).unwrap_or_default(),
            counts: Counts {
                total: row.total,
                successful: row.successful,
                failed: row.failed,
                skipped: row.skipped,
            },
            worked_ms: row.worked_ms,
            attempts: row.attempts,
            error_message: row.error_message,
            created_at: row.created_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
        }
    }
}

/// Puts a new job into the queue.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    options: &Options,
    now: Millis,
) -> Result<i64, DbError> {
    let id = Uuid::now_v7().to_string();
    let options = serde_json::to_string(options).unwrap_or_default();
    let number = sqlx::query_scalar!(
        r#"INSERT INTO email_learning_jobs (id, account_id, status, options, created_at, updated_at)
           VALUES (?1, ?2, 'queued', ?3, ?4, ?4) RETURNING number AS "number!""#,
        id,
        account,
        options,
        now
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(number)
}

/// The jobs that have no end yet, the oldest first.
///
/// # Errors
/// Where the database fails.
pub async fn unfinished(tx: &mut Transaction<'_, Sqlite>) -> Result<Vec<Job>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT * FROM job_rows WHERE status IN ('queued', 'processing', 'paused') ORDER BY number"
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Job::from).collect())
}

/// The last `limit` jobs, the newest first.
///
/// # Errors
/// Where the database fails.
pub async fn latest(pool: &SqlitePool, limit: i64) -> Result<Vec<Job>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT * FROM job_rows ORDER BY number DESC LIMIT ?",
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Job::from).collect())
}

/// The job with that number.
///
/// # Errors
/// Where there is none, or the database fails.
pub async fn get(pool: &SqlitePool, number: i64) -> Result<Job, DbError> {
    let row = sqlx::query_as!(Row, "SELECT * FROM job_rows WHERE number = ?", number)
        .fetch_one(pool)
        .await?;
    Ok(row.into())
}

/// The number of the job with that id.
///
/// # Errors
/// Where the database fails.
pub async fn number_of(pool: &SqlitePool, id: &str) -> Result<Option<i64>, DbError> {
    Ok(
        sqlx::query_scalar!("SELECT number FROM email_learning_jobs WHERE id = ?", id)
            .fetch_optional(pool)
            .await?,
    )
}

/// Sets how many mails a job looks at, and how many of them it skips, once it has looked through the mailbox.
pub(super) async fn set_scope(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    total: i64,
    skipped: i64,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query!(
        r#"UPDATE email_learning_jobs SET total_emails = ?, skipped_emails = ?, updated_at = ?
           WHERE number = ?"#,
        total,
        skipped,
        now,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds what a batch did. A job that comes on has not stopped its process for good: its attempts are counted anew.
pub(super) async fn count(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    successful: i64,
    failed: i64,
    worked_ms: i64,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query!(
        r#"UPDATE email_learning_jobs SET
               processed_emails = processed_emails + ?1 + ?2,
               successful_emails = successful_emails + ?1,
               failed_emails = failed_emails + ?2,
               worked_ms = ?3,
               attempts = 1,
               updated_at = ?4
           WHERE number = ?5"#,
        successful,
        failed,
        worked_ms,
        now,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what a job came to, as JSON, and how long it worked.
pub(super) async fn set_results(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    results: &str,
    worked_ms: i64,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE email_learning_jobs SET results = ?, worked_ms = ? WHERE number = ?",
        results,
        worked_ms,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
