//! Patterns: pairs that ask the same thing, merged, the owner's proven answers kept.

pub(crate) mod likeness;
mod merge;

use std::collections::HashMap;

use sqlx::{Sqlite, SqlitePool, Transaction};

use self::likeness::Sides;
use crate::db::DbError;

/// A pair as merging sees it.
#[derive(Debug)]
pub struct PairView {
    answer: i64,
    question: i64,
    key: i64,
    answered_at: i64,
    sides: Sides,
}

impl PairView {
    /// The pair of the messages `question` and `answer`, with their stems one blank apart; `key` orders pairs the same
    /// way wherever they were learned.
    #[must_use]
    pub fn new(
        answer: i64,
        question: i64,
        key: i64,
        answered_at: i64,
        question_stems: &str,
        answer_stems: &str,
    ) -> Self {
        Self {
            answer,
            question,
            key,
            answered_at,
            sides: Sides::new(question_stems, answer_stems),
        }
    }
}

/// Merges `pairs`, all of an account's, and keeps the patterns that they are. A pattern that was there before keeps its
/// id.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut Transaction<'static, Sqlite>,
    account: i64,
    pairs: &mut [PairView],
) -> Result<(), DbError> {
    let groups = merge::groups(pairs);
    let rows: Vec<(i64, i64, i64, usize, i64)> = groups
        .iter()
        .filter_map(|group| {
            let members = || group.iter().map(|index| &pairs[*index]);
            let key = members().map(|pair| pair.key).min()?;
            let plainest = members().min_by_key(|pair| (pair.sides.question.0.len(), pair.key))?;
            let latest = members().max_by_key(|pair| (pair.answered_at, pair.key))?;
            Some((
                key,
                plainest.question,
                latest.answer,
                group.len(),
                latest.answered_at,
            ))
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    sqlx::query!(
        r#"DELETE FROM patterns WHERE account_id = ?
             AND key NOT IN (SELECT value ->> 0 FROM json_each(?))"#,
        account,
        rows
    )
    .execute(&mut **tx)
    .await?;
    let kept = sqlx::query!(
        r#"INSERT INTO patterns (account_id, key, question, answer, times, confidence, last_answered)
           SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, 0, value ->> 4 FROM json_each(?) WHERE true
           ON CONFLICT (account_id, key) DO UPDATE SET
               question = excluded.question, answer = excluded.answer, times = excluded.times,
               last_answered = excluded.last_answered
           RETURNING id AS "id!", key AS "key!""#,
        account,
        rows
    )
    .fetch_all(&mut **tx)
    .await?;
    let ids: HashMap<i64, i64> = kept.into_iter().map(|row| (row.key, row.id)).collect();
    let members: Vec<(i64, i64)> = groups
        .iter()
        .filter_map(|group| {
            let key = group.iter().map(|index| pairs[*index].key).min()?;
            Some(
                group
                    .iter()
                    .map(|index| pairs[*index].answer)
                    .zip(std::iter::repeat(*ids.get(&key)?)),
            )
        })
        .flatten()
        .collect();
    let members = serde_json::to_string(&members).unwrap_or_default();
    sqlx::query!(
        "DELETE FROM pattern_pairs WHERE pattern IN (SELECT id FROM patterns WHERE account_id = ?)",
        account
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO pattern_pairs (answer, pattern) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        members
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A pattern, as it is shown.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// In the database.
    pub id: i64,
    /// The question that asks it most plainly.
    pub question: String,
    /// The owner's latest answer.
    pub answer: String,
    /// How often the owner answered it.
    pub times: i64,
    /// How often the answer was right on the owner's own held-out mail, between 0 and 1; 0 where it was not examined.
    pub confidence: f64,
    /// When the owner last answered it, in milliseconds.
    pub last_answered: i64,
}

/// An account's patterns, the most used first, `limit` of them.
///
/// # Errors
/// Where the database fails.
pub async fn most_used(
    pool: &SqlitePool,
    account: i64,
    limit: i64,
) -> Result<Vec<Pattern>, DbError> {
    Ok(sqlx::query_as!(
        Pattern,
        r#"SELECT patterns.id, coalesce(asked.text, question.subject) AS "question!: String",
                  coalesce(answered.text, '') AS "answer!: String", times, confidence, last_answered
           FROM patterns
           JOIN messages AS question ON question.id = patterns.question
           LEFT JOIN message_texts AS asked ON asked.message = patterns.question
           LEFT JOIN message_texts AS answered ON answered.message = patterns.answer
           WHERE patterns.account_id = ?
           ORDER BY times DESC, last_answered DESC, patterns.key LIMIT ?"#,
        account,
        limit
    )
    .fetch_all(pool)
    .await?)
}
