//! Keeps a batch of lessons, a statement a table, whatever the size of the batch.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{Sqlite, Transaction};

use super::lesson::{Lesson, Sent};
use crate::db::DbError;
use crate::learn::contact::Tallies;
use crate::learn::{knowledge, pair};

pub(super) async fn all(
    tx: &mut Transaction<'static, Sqlite>,
    account: i64,
    lessons: &[&Lesson],
) -> Result<Vec<i64>, DbError> {
    if lessons.is_empty() {
        return Ok(Vec::new());
    }
    let contacts = tallies(lessons).keep(tx, account).await?;
    let first =
        sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "next!: i64" FROM messages"#)
            .fetch_one(&mut **tx)
            .await?;
    let numbered: Vec<(i64, &Lesson)> = (first..).zip(lessons.iter().copied()).collect();
    messages(tx, account, &numbered, &contacts).await?;
    let sent: Vec<(i64, &Sent)> = numbered
        .iter()
        .filter_map(|(id, lesson)| Some((*id, lesson.sent.as_ref()?)))
        .collect();
    if !sent.is_empty() {
        sent_mails(tx, &sent, &contacts).await?;
    }
    pair::renew(tx, account, first).await?;
    knowledge::unsettle(tx, account).await?;
    Ok(numbered.into_iter().map(|(id, _)| id).collect())
}

fn tallies(lessons: &[&Lesson]) -> Tallies {
    let mut tallies = Tallies::default();
    for lesson in lessons {
        match (&lesson.sent, &lesson.contact) {
            (Some(sent), _) => sent
                .recipients
                .iter()
                .for_each(|person| tallies.sent_to(person)),
            (None, Some(author)) => tallies.received_from(author),
            (None, None) => {}
        }
    }
    tallies
}

async fn messages(
    tx: &mut Transaction<'static, Sqlite>,
    account: i64,
    numbered: &[(i64, &Lesson)],
    contacts: &HashMap<String, i64>,
) -> Result<(), DbError> {
    let rows = json(numbered.iter().map(|(id, lesson)| {
        let contact = lesson
            .contact
            .as_ref()
            .and_then(|person| contacts.get(&person.address));
        (
            id,
            contact,
            lesson.kind,
            lesson.sent_at,
            &lesson.message_id,
            lesson.id_hash,
            &lesson.subject,
            lesson.subject_hash,
            lesson.key_hash,
        )
    }));
    sqlx::query!(
        r#"INSERT INTO messages
               (id, account_id, contact_id, kind, sent_at, message_id, id_hash, subject, subject_hash, key_hash)
           SELECT value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                  value ->> 7, value ->> 8
           FROM json_each(?)"#,
        account,
        rows
    )
    .execute(&mut **tx)
    .await?;
    let texts = json(
        numbered
            .iter()
            .filter(|(_, lesson)| !lesson.text.is_empty())
            .map(|(id, lesson)| (id, &lesson.text)),
    );
    sqlx::query!(
        "INSERT INTO message_texts (message, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        texts
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn sent_mails(
    tx: &mut Transaction<'static, Sqlite>,
    sent: &[(i64, &Sent)],
    contacts: &HashMap<String, i64>,
) -> Result<(), DbError> {
    let mails = json(sent.iter().map(|(id, sent)| {
        let counted = &sent.counted;
        (
            id,
            sent.reply_subject_hash,
            counted.greeting,
            counted.sign_off,
            counted.words,
            counted.sentences,
            counted.formality.as_str(),
            counted.language,
            i64::from(counted.emoji),
        )
    }));
    sqlx::query!(
        r#"INSERT INTO sent_mails
               (message, subject_hash, greeting, sign_off, words, sentences, formality, language, emoji)
           SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                  value ->> 7, value ->> 8
           FROM json_each(?)"#,
        mails
    )
    .execute(&mut **tx)
    .await?;
    let parents = json(sent.iter().flat_map(|(id, sent)| {
        sent.parents
            .iter()
            .enumerate()
            .map(move |(distance, hash)| (id, distance, hash))
    }));
    sqlx::query!(
        r#"INSERT INTO sent_parents (message, distance, id_hash)
           SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)"#,
        parents
    )
    .execute(&mut **tx)
    .await?;
    let recipients = json(sent.iter().flat_map(|(id, sent)| {
        sent.recipients
            .iter()
            .filter_map(move |person| Some((id, contacts.get(&person.address)?)))
    }));
    sqlx::query!(
        r#"INSERT INTO sent_recipients (message, contact_id)
           SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING"#,
        recipients
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Rows as `json_each` takes them: one statement and one round trip for a whole batch.
fn json<Row: Serialize>(rows: impl Iterator<Item = Row>) -> String {
    serde_json::to_string(&rows.collect::<Vec<_>>()).unwrap_or_default()
}
