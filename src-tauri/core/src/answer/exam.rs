//! The exam: the owner's own questions are asked again, each as if it had never been answered, and what comes out is
//! compared with what the owner really answered. Only what was earned here is ever called confidence.

use std::collections::{BTreeMap, HashSet};

use sqlx::SqlitePool;

use super::find::Question;
use super::rank::{Corpus, Hit};
use super::scale::{DOUBT, Scale};
use crate::db::{Db, DbError};
use crate::learn::pattern::likeness::{Frequencies, SAME, Sides};

/// So many pairs are asked, whichever their key puts first: enough to tell a half from two thirds.
const QUESTIONS: i64 = 200;

/// A pair that is asked again.
struct Asked {
    answer: i64,
    subject: String,
    asker: Option<String>,
    text: String,
    question_stems: String,
    answer_stems: String,
    pattern: i64,
    subject_hash: i64,
}

/// Examines an account, and keeps what scores and patterns are worth.
///
/// # Errors
/// Where the database fails.
pub async fn sit(db: &Db, account: i64) -> Result<(), DbError> {
    let pool = db.read();
    let corpus = Corpus::of(pool, account).await?;
    let frequencies = frequencies(pool, account).await?;
    let mut results = Vec::new();
    let mut by_pattern: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for pair in asked(pool, account).await? {
        let except = same_conversation(pool, account, &pair).await?;
        let question = Question::new(&pair.subject, &pair.text, pair.asker.as_deref());
        let hits = corpus.hits(pool, &question, &except).await?;
        let Some(best) = hits.first() else { continue };
        let right = is_right(pool, &frequencies, &pair, best).await?;
        results.push((best.score, right));
        let (rights, all) = by_pattern.entry(pair.pattern).or_default();
        *rights += f64::from(u8::from(right));
        *all += 1.0;
    }
    let scale = Scale::fitted(results);
    let worths: Vec<(i64, f64)> = by_pattern
        .into_iter()
        .map(|(pattern, (rights, all))| (pattern, rights / (all + DOUBT)))
        .collect();
    keep(db, account, &scale, &worths).await
}

async fn asked(pool: &SqlitePool, account: i64) -> Result<Vec<Asked>, DbError> {
    Ok(sqlx::query_as!(
        Asked,
        r#"SELECT pair_texts.answer, question.subject, contacts.name AS "asker: String", coalesce(message_texts.text, '') AS "text!: String",
                  question_stems, answer_stems, pattern, pairs.subject_hash
           FROM pair_texts
           JOIN pattern_pairs ON pattern_pairs.answer = pair_texts.answer
           JOIN pairs ON pairs.answer = pair_texts.answer
           JOIN messages AS question ON question.id = pairs.question
           LEFT JOIN message_texts ON message_texts.message = question.id
           LEFT JOIN contacts ON contacts.id = question.contact_id
           WHERE pair_texts.account_id = ? AND question_count > 0
           ORDER BY pair_texts.key_hash LIMIT ?"#,
        account,
        QUESTIONS
    )
    .fetch_all(pool)
    .await?)
}

/// The pair itself, and all with its subject: what stands in the same conversation would be too easy.
async fn same_conversation(
    pool: &SqlitePool,
    account: i64,
    pair: &Asked,
) -> Result<HashSet<i64>, DbError> {
    let mut except: HashSet<i64> = sqlx::query_scalar!(
        "SELECT answer FROM pairs WHERE account_id = ?1 AND subject_hash = ?2 AND ?2 <> 0",
        account,
        pair.subject_hash
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .collect();
    except.insert(pair.answer);
    Ok(except)
}

/// Whether the owner really answered what was found: it is of the same pattern, or says nearly the same.
async fn is_right(
    pool: &SqlitePool,
    frequencies: &Frequencies,
    asked: &Asked,
    found: &Hit,
) -> Result<bool, DbError> {
    if found.pattern == asked.pattern {
        return Ok(true);
    }
    let stems = sqlx::query!(
        "SELECT question_stems, answer_stems FROM pair_texts WHERE answer = ?",
        found.answer
    )
    .fetch_one(pool)
    .await?;
    let sides = |question: &str, answer: &str| {
        let mut sides = Sides::new(question, answer);
        sides.weigh(frequencies);
        sides
    };
    let asked = sides(&asked.question_stems, &asked.answer_stems);
    let found = sides(&stems.question_stems, &stems.answer_stems);
    Ok(asked.likeness(&found) >= SAME)
}

async fn frequencies(pool: &SqlitePool, account: i64) -> Result<Frequencies, DbError> {
    let pairs = sqlx::query_scalar!(
        "SELECT count(*) FROM patterns WHERE account_id = ?",
        account
    )
    .fetch_one(pool)
    .await?;
    let stems = sqlx::query!(
        "SELECT stem, questions, answers FROM pair_stems WHERE account_id = ?",
        account
    )
    .fetch_all(pool)
    .await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let mut frequencies = Frequencies::new(usize::try_from(pairs).unwrap_or(0));
    for row in stems {
        frequencies.note(&row.stem, count(row.questions), count(row.answers));
    }
    Ok(frequencies)
}

async fn keep(db: &Db, account: i64, scale: &Scale, worths: &[(i64, f64)]) -> Result<(), DbError> {
    let mut tx = db.write().await?;
    sqlx::query!("DELETE FROM exam_scores WHERE account_id = ?", account)
        .execute(&mut *tx)
        .await?;
    let steps = serde_json::to_string(scale.steps()).unwrap_or_default();
    sqlx::query!(
        r#"INSERT INTO exam_scores (account_id, score, confidence)
           SELECT ?, value ->> 0, value ->> 1 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING"#,
        account,
        steps
    )
    .execute(&mut *tx)
    .await?;
    let worths = serde_json::to_string(worths).unwrap_or_default();
    sqlx::query!(
        r#"UPDATE patterns SET confidence = coalesce(
               (SELECT value ->> 1 FROM json_each(?) WHERE value ->> 0 = patterns.id), 0.0)
           WHERE account_id = ?"#,
        worths,
        account
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
