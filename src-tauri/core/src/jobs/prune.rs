//! Forgets jobs that ended long ago, with their reports, events and notices. What they learned stays, and so do the
//! figures by day.

use sqlx::{Sqlite, Transaction};

use crate::clock::{Clock, DAY, Millis};
use crate::db::{Db, DbError};
use crate::settings::JobSettings;

/// So many are forgotten in one transaction, so that nobody waits long for theirs.
const AT_ONCE: i64 = 500;

/// Forgets the ended jobs that are older, or more, than the settings keep; answers with how many.
///
/// # Errors
/// Where the database fails; what was forgotten before stays so.
pub async fn prune(db: &Db, settings: &JobSettings, clock: &Clock) -> Result<u64, DbError> {
    let oldest = clock.now() - Millis::from(settings.keep_days) * DAY;
    let kept = i64::from(settings.keep_jobs);
    let mut all = 0;
    loop {
        let mut tx = db.write_lightly().await?;
        let forgotten = forget(&mut tx, oldest, kept).await?;
        tx.commit().await?;
        all += forgotten;
        if forgotten < AT_ONCE.unsigned_abs() {
            return Ok(all);
        }
    }
}

/// A job whose failed mails another is still trying again is kept: they are named only there.
async fn forget(
    tx: &mut Transaction<'_, Sqlite>,
    oldest: Millis,
    kept: i64,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        r#"DELETE FROM email_learning_jobs WHERE number IN (
               SELECT number FROM email_learning_jobs AS ended
               WHERE completed_at IS NOT NULL
                 AND (completed_at < ?1
                      OR (completed_at, number) < (SELECT completed_at, number FROM email_learning_jobs
                                                   WHERE completed_at IS NOT NULL
                                                   ORDER BY completed_at DESC, number DESC LIMIT 1 OFFSET ?2 - 1)
                      OR ?2 = 0)
                 AND NOT EXISTS (SELECT 1 FROM email_learning_jobs AS retry
                                 WHERE retry.retry_of = ended.number AND retry.completed_at IS NULL)
               ORDER BY completed_at LIMIT ?3)"#,
        oldest,
        kept,
        AT_ONCE
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
