//! Pairs: a mail that the owner answered, and the answer.
//!
//! Which mail an answer answers is decided from all that is known, and decided again whenever a mail arrives that could
//! change it: so the order of learning cannot be read off the pairs.

use std::collections::HashMap;

use sqlx::{Sqlite, Transaction};

use crate::clock::DAY;
use crate::db::DbError;

/// An answer without a reference answers a mail with its subject, from one of its recipients, of the last days.
const SUBJECT_WINDOW: i64 = 30 * DAY;

/// Pairs every answer that the messages from `first` on could have changed.
///
/// # Errors
/// Where the database fails.
pub async fn renew(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    first: i64,
) -> Result<(), DbError> {
    let touched = touched(tx, account, first).await?;
    if touched.is_empty() {
        return Ok(());
    }
    let answers = serde_json::to_string(&touched).unwrap_or_default();
    let by_reference = by_reference(tx, account, &answers).await?;
    let by_subject = by_subject(tx, account, &answers).await?;
    let pairs: Vec<(i64, i64)> = touched
        .iter()
        .filter_map(|answer| match by_reference.get(answer) {
            Some(Parent::Received(question)) => Some((*answer, *question)),
            Some(Parent::Sent) => None,
            None => by_subject.get(answer).map(|question| (*answer, *question)),
        })
        .collect();
    sqlx::query!(
        "DELETE FROM pairs WHERE answer IN (SELECT value FROM json_each(?))",
        answers
    )
    .execute(&mut **tx)
    .await?;
    let pairs = serde_json::to_string(&pairs).unwrap_or_default();
    sqlx::query!(
        r#"INSERT INTO pairs (answer, question, account_id, subject_hash)
           SELECT value ->> 0, messages.id, ?, messages.subject_hash
           FROM json_each(?) CROSS JOIN messages ON messages.id = value ->> 1"#,
        account,
        pairs
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The answers whose question may now be another: the new ones, those that refer to a new message, and those with the
/// subject of a new message from one of their recipients.
async fn touched(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    first: i64,
) -> Result<Vec<i64>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT message AS "message!: i64" FROM sent_mails WHERE message >= ?2
           UNION
           SELECT parent.message FROM messages AS fresh
           CROSS JOIN sent_parents AS parent ON parent.id_hash = fresh.id_hash
           CROSS JOIN messages AS answer ON answer.id = parent.message AND answer.account_id = ?1
           WHERE fresh.id >= ?2
           UNION
           SELECT sent.message FROM messages AS fresh
           CROSS JOIN sent_mails AS sent ON sent.subject_hash = fresh.subject_hash AND sent.subject_hash <> 0
           CROSS JOIN sent_recipients AS recipient
               ON recipient.message = sent.message AND recipient.contact_id = fresh.contact_id
           WHERE fresh.id >= ?2 AND fresh.kind <> 'sent'"#,
        account,
        first
    )
    .fetch_all(&mut **tx)
    .await?)
}

enum Parent {
    Received(i64),
    /// The owner went on after a mail of their own: no answer.
    Sent,
}

/// The nearest message that an answer refers to; of several with one Message-ID the one from a recipient.
async fn by_reference(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    answers: &str,
) -> Result<HashMap<i64, Parent>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT parent.message AS "answer!: i64", question.id AS "question!: i64", question.kind AS "kind!: String"
           FROM json_each(?2) AS wanted
           CROSS JOIN sent_parents AS parent ON parent.message = wanted.value
           CROSS JOIN messages AS question ON question.id_hash = parent.id_hash AND question.account_id = ?1
           LEFT JOIN sent_recipients AS recipient
               ON recipient.message = parent.message AND recipient.contact_id = question.contact_id
           WHERE question.id <> parent.message
           ORDER BY parent.message, parent.distance, recipient.message IS NULL, question.key_hash"#,
        account,
        answers
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut nearest = HashMap::new();
    for row in rows {
        nearest.entry(row.answer).or_insert(if row.kind == "sent" {
            Parent::Sent
        } else {
            Parent::Received(row.question)
        });
    }
    Ok(nearest)
}

/// The last mail before an answer that has its subject and comes from one of its recipients.
async fn by_subject(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    answers: &str,
) -> Result<HashMap<i64, i64>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT sent.message AS "answer!: i64", question.id AS "question!: i64"
           FROM json_each(?2) AS wanted
           CROSS JOIN sent_mails AS sent ON sent.message = wanted.value AND sent.subject_hash <> 0
           CROSS JOIN messages AS answer ON answer.id = sent.message
           CROSS JOIN sent_recipients AS recipient ON recipient.message = sent.message
           CROSS JOIN messages AS question INDEXED BY messages_by_contact
               ON question.contact_id = recipient.contact_id AND question.kind <> 'sent'
              AND question.sent_at <= answer.sent_at AND question.sent_at > answer.sent_at - ?3
           WHERE question.subject_hash = sent.subject_hash AND question.account_id = ?1
           ORDER BY sent.message, question.sent_at DESC, question.key_hash"#,
        account,
        answers,
        SUBJECT_WINDOW
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut latest = HashMap::new();
    for row in rows {
        latest.entry(row.answer).or_insert(row.question);
    }
    Ok(latest)
}
