//! A report for every mail that failed: which mail, what kind of trouble, what was said.

use std::collections::HashSet;

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::db::{DbError, hex};
use crate::learn::learner::{Failure, FailureKind};
use crate::mail::key::Key;

/// One report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where the mail lies, in words.
    pub place: String,
    /// Which kind of trouble.
    pub kind: FailureKind,
    /// What was said.
    pub said: String,
}

/// Keeps the reports of a batch.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut Transaction<'_, Sqlite>,
    job: i64,
    failures: &[(Key, String, &Failure)],
) -> Result<(), DbError> {
    if failures.is_empty() {
        return Ok(());
    }
    let rows: Vec<(String, &str, &str, &str)> = failures
        .iter()
        .map(|(key, place, failure)| {
            (
                hex(key.as_bytes()),
                place.as_str(),
                failure.kind.as_str(),
                failure.said.as_str(),
            )
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    sqlx::query!(
        r#"INSERT INTO mail_failures (job_number, message_key, place, kind, said)
           SELECT ?, unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
           ON CONFLICT DO NOTHING"#,
        job,
        rows
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The keys of a job's failed mails.
pub(super) async fn keys(pool: &SqlitePool, job: i64) -> Result<HashSet<Key>, DbError> {
    let keys = sqlx::query_scalar!(
        "SELECT message_key FROM mail_failures WHERE job_number = ?",
        job
    )
    .fetch_all(pool)
    .await?;
    Ok(keys.iter().filter_map(|key| Key::from_bytes(key)).collect())
}

/// A job's reports by place, `limit` of them.
///
/// # Errors
/// Where the database fails.
pub async fn reports(pool: &SqlitePool, job: i64, limit: i64) -> Result<Vec<Report>, DbError> {
    let rows = sqlx::query!(
        "SELECT place, kind, said FROM mail_failures WHERE job_number = ? ORDER BY place LIMIT ?",
        job,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Report {
            place: row.place,
            kind: row.kind.into(),
            said: row.said,
        })
        .collect())
}

/// How many mails of a job failed in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which way.
    pub kind: FailureKind,
    /// How many.
    pub mails: i64,
}

/// A job's failures by kind, the most frequent first.
///
/// # Errors
/// Where the database fails.
pub async fn groups(pool: &SqlitePool, job: i64) -> Result<Vec<Group>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT kind, count(*) AS "mails!: i64" FROM mail_failures WHERE job_number = ?
           GROUP BY kind ORDER BY count(*) DESC, kind"#,
        job
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Group {
            kind: row.kind.into(),
            mails: row.mails,
        })
        .collect())
}
