//! The jobs in the database: asked for, claimed in their turn, counted, listed.

use sqlx::{Sqlite, SqlitePool, Transaction};
use uuid::Uuid;

use super::event;
use super::job::{Counts, Job, Options, Pause, Priority};
use crate::clock::{Clock, Millis};
use crate::db::DbError;

/// A job as its row is.
struct Row {
    number: i64,
    id: String,
    account_id: i64,
    account: String,
    status: String,
    priority: i64,
    options: String,
    total: i64,
    successful: i64,
    failed: i64,
    skipped: i64,
    worked_ms: i64,
    attempts: i64,
    error_message: Option<String>,
    paused_by: Option<String>,
    resume_at: Option<i64>,
    retry_of: Option<i64>,
    trips: i64,
    retries: i64,
    tokens: i64,
    cost_micros: i64,
    results: Option<String>,
    created_at: i64,
    updated_at: i64,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    scheduled_for: Option<i64>,
}

impl From<Row> for Job {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            id: row.id,
            account_id: row.account_id,
            account: row.account,
            status: row.status.into(),
            priority: row.priority.into(),
            pause: match (row.paused_by.as_deref(), row.resume_at) {
                (Some("owner"), _) => Some(Pause::Owner),
                (Some(_), until) => Some(Pause::Trouble {
                    until: until.unwrap_or_default(),
                }),
                (None, _) => None,
            },
            retry_of: row.retry_of,
            options: serde_json::from_str(&row.options).unwrap_or_default(),
            counts: Counts {
                total: row.total,
                successful: row.successful,
                failed: row.failed,
                skipped: row.skipped,
            },
            worked_ms: row.worked_ms,
            attempts: row.attempts,
            trips: row.trips,
            retries: row.retries,
            tokens: row.tokens,
            cost_micros: row.cost_micros,
            results: row.results,
            error_message: row.error_message,
            created_at: row.created_at,
            updated_at: row.updated_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            scheduled_for: row.scheduled_for,
        }
    }
}

/// A job that is asked for.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Whose mail it looks at.
    pub account: i64,
    /// Which of it.
    pub options: &'a Options,
    /// How urgent it is.
    pub priority: Priority,
    /// The job whose failed mails it tries again.
    pub retry_of: Option<i64>,
    /// When a schedule wanted it.
    pub scheduled_for: Option<Millis>,
}

/// Puts a new job into the queue, and answers with its number.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    new: &NewJob<'_>,
    clock: &Clock,
) -> Result<i64, DbError> {
    let now = clock.now();
    let id = Uuid::now_v7().to_string();
    let options = serde_json::to_string(new.options).unwrap_or_default();
    let (priority, turn) = (new.priority.level(), new.priority.turn(now));
    let number = sqlx::query_scalar!(
        r#"INSERT INTO email_learning_jobs
               (id, account_id, status, priority, turn, options, retry_of, scheduled_for, created_at, updated_at)
           VALUES (?1, ?2, 'queued', ?3, ?4, ?5, ?6, ?7, ?8, ?8) RETURNING number AS "number!""#,
        id,
        new.account,
        priority,
        turn,
        options,
        new.retry_of,
        new.scheduled_for,
        now
    )
    .fetch_one(&mut **tx)
    .await?;
    event::add(tx, number, event::Kind::Queued, None, now).await?;
    Ok(number)
}

/// Who may be claimed.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Only this one; any where absent.
    pub only: Option<i64>,
    /// None of these accounts: something of theirs still runs.
    pub busy: Vec<i64>,
}

/// The jobs whose turn it is, `limit` at most, each of another account that has none running. Only who has the hold may
/// claim them, so that no account becomes busy before that.
///
/// # Errors
/// Where the database fails.
pub async fn next(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
    turn: &Turn,
    limit: usize,
) -> Result<Vec<i64>, DbError> {
    match turn.only {
        Some(number) => only(executor, number, &turn.busy).await,
        None => soonest(executor, &turn.busy, limit).await,
    }
}

