//! How much is known of an account.

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::db::DbError;

/// Counts of what an account's mail has taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Mails.
    pub messages: i64,
    /// Mails that the owner answered, with the answer.
    pub pairs: i64,
    /// Questions that pairs were merged to.
    pub patterns: i64,
    /// People and machines that wrote or were written to.
    pub contacts: i64,
}

/// Counts what is known of `account`.
///
/// # Errors
/// Where the database fails.
pub async fn extent(pool: &SqlitePool, account: i64) -> Result<Extent, DbError> {
    Ok(sqlx::query_as!(
        Extent,
        r#"SELECT (SELECT count(*) FROM ledger WHERE account_id = ?1 AND message IS NOT NULL) AS "messages!: i64",
                  (SELECT count(*) FROM pairs WHERE account_id = ?1) AS "pairs!: i64",
                  (SELECT count(*) FROM patterns WHERE account_id = ?1) AS "patterns!: i64",
                  (SELECT count(*) FROM contacts WHERE account_id = ?1) AS "contacts!: i64""#,
        account
    )
    .fetch_one(pool)
    .await?)
}

/// Notes that something was learned that is not in the patterns yet.
pub(crate) async fn unsettle(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE accounts SET settled = 0 WHERE id = ? AND settled = 1",
        account
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that patterns, search and exam are of all that was learned.
///
/// # Errors
/// Where the database fails.
pub async fn mark_settled(tx: &mut Transaction<'_, Sqlite>, account: i64) -> Result<(), DbError> {
    sqlx::query!("UPDATE accounts SET settled = 1 WHERE id = ?", account)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether patterns, search and exam are of all that was learned.
///
/// # Errors
/// Where the database fails.
pub async fn is_settled(pool: &SqlitePool, account: i64) -> Result<bool, DbError> {
    let settled = sqlx::query_scalar!(
        r#"SELECT settled AS "settled: bool" FROM accounts WHERE id = ?"#,
        account
    )
    .fetch_one(pool)
    .await?;
    Ok(settled)
}
