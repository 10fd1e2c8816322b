//! An account: one mailbox and the owner's addresses in it.

use std::path::PathBuf;

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::clock::Millis;
use crate::db::DbError;
use crate::mail::owner::OwnerAddress;

/// One mailbox that is learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// In the database.
    pub id: i64,
    /// What the owner calls it.
    pub name: String,
}

/// Which account a mailbox belongs to: the one with that name, else the one that already reads the first of `places`,
/// else a new one that is named after it.
///
/// # Errors
/// Where the database fails.
pub async fn at_places(
    tx: &mut Transaction<'_, Sqlite>,
    name: Option<&str>,
    places: &[PathBuf],
    now: Millis,
) -> Result<Account, DbError> {
    let places: Vec<String> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    let found = match (name, places.first()) {
        (Some(name), _) => {
            sqlx::query_as!(
                Account,
                "SELECT id, name FROM accounts WHERE name = ?",
                name
            )
            .fetch_optional(&mut **tx)
            .await?
        }
        (None, Some(place)) => {
            sqlx::query_as!(
                Account,
                r#"SELECT id, name FROM accounts JOIN account_places ON account_id = id
                   WHERE place = ? ORDER BY id LIMIT 1"#,
                place
            )
            .fetch_optional(&mut **tx)
            .await?
        }
        (None, None) => None,
    };
    let account = match found {
        Some(account) => account,
        None => create(tx, name, places.first().map_or("mail", String::as_str), now).await?,
    };
    for place in &places {
        sqlx::query!(
            "INSERT INTO account_places (account_id, place) VALUES (?, ?) ON CONFLICT DO NOTHING",
            account.id,
            place
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(account)
}

async fn create(
    tx: &mut Transaction<'_, Sqlite>,
    name: Option<&str>,
    place: &str,
    now: Millis,
) -> Result<Account, DbError> {
    let wanted = name.map_or_else(|| name_from(place), str::to_owned);
    let mut name = wanted.clone();
    let mut number = 1;
    loop {
        let id = sqlx::query_scalar!(
            "INSERT INTO accounts (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id",
            name,
            now
        )
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(id) = id {
            return Ok(Account { id, name });
        }
        number += 1;
        name = format!("{wanted} {number}");
    }
}

/// The last part of a path, without the endings of mail files.
fn name_from(place: &str) -> String {
    let path = std::path::Path::new(place);
    let name = path
        .file_name()
        .map_or_else(|| place.into(), |name| name.to_string_lossy());
    let bare = name
        .strip_suffix(".mbox")
        .or(name.strip_suffix(".eml"))
        .unwrap_or(&name);
    bare.to_owned()
}

/// Every account, in the order of their making.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &SqlitePool) -> Result<Vec<Account>, DbError> {
    Ok(
        sqlx::query_as!(Account, "SELECT id, name FROM accounts ORDER BY id")
            .fetch_all(pool)
            .await?,
    )
}

/// The places from which an account's mail is read.
///
/// # Errors
/// Where the database fails.
pub async fn places(pool: &SqlitePool, account: i64) -> Result<Vec<PathBuf>, DbError> {
    let places = sqlx::query_scalar!(
        "SELECT place FROM account_places WHERE account_id = ? ORDER BY place",
        account
    )
    .fetch_all(pool)
    .await?;
    Ok(places.into_iter().map(PathBuf::from).collect())
}

/// The addresses that may be the owner's, the chosen ones first.
///
/// # Errors
/// Where the database fails.
pub async fn addresses(pool: &SqlitePool, account: i64) -> Result<Vec<OwnerAddress>, DbError> {
    Ok(sqlx::query_as!(
        OwnerAddress,
        r#"SELECT address, sent_from AS "sent_from: u32", delivered_to AS "delivered_to: u32",
                  answered_as AS "answered_as: u32", chosen AS "chosen: bool"
           FROM account_addresses WHERE account_id = ?
           ORDER BY chosen DESC, sent_from + delivered_to + answered_as DESC, address"#,
        account
    )
    .fetch_all(pool)
    .await?)
}

/// Keeps `addresses` instead of what was known of the owner.
///
/// # Errors
/// Where the database fails.
pub async fn set_addresses(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    addresses: &[OwnerAddress],
) -> Result<(), DbError> {
    sqlx::query!(
        "DELETE FROM account_addresses WHERE account_id = ?",
        account
    )
    .execute(&mut **tx)
    .await?;
    for seen in addresses {
        sqlx::query!(
            r#"INSERT INTO account_addresses (account_id, address, sent_from, delivered_to, answered_as, chosen)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"#,
            account,
            seen.address,
            seen.sent_from,
            seen.delivered_to,
            seen.answered_as,
            seen.chosen
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
