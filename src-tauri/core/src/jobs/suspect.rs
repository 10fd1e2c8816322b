//! Mails that may have stopped the process. After a death a job goes on carefully, one mail at a time, and each is noted
//! before it is studied; the one that is in flight at two deaths is set aside.

use std::collections::HashSet;

use sqlx::{Sqlite, Transaction};

use crate::db::{Db, DbError};
use crate::mail::key::Key;

/// So many deaths with one mail in flight are no chance any more.
const DEADLY: i64 = 2;

/// Notes that this mail of the job is in flight now, and no other.
///
/// # Errors
/// Where the database fails.
pub async fn note(db: &Db, job: i64, key: Key) -> Result<(), DbError> {
    let key = key.as_bytes().as_slice();
    // Killing the process does not undo what SQLite has handed to the system; a power cut may, and is no mail's fault.
    let mut tx = db.write_lightly().await?;
    land(&mut tx, job).await?;
    sqlx::query!(
        r#"INSERT INTO job_suspects (job_number, message_key, in_flight) VALUES (?, ?, 1)
           ON CONFLICT (job_number, message_key) DO UPDATE SET in_flight = 1"#,
        job,
        key
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that no mail of the job is in flight.
///
/// # Errors
/// Where the database fails.
pub async fn landed(db: &Db, job: i64) -> Result<(), DbError> {
    let mut tx = db.write_lightly().await?;
    land(&mut tx, job).await?;
    tx.commit().await?;
    Ok(())
}

async fn land(tx: &mut Transaction<'_, Sqlite>, job: i64) -> Result<(), DbError> {
    sqlx::query!(
        "DELETE FROM job_suspects WHERE job_number = ? AND in_flight = 1 AND deaths = 0",
        job
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE job_suspects SET in_flight = 0 WHERE job_number = ? AND in_flight = 1",
        job
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts a death of the process against the mail that was in flight.
pub(super) async fn count_death(tx: &mut Transaction<'_, Sqlite>, job: i64) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE job_suspects SET deaths = deaths + 1, in_flight = 0 WHERE job_number = ? AND in_flight = 1",
        job
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The job's mails that are to be set aside, and were not yet.
///
/// # Errors
/// Where the database fails.
pub async fn deadly(
    executor: impl sqlx::Executor<'_, Database = Sqlite>,
    job: i64,
) -> Result<HashSet<Key>, DbError> {
    let keys = sqlx::query_scalar!(
        r#"SELECT message_key FROM job_suspects AS suspect WHERE job_number = ? AND deaths >= ?
           AND NOT EXISTS (SELECT 1 FROM mail_failures AS failure
                           WHERE failure.job_number = suspect.job_number
                             AND failure.message_key = suspect.message_key)"#,
        job,
        DEADLY
    )
    .fetch_all(executor)
    .await?;
    Ok(keys.iter().filter_map(|key| Key::from_bytes(key)).collect())
}
