//! Finds the owner's own answers to a question.

use std::collections::{HashMap, HashSet};

use sqlx::SqlitePool;

use super::rank::{Corpus, Hit};
use super::scale::Scale;
use crate::db::DbError;
use crate::learn::stem::{asked_stems, counts};

/// A question, as search sees it.
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) stems: HashMap<String, u32>,
}

impl Question {
    /// Of a mail's subject and its author's own words, and its author's name; the subject counts twice.
    #[must_use]
    pub fn new(subject: &str, text: &str, asker: Option<&str>) -> Self {
        let twice = asked_stems(subject, "", asker);
        Self {
            stems: counts(twice.chain(asked_stems(subject, text, asker))),
        }
    }
}

/// An earlier answer as evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Its Message-ID.
    pub message_id: String,
    /// When it was sent, in milliseconds; 0 where it does not say.
    pub sent_at: i64,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
}

/// An answer of the owner's own to a question like the one that was asked.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The earlier question.
    pub question: String,
    /// The owner's answer to it.
    pub text: String,
    /// How often answers with such a score were right on the owner's own held-out mail, between 0 and 1.
    pub confidence: f64,
    /// The mails in which the owner answered so, the best first.
    pub evidence: Vec<Evidence>,
    /// By which answers are ordered; it certifies nothing.
    pub score: f64,
}

/// At most so many answers, with so much evidence each.
const ANSWERS: usize = 5;
const EVIDENCE: usize = 5;

/// The best answers to `question` over all accounts, the best first, at most five. None where the owner never answered
/// such a mail.
///
/// # Errors
/// Where the database fails.
pub async fn answers(pool: &SqlitePool, question: &Question) -> Result<Vec<Answer>, DbError> {
    let mut answers = Vec::new();
    for account in crate::mail::account::all(pool).await? {
        let scale = Scale::of(pool, account.id).await?;
        let corpus = Corpus::of(pool, account.id).await?;
        let mut hits = corpus.hits(pool, question, &HashSet::new()).await?;
        hits.retain(|hit| scale.is_worth_showing(hit.score, hit.asked_before));
        answers.extend(of_account(pool, &scale, &hits).await?);
    }
    answers.sort_by(|one: &Answer, other| other.score.total_cmp(&one.score));
    answers.truncate(ANSWERS);
    Ok(answers)
}

/// The hits by pattern: one answer a pattern, its other hits as evidence.
async fn of_account(
    pool: &SqlitePool,
    scale: &Scale,
    hits: &[Hit],
) -> Result<Vec<Answer>, DbError> {
    let mut answers: Vec<(i64, Answer)> = Vec::new();
    for hit in hits {
        let known = answers
            .iter()
            .position(|(pattern, _)| *pattern == hit.pattern);
        let is_wanted = match known {
            Some(known) => answers[known].1.evidence.len() < EVIDENCE,
            None => answers.len() < ANSWERS,
        };
        if !is_wanted {
            continue;
        }
        let Some(found) = read(pool, scale, *hit).await? else {
            continue;
        };
        match known {
            Some(known) => answers[known].1.evidence.extend(found.evidence),
            None => answers.push((hit.pattern, found)),
        }
    }
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// A hit with its texts, and itself as the evidence.
async fn read(pool: &SqlitePool, scale: &Scale, hit: Hit) -> Result<Option<Answer>, DbError> {
    let row = sqlx::query!(
        r#"SELECT coalesce(asked.text, question.subject) AS "question!: String",
                  answered.text, answer.message_id, answer.sent_at, answer.subject,
                  coalesce(contacts.address, '') AS "to!: String"
           FROM pairs
           JOIN messages AS question ON question.id = pairs.question
           JOIN messages AS answer ON answer.id = pairs.answer
           JOIN message_texts AS answered ON answered.message = pairs.answer
           LEFT JOIN message_texts AS asked ON asked.message = pairs.question
           LEFT JOIN contacts ON contacts.id = answer.contact_id
           WHERE pairs.answer = ?"#,
        hit.answer
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Answer {
        question: row.question,
        text: row.text,
        confidence: scale.confidence(hit.score),
        evidence: vec![Evidence {
            message_id: row.message_id,
            sent_at: row.sent_at,
            to: row.to,
            subject: row.subject,
        }],
        score: hit.score,
    }))
}
