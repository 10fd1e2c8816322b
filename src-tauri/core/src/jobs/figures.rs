//! Figures by day, in the owner's time zone. They stay when the jobs behind them are pruned.

use chrono::NaiveDate;
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::clock::Millis;
use crate::db::DbError;

/// What was done in a day, or is added to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Mails learned.
    pub learned: i64,
    /// Mails that failed.
    pub failed: i64,
    /// Mails that were known already.
    pub skipped: i64,
    /// Milliseconds of work.
    pub worked_ms: Millis,
    /// Batches that were tried again.
    pub retries: i64,
    /// Jobs that looked at every mail.
    pub completed: i64,
    /// Jobs that were stopped by an error.
    pub broken: i64,
    /// Jobs that the owner stopped.
    pub cancelled: i64,
    /// Tokens that an endpoint counted.
    pub tokens: i64,
    /// What they cost, in millionths of the endpoint's currency.
    pub cost_micros: i64,
}

impl Figures {
    /// Jobs that ended.
    #[must_use]
    pub fn jobs(&self) -> i64 {
        self.completed + self.broken + self.cancelled
    }

    /// The share of the ended jobs that looked at every mail; `None` where none ended.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        (self.jobs() > 0).then(|| self.completed as f64 / self.jobs() as f64)
    }

    /// Mails a second of work; `None` where nothing was worked.
    #[must_use]
    pub fn mails_per_second(&self) -> Option<f64> {
        let mails = (self.learned + self.failed) as f64;
        (self.worked_ms > 0).then(|| mails * 1000.0 / self.worked_ms as f64)
    }
}

/// Adds to a day.
pub(super) async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    day: NaiveDate,
    more: &Figures,
) -> Result<(), DbError> {
    let day = day.to_string();
    sqlx::query!(
        r#"INSERT INTO figures
               (day, learned, failed, skipped, worked_ms, retries, completed, broken, cancelled, tokens, cost_micros)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (day) DO UPDATE SET
               learned = learned + excluded.learned,
               failed = failed + excluded.failed,
               skipped = skipped + excluded.skipped,
               worked_ms = worked_ms + excluded.worked_ms,
               retries = retries + excluded.retries,
               completed = completed + excluded.completed,
               broken = broken + excluded.broken,
               cancelled = cancelled + excluded.cancelled,
               tokens = tokens + excluded.tokens,
               cost_micros = cost_micros + excluded.cost_micros"#,
        day,
        more.learned,
        more.failed,
        more.skipped,
        more.worked_ms,
        more.retries,
        more.completed,
        more.broken,
        more.cancelled,
        more.tokens,
        more.cost_micros
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The last `days` days on which anything was done, the newest first; a day as 2026-11-23.
///
/// # Errors
/// Where the database fails.
pub async fn by_day(pool: &SqlitePool, days: i64) -> Result<Vec<(String, Figures)>, DbError> {
    let rows = sqlx::query!("SELECT * FROM figures ORDER BY day DESC LIMIT ?", days)
        .fetch_all(pool)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let figures = Figures {
                learned: row.learned,
                failed: row.failed,
                skipped: row.skipped,
                worked_ms: row.worked_ms,
                retries: row.retries,
                completed: row.completed,
                broken: row.broken,
                cancelled: row.cancelled,
                tokens: row.tokens,
                cost_micros: row.cost_micros,
            };
            (row.day, figures)
        })
        .collect())
}
