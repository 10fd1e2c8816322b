//! What the owner chose; what they did not is as the program has it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::db::DbError;

/// A group of settings, kept as one value under its name. A value that a newer version wrote differently reads as the
/// program's own, and is not lost until it is chosen anew.
pub trait Settings: Serialize + DeserializeOwned + Default {
    /// The group's name.
    const NAME: &'static str;
}

/// How jobs run, and how long they are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobSettings {
    /// So many jobs run at once at most; of one account always one.
    pub at_once: u16,
    /// Ended jobs are forgotten after so many days.
    pub keep_days: u32,
    /// Of the ended jobs the last so many are remembered at most.
    pub keep_jobs: u32,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            at_once: 2,
            keep_days: 365,
            keep_jobs: 10_000,
        }
    }
}

impl Settings for JobSettings {
    const NAME: &'static str = "jobs";
}

/// What the owner chose of this group.
///
/// # Errors
/// Where the database fails.
pub async fn get<S: Settings>(pool: &SqlitePool) -> Result<S, DbError> {
    let value = sqlx::query_scalar!("SELECT value FROM settings WHERE name = ?", S::NAME)
        .fetch_optional(pool)
        .await?;
    Ok(value
        .and_then(|value| serde_json::from_str(&value).ok())
        .unwrap_or_default())
}

/// Keeps what the owner chose.
///
/// # Errors
/// Where the database fails.
pub async fn set<S: Settings>(
    tx: &mut Transaction<'_, Sqlite>,
    settings: &S,
) -> Result<(), DbError> {
    let value = serde_json::to_string(settings).unwrap_or_default();
    sqlx::query!(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
        S::NAME,
        value
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
