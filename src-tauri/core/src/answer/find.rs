//! Finds the owner's own answers to a question.
//!
//! Search takes the candidates, BM25 ranks them: S = S_question + 2 S_answer, k1 = 1.2, b = 0.75, with the query's own
//! term frequency weighted 1 + ln tf (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009). SQLite's own
//! bm25() leaves the query's term frequency out.

use std::collections::{HashMap, HashSet};

use sqlx::SqlitePool;

use crate::db::DbError;
use crate::learn::stem::{counts, stems};

const K1: f64 = 1.2;
const B: f64 = 0.75;
const ANSWER_WEIGHT: f64 = 2.0;

/// The rarest so many stems of a question find the candidates; the rest of them only rank.
const SEARCH_STEMS: usize = 24;
const CANDIDATES: i64 = 200;

/// An answer below this share of the highest thinkable score has only small talk in common with the question.
const LEAST_SCORE: f64 = 0.05;

/// ... and so has one that shares fewer stems with it than this.
const LEAST_COMMON: usize = 2;

/// A question, as search sees it.
#[derive(Clone, Debug)]
pub struct Question {
    stems: HashMap<String, u32>,
}

impl Question {
    /// Of a mail's subject and its author's own words; the subject counts twice.
    #[must_use]
    pub fn new(subject: &str, text: &str) -> Self {
        Self {
            stems: counts(stems(subject).chain(stems(subject)).chain(stems(text))),
        }
    }

    /// Of stems, one blank apart, as a pair keeps them.
    #[must_use]
    pub(super) fn of_stems(question: &str) -> Self {
        Self {
            stems: counts(
                question
                    .split(' ')
                    .filter(|stem| !stem.is_empty())
                    .map(str::to_owned),
            ),
        }
    }
}

/// An answer that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The answer's message.
    pub answer: i64,
    /// Between 0 and 1: the share of the highest thinkable score. It orders; it does not certify.
    pub score: f64,
}

/// A pair that search found.
#[derive(sqlx::FromRow)]
struct Candidate {
    answer: i64,
    question_stems: String,
    answer_stems: String,
    question_count: i64,
    answer_count: i64,
}

/// How rare a stem is, in questions and in answers.
#[derive(Clone, Copy, Debug, Default)]
struct Rarity {
    question: f64,
    answer: f64,
}

/// The account's answers that fit `question` best, the best first; none of `except`.
///
/// # Errors
/// Where the database fails.
pub async fn hits(
    pool: &SqlitePool,
    account: i64,
    question: &Question,
    except: &HashSet<i64>,
) -> Result<Vec<Hit>, DbError> {
    let size = sqlx::query!(
        r#"SELECT count(*) AS "pairs!: i64", coalesce(avg(question_count), 0.0) AS "question!: f64",
                  coalesce(avg(answer_count), 0.0) AS "answer!: f64"
           FROM pair_texts WHERE account_id = ?"#,
        account
    )
    .fetch_one(pool)
    .await?;
    if size.pairs == 0 || question.stems.is_empty() {
        return Ok(Vec::new());
    }
    let rarity = rarity(pool, &question.stems, size.pairs as f64).await?;
    let query = match_any(&rarity);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    // The compiler cannot check statements that read from virtual tables: the check itself crashes on them.
    let candidates: Vec<Candidate> = sqlx::query_as(
        r#"SELECT pair_texts.answer, question_stems, answer_stems, question_count, answer_count
           FROM pair_index JOIN pair_texts ON pair_texts.answer = pair_index.rowid
           WHERE pair_index MATCH ? AND pair_texts.account_id = ?
           ORDER BY pair_index.rank LIMIT ?"#,
    )
    .bind(query)
    .bind(account)
    .bind(CANDIDATES)
    .fetch_all(pool)
    .await?;
    let highest: f64 = question
        .stems
        .iter()
        .map(|(stem, tf)| {
            let rare = rarity
                .get(stem)
                .copied()
                .unwrap_or_else(|| unseen(size.pairs as f64));
            weight(*tf) * (K1 + 1.0) * (rare.question + ANSWER_WEIGHT * rare.answer)
        })
        .sum();
    let mut hits: Vec<Hit> = candidates
        .into_iter()
        .filter(|row| !except.contains(&row.answer))
        .filter_map(|row| {
            let asked = Side {
                stems: &row.question_stems,
                length: row.question_count as f64,
                average: size.question,
            };
            let answered = Side {
                stems: &row.answer_stems,
                length: row.answer_count as f64,
                average: size.answer,
            };
            let (in_question, common_question) =
                asked.score(question, |stem| rarity.get(stem).map(|r| r.question));
            let (in_answer, common_answer) =
                answered.score(question, |stem| rarity.get(stem).map(|r| r.answer));
            let score = (in_question + ANSWER_WEIGHT * in_answer) / highest;
            (score >= LEAST_SCORE && common_question.max(common_answer) >= LEAST_COMMON).then_some(
                Hit {
                    answer: row.answer,
                    score,
                },
            )
        })
        .collect();
    hits.sort_by(|one, other| {
        other
            .score
            .total_cmp(&one.score)
            .then(one.answer.cmp(&other.answer))
    });
    Ok(hits)
}

