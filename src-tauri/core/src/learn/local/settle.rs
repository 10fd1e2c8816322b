//! What only the whole can tell: which lines are boilerplate, which pairs ask the same thing, and the search over them.
//! A function of all pairs alone, so that it comes out the same however the mails arrived.

use std::collections::{HashMap, HashSet};

use futures_util::TryStreamExt;
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::boilerplate::{Boilerplate, LineCounts};
use crate::db::{Db, DbError};
use crate::learn::pattern::{self, PairView};
use crate::learn::stem::{asked_stems, stems};

/// So many changed pairs are held before they are written.
const PIECE: usize = 256;
/// ... and so many stems.
const STEMS_PIECE: usize = 4096;

pub(super) async fn account(db: &Db, account: i64) -> Result<(), DbError> {
    let boilerplate = boilerplate(db.read(), account).await?;
    let mut tx = db.write().await?;
    let mut stale = indexed(&mut tx, account).await?;
    let mut pairs = Vec::new();
    let mut changed = Vec::new();
    let mut rows = sqlx::query!(
        r#"SELECT pairs.answer, pairs.question, asked.subject, contacts.name AS "asker: String",
                  question_text.text AS "question_text: String", answer_text.text AS answer_text,
                  answered.key_hash, answered.sent_at
           FROM pairs
           JOIN messages AS asked ON asked.id = pairs.question
           JOIN messages AS answered ON answered.id = pairs.answer
           LEFT JOIN message_texts AS question_text ON question_text.message = pairs.question
           JOIN message_texts AS answer_text ON answer_text.message = pairs.answer
           LEFT JOIN contacts ON contacts.id = asked.contact_id
           WHERE pairs.account_id = ?"#,
        account
    )
    .fetch(db.read());
    while let Some(row) = rows.try_next().await? {
        let question = row.question_text.unwrap_or_default();
        let stems = PairStems {
            answer_message: row.answer,
            key: row.key_hash,
            question: joined(asked_stems(&row.subject, &question, row.asker.as_deref())),
            answer: joined(stems(&boilerplate.strip(&row.answer_text))),
        };
        pairs.push(PairView::new(
            row.answer,
            row.question,
            row.key_hash,
            row.sent_at,
            &stems.question,
            &stems.answer,
        ));
        if stale.remove(&row.answer) != Some(stems.fingerprint()) {
            changed.push(stems);
        }
        if changed.len() >= PIECE {
            index(&mut tx, account, &std::mem::take(&mut changed)).await?;
        }
    }
    drop(rows);
    index(&mut tx, account, &changed).await?;
    unindex(&mut tx, stale.into_keys()).await?;
    pattern::keep(&mut tx, account, &mut pairs).await?;
    StemFrequencies::counted(&mut tx, account)
        .await?
        .keep(&mut tx, account)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// A pair as search sees it.
struct PairStems {
    answer_message: i64,
    key: i64,
    question: String,
    answer: String,
}

impl PairStems {
    fn fingerprint(&self) -> (usize, usize, i64) {
        let both = format!("{}\n{}", self.question, self.answer);
        (
            self.question.len(),
            self.answer.len(),
            crate::mail::key::hash63(&both),
        )
    }
}

/// In how many patterns each stem stands: in a question, in an answer, in either. Counted by patterns and not by pairs: what
/// is asked every day is no less telling for it.
#[derive(Default)]
struct StemFrequencies(HashMap<String, [u32; 3]>);

impl StemFrequencies {
    async fn counted(tx: &mut Transaction<'static, Sqlite>, account: i64) -> Result<Self, DbError> {
        let mut frequencies = Self::default();
        let mut members = sqlx::query!(
            r#"SELECT pattern, question_stems, answer_stems
               FROM patterns
               JOIN pattern_pairs ON pattern_pairs.pattern = patterns.id
               JOIN pair_texts ON pair_texts.answer = pattern_pairs.answer
               WHERE patterns.account_id = ? ORDER BY pattern"#,
            account
        )
        .fetch(&mut **tx);
        let mut pattern = 0;
        let (mut questions, mut answers) = (HashSet::new(), HashSet::new());
        while let Some(member) = members.try_next().await? {
            if member.pattern != pattern {
                frequencies.count(&questions, &answers);
                (pattern, questions, answers) = (member.pattern, HashSet::new(), HashSet::new());
            }
            questions.extend(split(&member.question_stems).map(str::to_owned));
            answers.extend(split(&member.answer_stems).map(str::to_owned));
        }
        frequencies.count(&questions, &answers);
        Ok(frequencies)
    }

    fn count(&mut self, questions: &HashSet<String>, answers: &HashSet<String>) {
        for stem in questions.union(answers) {
            let stands = [questions.contains(stem), answers.contains(stem), true];
            let counts = match self.0.get_mut(stem) {
                Some(counts) => counts,
                None => self.0.entry(stem.clone()).or_default(),
            };
            for (count, stands) in counts.iter_mut().zip(stands) {
                *count += u32::from(stands);
            }
        }
    }

    async fn keep(
        self,
        tx: &mut Transaction<'static, Sqlite>,
        account: i64,
    ) -> Result<(), DbError> {
        sqlx::query!("DELETE FROM pair_stems WHERE account_id = ?", account)
            .execute(&mut **tx)
            .await?;
        let mut stems: Vec<(String, [u32; 3])> = self.0.into_iter().collect();
        stems.sort_unstable();
        for piece in stems.chunks(STEMS_PIECE) {
            let rows = serde_json::to_string(piece).unwrap_or_default();
            sqlx::query!(
                r#"INSERT INTO pair_stems (account_id, stem, questions, answers, pairs)
                   SELECT ?, value ->> 0, value -> 1 ->> 0, value -> 1 ->> 1, value -> 1 ->> 2
                   FROM json_each(?)"#,
                account,
                rows
            )
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    }
}

fn split(stems: &str) -> impl Iterator<Item = &str> {
    stems.split(' ').filter(|stem| !stem.is_empty())
}

fn joined(stems: impl Iterator<Item = String>) -> String {
    stems.collect::<Vec<_>>().join(" ")
}

async fn boilerplate(pool: &SqlitePool, account: i64) -> Result<Boilerplate, DbError> {
    let mut counts = LineCounts::default();
    let mut texts = sqlx::query_scalar!(
        r#"SELECT text FROM messages JOIN message_texts ON message_texts.message = messages.id
           WHERE account_id = ? AND kind = 'sent'"#,
        account
    )
    .fetch(pool);
    while let Some(text) = texts.try_next().await? {
        counts.add(&text);
    }
    Ok(counts.boilerplate())
}

/// What search has of each pair.
async fn indexed(
    tx: &mut Transaction<'static, Sqlite>,
    account: i64,
) -> Result<HashMap<i64, (usize, usize, i64)>, DbError> {
    let mut rows = sqlx::query!(
        "SELECT answer, key_hash, question_stems, answer_stems FROM pair_texts WHERE account_id = ?",
        account
    )
    .fetch(&mut **tx);
    let mut known = HashMap::new();
    while let Some(row) = rows.try_next().await? {
        let stems = PairStems {
            answer_message: row.answer,
            key: row.key_hash,
            question: row.question_stems,
            answer: row.answer_stems,
        };
        known.insert(row.answer, stems.fingerprint());
    }
    Ok(known)
}

async fn index(
    tx: &mut Transaction<'static, Sqlite>,
    account: i64,
    pairs: &[PairStems],
) -> Result<(), DbError> {
    if pairs.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, &str, &str, usize, usize, i64)> = pairs
        .iter()
        .map(|pair| {
            let count = |stems: &str| split(stems).count();
            let (question, answer) = (pair.question.as_str(), pair.answer.as_str());
            (
                pair.answer_message,
                question,
                answer,
                count(question),
                count(answer),
                pair.key,
            )
        })
        .collect();
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    sqlx::query!(
        "DELETE FROM pair_index WHERE rowid IN (SELECT value ->> 0 FROM json_each(?))",
        rows
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"INSERT INTO pair_index (rowid, question, answer)
           SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)"#,
        rows
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"INSERT OR REPLACE INTO pair_texts
               (answer, account_id, question_stems, answer_stems, question_count, answer_count, key_hash)
           SELECT value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
           FROM json_each(?)"#,
        account,
        rows
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes pairs out of the search that are pairs no longer.
async fn unindex(
    tx: &mut Transaction<'static, Sqlite>,
    answers: impl Iterator<Item = i64>,
) -> Result<(), DbError> {
    let answers = serde_json::to_string(&answers.collect::<Vec<_>>()).unwrap_or_default();
    sqlx::query!(
        "DELETE FROM pair_index WHERE rowid IN (SELECT value FROM json_each(?))",
        answers
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "DELETE FROM pair_texts WHERE answer IN (SELECT value FROM json_each(?))",
        answers
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
