//! The ledger: which mail was learned by which learner. What it has is skipped; a new fingerprint learns again, and the
//! same one never does.

use std::collections::HashMap;

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::db::{DbError, hex};
use crate::mail::key::Key;

/// The number of the learner with this fingerprint.
///
/// # Errors
/// Where the database fails.
pub async fn learner_id(
    tx: &mut Transaction<'_, Sqlite>,
    fingerprint: &str,
) -> Result<i64, DbError> {
    sqlx::query!(
        "INSERT INTO learners (fingerprint) VALUES (?) ON CONFLICT DO NOTHING",
        fingerprint
    )
    .execute(&mut **tx)
    .await?;
    let id = sqlx::query_scalar!("SELECT id FROM learners WHERE fingerprint = ?", fingerprint)
        .fetch_one(&mut **tx)
        .await?;
    Ok(id)
}

/// What became of a mail: in which job, and whether it was learned or failed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Had {
    /// The job's number.
    pub job: i64,
    /// Whether it was learned.
    pub learned: bool,
}

/// Which of `keys` this learner has had.
///
/// # Errors
/// Where the database fails.
pub async fn known(
    pool: &SqlitePool,
    account: i64,
    learner: i64,
    keys: &[Key],
) -> Result<HashMap<Key, Had>, DbError> {
    let wanted = json_keys(keys.iter().copied());
    // One row with all of them: handed over one by one, they would take longer than looking them up.
    let known = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(wanted.key, job_number, message IS NOT NULL)) AS "known!: String"
           FROM json_each(?3) AS wanted
           CROSS JOIN ledger ON account_id = ?1 AND message_key = unhex(wanted.value) AND learner_id = ?2"#,
        account,
        learner,
        wanted
    )
    .fetch_one(pool)
    .await?;
    let known: Vec<(usize, i64, u8)> = serde_json::from_str(&known).unwrap_or_default();
    let had = |job, learned| Had {
        job,
        learned: learned == 1,
    };
    Ok(known
        .into_iter()
        .filter_map(|(at, job, learned)| Some((*keys.get(at)?, had(job, learned))))
        .collect())
}

/// One line of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which mail.
    pub key: Key,
    /// What it became; `None` where it failed for good.
    pub message: Option<i64>,
}

/// Writes `entries`; of a mail that failed before, the new word counts.
///
/// # Errors
/// Where the database fails.
pub async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    learner: i64,
    job: i64,
    entries: &[Entry],
) -> Result<(), DbError> {
    let rows: Vec<(String, Option<i64>)> = entries
        .iter()
        .map(|entry| (hex(entry.key.as_bytes()), entry.message))
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    sqlx::query!(
        r#"INSERT INTO ledger (account_id, message_key, learner_id, job_number, message)
           SELECT ?, unhex(value ->> 0), ?, ?, value ->> 1 FROM json_each(?) WHERE true
           ON CONFLICT (account_id, message_key, learner_id)
           DO UPDATE SET job_number = excluded.job_number, message = excluded.message WHERE message IS NULL"#,
        account,
        learner,
        job,
        rows
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes back what other fingerprints made of the mails with these keys.
///
/// # Errors
/// Where the database fails.
pub async fn forget_others(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    learner: i64,
    keys: impl Iterator<Item = Key>,
) -> Result<(), DbError> {
    let keys = json_keys(keys);
    let messages = sqlx::query_scalar!(
        r#"DELETE FROM ledger WHERE account_id = ? AND learner_id <> ?
             AND message_key IN (SELECT unhex(value) FROM json_each(?)) RETURNING message"#,
        account,
        learner,
        keys
    )
    .fetch_all(&mut **tx)
    .await?;
    let messages: Vec<i64> = messages.into_iter().flatten().collect();
    if messages.is_empty() {
        return Ok(());
    }
    let messages = serde_json::to_string(&messages).unwrap_or_default();
    crate::learn::contact::uncount(tx, &messages).await?;
    sqlx::query!(
        "DELETE FROM pair_index WHERE rowid IN (SELECT value FROM json_each(?))",
        messages
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))",
        messages
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether the account has entries of other fingerprints.
///
/// # Errors
/// Where the database fails.
pub async fn has_others(pool: &SqlitePool, account: i64, learner: i64) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM ledger WHERE account_id = ? AND learner_id <> ?) AS "has: bool""#,
        account,
        learner
    )
    .fetch_one(pool)
    .await?)
}

fn json_keys(keys: impl Iterator<Item = Key>) -> String {
    let keys: Vec<String> = keys.map(|key| hex(key.as_bytes())).collect();
    serde_json::to_string(&keys).unwrap_or_default()
}