async fn only(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
    number: i64,
    busy: &[i64],
) -> Result<Vec<i64>, DbError> {
    let busy = serde_json::to_string(busy).unwrap_or_default();
    Ok(sqlx::query_scalar!(
        r#"SELECT number FROM email_learning_jobs AS waiting
           WHERE number = ?1 AND status = 'queued'
             AND account_id NOT IN (SELECT value FROM json_each(?2))
             AND NOT EXISTS (SELECT 1 FROM email_learning_jobs AS busy
                             WHERE busy.status = 'processing' AND busy.account_id = waiting.account_id)"#,
        number,
        busy
    )
    .fetch_all(executor)
    .await?)
}

/// A bare `LIMIT ?` would be compiled anew at every call, for its value, and for a small one into a plan that sorts all
/// that waits.
async fn soonest(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
    busy: &[i64],
    limit: usize,
) -> Result<Vec<i64>, DbError> {
    let busy = serde_json::to_string(busy).unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(sqlx::query_scalar!(
        r#"SELECT number AS "number!" FROM email_learning_jobs AS waiting
           WHERE status = 'queued'
             AND account_id NOT IN (SELECT value FROM json_each(?1))
             AND NOT EXISTS (SELECT 1 FROM email_learning_jobs AS busy
                             WHERE busy.status = 'processing' AND busy.account_id = waiting.account_id)
             AND NOT EXISTS (SELECT 1 FROM email_learning_jobs AS sooner
                             WHERE sooner.status = 'queued' AND sooner.account_id = waiting.account_id
                               AND (sooner.turn, sooner.number) < (waiting.turn, waiting.number))
           ORDER BY turn, number LIMIT 0 + ?2"#,
        busy,
        limit
    )
    .fetch_all(executor)
    .await?)
}

/// The jobs that have no end yet, the oldest first.
///
/// # Errors
/// Where the database fails.
pub async fn unfinished(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
) -> Result<Vec<Job>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT * FROM job_rows WHERE completed_at IS NULL ORDER BY number"
    )
    .fetch_all(executor)
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

/// The job with that number, if there is one.
///
/// # Errors
/// Where the database fails.
pub async fn find(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
    number: i64,
) -> Result<Option<Job>, DbError> {
    let row = sqlx::query_as!(Row, "SELECT * FROM job_rows WHERE number = ?", number)
        .fetch_optional(executor)
        .await?;
    Ok(row.map(Job::from))
}

/// The job with that number.
///
/// # Errors
/// Where there is none, or the database fails.
pub async fn get(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
    number: i64,
) -> Result<Job, DbError> {
    find(executor, number)
        .await?
        .ok_or(DbError::Sqlite(sqlx::Error::RowNotFound))
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
///
/// # Errors
/// Where the database fails.
pub async fn set_scope(
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

/// What a batch did to its job.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Mails that it learned.
    pub successful: i64,
    /// Mails that it could not learn.
    pub failed: i64,
    /// Over all the job's attempts.
    pub worked_ms: Millis,
}

/// Adds what a batch did, and answers with the milliseconds that were worked before it. A job that comes on has not
/// stopped its process for good, and its far side is back: attempts and trips are counted anew.
///
/// # Errors
/// Where the database fails.
pub async fn count(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
    done: &Done,
    now: Millis,
) -> Result<Millis, DbError> {
    let before = sqlx::query_scalar!(
        "SELECT worked_ms FROM email_learning_jobs WHERE number = ?",
        number
    )
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query!(
        r#"UPDATE email_learning_jobs SET
               processed_emails = processed_emails + ?1 + ?2,
               successful_emails = successful_emails + ?1,
               failed_emails = failed_emails + ?2,
               worked_ms = ?3,
               attempts = 1,
               trips = 0,
               updated_at = ?4
           WHERE number = ?5"#,
        done.successful,
        done.failed,
        done.worked_ms,
        now,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(before)
}

/// Counts that a batch is tried again.
pub(super) async fn count_retry(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE email_learning_jobs SET retries = retries + 1 WHERE number = ?",
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
