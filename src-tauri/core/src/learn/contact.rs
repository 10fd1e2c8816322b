//! Contacts: who writes to the owner and whom the owner writes to. All counts are sums over messages.

use std::collections::{BTreeMap, HashMap};

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::db::DbError;
use crate::mail::message::Person;

/// A correspondent, with how the conversation goes.
#[derive(Clone, Debug)]
pub struct Contact {
    /// In lower case.
    pub address: String,
    /// As their mails show it.
    pub name: Option<String>,
    /// Mails from them.
    pub received: i64,
    /// Mails to them.
    pub sent: i64,
    /// Mails from them that the owner answered.
    pub answered: i64,
    /// Half of the answers came within so many seconds.
    pub median_answer_seconds: Option<i64>,
}

/// What a batch adds to one contact.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    name: Option<String>,
    received: i64,
    sent: i64,
}

/// What a batch adds to the contacts, by address.
#[derive(Clone, Debug, Default)]
pub struct Tallies(BTreeMap<String, Tally>);

impl Tallies {
    /// Counts a mail from `person`.
    pub fn received_from(&mut self, person: &Person) {
        self.at(person).received += 1;
    }

    /// Counts a mail to `person`.
    pub fn sent_to(&mut self, person: &Person) {
        self.at(person).sent += 1;
    }

    fn at(&mut self, person: &Person) -> &mut Tally {
        let tally = self.0.entry(person.address.clone()).or_default();
        // The longest name says most; of two as long the later in the alphabet, so that no order of mails matters.
        let rank = |name: &Option<String>| (name.as_ref().map(String::len), name.clone());
        if rank(&person.name) > rank(&tally.name) {
            tally.name.clone_from(&person.name);
        }
        tally
    }

    /// Adds all of it, and answers with the contacts' ids.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep(
        &self,
        tx: &mut Transaction<'_, Sqlite>,
        account: i64,
    ) -> Result<HashMap<String, i64>, DbError> {
        let rows: Vec<(&str, &Option<String>, i64, i64)> = self
            .0
            .iter()
            .map(|(address, tally)| (address.as_str(), &tally.name, tally.received, tally.sent))
            .collect();
        let rows = serde_json::to_string(&rows).unwrap_or_default();
        let kept = sqlx::query!(
            r#"INSERT INTO contacts (account_id, address, name, received, sent)
               SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
               ON CONFLICT (account_id, address) DO UPDATE SET
                   received = received + excluded.received,
                   sent = sent + excluded.sent,
                   name = CASE WHEN (coalesce(octet_length(excluded.name), 0), excluded.name)
                                  > (coalesce(octet_length(name), 0), name)
                               THEN excluded.name ELSE name END
               RETURNING id AS "id!", address AS "address!""#,
            account,
            rows
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(kept.into_iter().map(|row| (row.address, row.id)).collect())
    }
}

/// Takes messages (a JSON array of ids) out of the counts, before they are deleted.
pub(crate) async fn uncount(
    tx: &mut Transaction<'_, Sqlite>,
    messages: &str,
) -> Result<(), DbError> {
    sqlx::query!(
        r#"UPDATE contacts SET received = received - gone.count
           FROM (SELECT contact_id, count(*) AS count FROM messages
                 WHERE kind <> 'sent' AND id IN (SELECT value FROM json_each(?)) GROUP BY contact_id) AS gone
           WHERE contacts.id = gone.contact_id"#,
        messages
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"UPDATE contacts SET sent = sent - gone.count
           FROM (SELECT contact_id, count(*) AS count FROM sent_recipients
                 WHERE message IN (SELECT value FROM json_each(?)) GROUP BY contact_id) AS gone
           WHERE contacts.id = gone.contact_id"#,
        messages
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The contacts that the owner answers most, at most `limit`.
///
/// # Errors
/// Where the database fails.
pub async fn most_answered(
    pool: &SqlitePool,
    account: i64,
    limit: i64,
) -> Result<Vec<Contact>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT contacts.id, address, name, received, sent, count(pairs.answer) AS "answered!: i64"
           FROM pairs
           JOIN messages AS question ON question.id = pairs.question
           JOIN contacts ON contacts.id = question.contact_id
           WHERE pairs.account_id = ?
           GROUP BY contacts.id ORDER BY 6 DESC, sent + received DESC, address LIMIT ?"#,
        account,
        limit
    )
    .fetch_all(pool)
    .await?;
    let mut contacts = Vec::with_capacity(rows.len());
    for row in rows {
        contacts.push(Contact {
            median_answer_seconds: median_answer_seconds(pool, account, row.id).await?,
            address: row.address,
            name: row.name,
            received: row.received,
            sent: row.sent,
            answered: row.answered,
        });
    }
    Ok(contacts)
}

async fn median_answer_seconds(
    pool: &SqlitePool,
    account: i64,
    contact: i64,
) -> Result<Option<i64>, DbError> {
    let waits = sqlx::query_scalar!(
        r#"SELECT (answer.sent_at - question.sent_at) / 1000 AS "wait!: i64"
           FROM pairs
           JOIN messages AS question ON question.id = pairs.question
           JOIN messages AS answer ON answer.id = pairs.answer
           WHERE pairs.account_id = ? AND question.contact_id = ?
             AND question.sent_at > 0 AND answer.sent_at >= question.sent_at
           ORDER BY 1"#,
        account,
        contact
    )
    .fetch_all(pool)
    .await?;
    Ok(waits.get(waits.len() / 2).copied())
}