fn weight(tf: u32) -> f64 {
    1.0 + f64::from(tf).ln()
}

fn idf(pairs: f64, containing: f64) -> f64 {
    (1.0 + (pairs - containing + 0.5) / (containing + 0.5)).ln()
}

/// How rare a stem is that no pair has.
fn unseen(pairs: f64) -> Rarity {
    Rarity {
        question: idf(pairs, 0.0),
        answer: idf(pairs, 0.0),
    }
}

/// The rarity of those of `stems` that any pair has.
async fn rarity(
    pool: &SqlitePool,
    stems: &HashMap<String, u32>,
    pairs: f64,
) -> Result<HashMap<String, Rarity>, DbError> {
    let wanted: Vec<&String> = stems.keys().collect();
    let wanted = serde_json::to_string(&wanted).unwrap_or_default();
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        r#"SELECT term, col, doc FROM json_each(?) AS wanted
           CROSS JOIN pair_index_stems ON pair_index_stems.term = wanted.value"#,
    )
    .bind(wanted)
    .fetch_all(pool)
    .await?;
    let mut rarity: HashMap<String, Rarity> = HashMap::new();
    for (stem, side, containing) in rows {
        let entry = rarity.entry(stem).or_insert_with(|| unseen(pairs));
        // Other accounts' pairs are in the same index: never more than all of this one's.
        let rare = idf(pairs, (containing as f64).min(pairs));
        if side == "question" {
            entry.question = rare
        } else {
            entry.answer = rare
        }
    }
    Ok(rarity)
}

/// A full-text query for any of the rarest stems. A stem is letters and digits only, so quoting it is enough.
fn match_any(rarity: &HashMap<String, Rarity>) -> String {
    let mut stems: Vec<(&String, f64)> = rarity
        .iter()
        .map(|(stem, rare)| (stem, rare.question + ANSWER_WEIGHT * rare.answer))
        .collect();
    stems.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
    let quoted: Vec<String> = stems
        .iter()
        .take(SEARCH_STEMS)
        .map(|(stem, _)| format!("\"{stem}\""))
        .collect();
    quoted.join(" OR ")
}

/// One side of a candidate pair.
struct Side<'a> {
    stems: &'a str,
    length: f64,
    average: f64,
}

impl Side<'_> {
    /// BM25 for `question`, and how many different stems both have.
    fn score(&self, question: &Question, rarity: impl Fn(&str) -> Option<f64>) -> (f64, usize) {
        let mut tf: HashMap<&str, f64> = HashMap::new();
        for stem in self.stems.split(' ') {
            if question.stems.contains_key(stem) {
                *tf.entry(stem).or_default() += 1.0;
            }
        }
        let norm = K1 * (1.0 - B + B * self.length / self.average.max(1.0));
        let score = tf
            .iter()
            .map(|(stem, tf)| {
                let asked = question.stems.get(*stem).copied().unwrap_or(1);
                weight(asked) * rarity(stem).unwrap_or(0.0) * tf * (K1 + 1.0) / (tf + norm)
            })
            .sum();
        (score, tf.len())
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
    /// By which answers are ordered.
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
        let hits = hits(pool, account.id, question, &HashSet::new()).await?;
        answers.extend(of_account(pool, account.id, &hits).await?);
    }
    answers.sort_by(|one: &Answer, other| other.score.total_cmp(&one.score));
    answers.truncate(ANSWERS);
    Ok(answers)
}

/// The hits by pattern: one answer a pattern, its other hits as evidence.
async fn of_account(pool: &SqlitePool, account: i64, hits: &[Hit]) -> Result<Vec<Answer>, DbError> {
    let scale = super::exam::Scale::of(pool, account).await?;
    let mut answers: Vec<(i64, Answer)> = Vec::new();
    for hit in hits {
        let row = sqlx::query!(
            r#"SELECT pattern_pairs.pattern, coalesce(asked.text, question.subject) AS "question!: String",
                      answered.text, answer.message_id, answer.sent_at, answer.subject,
                      coalesce(contacts.address, '') AS "to!: String"
               FROM pairs
               JOIN pattern_pairs ON pattern_pairs.answer = pairs.answer
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
        let Some(row) = row else { continue };
        let evidence = Evidence {
            message_id: row.message_id,
            sent_at: row.sent_at,
            to: row.to,
            subject: row.subject,
        };
        if let Some((_, answer)) = answers
            .iter_mut()
            .find(|(pattern, _)| *pattern == row.pattern)
        {
            if answer.evidence.len() < EVIDENCE {
                answer.evidence.push(evidence);
            }
        } else if answers.len() < ANSWERS {
            answers.push((
                row.pattern,
                Answer {
                    question: row.question,
                    text: row.text,
                    confidence: scale.confidence(hit.score),
                    evidence: vec![evidence],
                    score: hit.score,
                },
            ));
        }
    }
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}
