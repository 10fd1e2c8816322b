//! Ranks the owner's pairs by how well they fit a question.
//!
//! Search takes the candidates, BM25 orders them: S = S_question + 2 S_answer, k1 = 1.2, with the query's own term
//! frequency weighted 1 + ln tf (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009). SQLite's own bm25()
//! leaves the query's term frequency out. A stem's rarity is counted over patterns, question and answer together,
//! and weighs more than in BM25: in an owner's few hundred pairs, the middling words of small talk are many.

use std::collections::{HashMap, HashSet};

use sqlx::SqlitePool;

use super::find::Question;
use crate::db::DbError;

const K1: f64 = 1.2;
/// Half of what is usual for long documents: a mail is short, and a longer one is mostly politer.
const B: f64 = 0.5;
const ANSWER_WEIGHT: f64 = 2.0;
/// Between BM25 (1) and the vector space model (2).
const RARITY_POWER: f64 = 1.5;

/// The rarest so many stems of a question find the candidates, fewer where so many pairs have them; the others only rank.
const SEARCH_STEMS: usize = 24;
const SEARCHED_PAIRS: i64 = 4000;
const CANDIDATES: i64 = 200;

/// A question of fewer stems is in many others.
const ASKED_STEMS: usize = 3;

/// Who shares a single word with the question shares nothing.
const LEAST_COMMON: usize = 2;

/// The second best pattern takes so much from the sureness of the best: what fits two alike fits neither for sure.
const RIVALRY: f64 = 0.5;

/// An answer that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hit {
    /// The answer's message.
    pub(super) answer: i64,
    /// The pattern of its pair.
    pub(super) pattern: i64,
    /// Above 0; nearer to 0 the less of what the question asks is in the pair. It orders; it does not certify.
    pub(super) score: f64,
    /// So many different stems of the question stand in the pair.
    common: usize,
    /// Which share of what the question asks was asked in the earlier question too; 0 where it asks too little to tell.
    pub(super) asked_before: f64,
}

/// An account's pairs, as ranking sees them all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corpus {
    account: i64,
    patterns: i64,
    question_length: f64,
    answer_length: f64,
}

/// A pair that search found.
#[derive(sqlx::FromRow)]
struct Candidate {
    answer: i64,
    pattern: i64,
    question_stems: String,
    answer_stems: String,
    question_count: i64,
    answer_count: i64,
    key_hash: i64,
}

/// What a question's stems weigh: how often it says them, and how rare they are.
struct Weights<'a> {
    of: HashMap<&'a str, f64>,
    all: f64,
}

impl Corpus {
    /// The pairs of `account`.
    pub(super) async fn of(pool: &SqlitePool, account: i64) -> Result<Self, DbError> {
        let size = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM patterns WHERE account_id = ?1) AS "patterns!: i64", coalesce(avg(question_count), 0.0) AS "question!: f64",
                      coalesce(avg(answer_count), 0.0) AS "answer!: f64"
               FROM pair_texts WHERE account_id = ?1"#,
            account
        )
        .fetch_one(pool)
        .await?;
        Ok(Self {
            account,
            patterns: size.patterns,
            question_length: size.question,
            answer_length: size.answer,
        })
    }

    /// The answers that fit `question` best, the best first; none of `except`.
    pub(super) async fn hits(
        &self,
        pool: &SqlitePool,
        question: &Question,
        except: &HashSet<i64>,
    ) -> Result<Vec<Hit>, DbError> {
        let frequencies = self.frequencies(pool, question).await?;
        if frequencies.is_empty() {
            return Ok(Vec::new());
        }
        let candidates = self.candidates(pool, &match_any(&frequencies)).await?;
        let weights = self.weights(question, &frequencies);
        let mut ranked: Vec<(i64, Hit)> = candidates
            .iter()
            .filter(|pair| !except.contains(&pair.answer))
            .map(|pair| (pair.key_hash, self.hit(pair, &weights)))
            .filter(|(_, hit)| hit.common >= LEAST_COMMON)
            .collect();
        ranked.sort_by(|(key, one), (other_key, other)| {
            let by_score = other.score.total_cmp(&one.score);
            by_score.then(key.cmp(other_key))
        });
        let mut hits: Vec<Hit> = ranked.into_iter().map(|(_, hit)| hit).collect();
        let sureness = sureness(&hits);
        for hit in &mut hits {
            hit.score *= sureness;
        }
        Ok(hits)
    }

    /// In how many pairs the stems of `question` stand that any has, the rarest first.
    async fn frequencies(
        &self,
        pool: &SqlitePool,
        question: &Question,
    ) -> Result<Vec<(String, i64)>, DbError> {
        let wanted: Vec<&String> = question.stems.keys().collect();
        let wanted = serde_json::to_string(&wanted).unwrap_or_default();
        let rows = sqlx::query!(
            r#"SELECT stem, pairs FROM pair_stems
               WHERE account_id = ? AND stem IN (SELECT value FROM json_each(?)) ORDER BY pairs, stem"#,
            self.account,
            wanted
        )
        .fetch_all(pool)
        .await?;
        Ok(rows.into_iter().map(|row| (row.stem, row.pairs)).collect())
    }

    /// The compiler cannot check statements that read from virtual tables: the check itself crashes on them. Without
    /// CROSS SQLite asks the search once for every pair.
    async fn candidates(&self, pool: &SqlitePool, query: &str) -> Result<Vec<Candidate>, DbError> {
        Ok(sqlx::query_as(
            r#"SELECT pair_texts.answer, pattern, question_stems, answer_stems, question_count, answer_count, key_hash
               FROM (SELECT pair_texts.answer
                     FROM pair_index CROSS JOIN pair_texts ON pair_texts.answer = pair_index.rowid
                     WHERE pair_index MATCH ? AND pair_texts.account_id = ?
                     ORDER BY pair_index.rank, key_hash LIMIT ?) AS best
               CROSS JOIN pair_texts ON pair_texts.answer = best.answer
               CROSS JOIN pattern_pairs ON pattern_pairs.answer = best.answer"#,
        )
        .bind(query)
        .bind(self.account)
        .bind(CANDIDATES)
        .fetch_all(pool)
        .await?)
    }

    /// Scaled so that a question's length does not matter: what no pair has weighs as well.
    fn weights<'a>(&self, question: &'a Question, frequencies: &[(String, i64)]) -> Weights<'a> {
        let known: HashMap<&str, i64> = frequencies
            .iter()
            .map(|(stem, pairs)| (stem.as_str(), *pairs))
            .collect();
        let mut stems: Vec<(&str, u32)> = question
            .stems
            .iter()
            .map(|(stem, times)| (stem.as_str(), *times))
            .collect();
        // Sums of fractions depend on their order.
        stems.sort_unstable();
        let weight = |(stem, times): (&'a str, u32)| {
            let having = known.get(stem).copied().unwrap_or(0) as f64;
            let rarity = (1.0 + (self.patterns as f64 - having + 0.5) / (having + 0.5)).ln();
            let often = 1.0 + f64::from(times).ln();
            (stem, often * rarity.max(0.0).powf(RARITY_POWER))
        };
        let weights: Vec<(&str, f64)> = stems.into_iter().map(weight).collect();
        let length = weights
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f64>()
            .sqrt();
        let highest = length * (K1 + 1.0) * (1.0 + ANSWER_WEIGHT);
        let of: HashMap<&str, f64> = weights
            .into_iter()
            .map(|(stem, weight)| (stem, weight / highest.max(f64::MIN_POSITIVE)))
            .collect();
        let all = sum(of.values().copied());
        Weights { of, all }
    }

    fn hit(&self, pair: &Candidate, weights: &Weights<'_>) -> Hit {
        let (asked, before) = weights.score(
            &pair.question_stems,
            pair.question_count as f64 / self.question_length.max(1.0),
        );
        let (answered, _) = weights.score(
            &pair.answer_stems,
            pair.answer_count as f64 / self.answer_length.max(1.0),
        );
        Hit {
            answer: pair.answer,
            pattern: pair.pattern,
            score: asked + ANSWER_WEIGHT * answered,
            common: weights.common(&pair.question_stems, &pair.answer_stems),
            asked_before: if weights.of.len() < ASKED_STEMS {
                0.0
            } else {
                before
            },
        }
    }
}

impl Weights<'_> {
    fn common(&self, question: &str, answer: &str) -> usize {
        let there: HashSet<&str> = question
            .split(' ')
            .chain(answer.split(' '))
            .filter(|stem| self.of.contains_key(stem))
            .collect();
        there.len()
    }

    /// BM25 of one side of a pair, so many times as long as is usual, and the share of the weights that stands in it.
    fn score(&self, stems: &str, length: f64) -> (f64, f64) {
        let mut times: HashMap<&str, (f64, f64)> = HashMap::new();
        for stem in stems.split(' ') {
            if let Some(weight) = self.of.get(stem) {
                times.entry(stem).or_insert((*weight, 0.0)).1 += 1.0;
            }
        }
        let norm = K1 * (1.0 - B + B * length);
        let parts = times
            .values()
            .map(|(weight, times)| weight * times * (K1 + 1.0) / (times + norm));
        let there = times.values().map(|(weight, _)| *weight);
        (sum(parts), sum(there) / self.all.max(f64::MIN_POSITIVE))
    }
}

/// The sum, the same in whichever order a map hands its values out: sums of fractions depend on it.
fn sum(parts: impl Iterator<Item = f64>) -> f64 {
    let mut parts: Vec<f64> = parts.collect();
    parts.sort_by(f64::total_cmp);
    parts.iter().sum()
}

/// Between a half and one: less, the better another pattern fits.
fn sureness(hits: &[Hit]) -> f64 {
    let Some(best) = hits.first() else { return 1.0 };
    let rival = hits.iter().find(|hit| hit.pattern != best.pattern);
    1.0 - RIVALRY * rival.map_or(0.0, |rival| rival.score / best.score)
}

/// A full-text query for any of the rarest stems. A stem is letters and digits, and points between those, so quoting it is
/// enough.
fn match_any(frequencies: &[(String, i64)]) -> String {
    let mut found = 0;
    let rarest = frequencies
        .iter()
        .take(SEARCH_STEMS)
        .take_while(|(_, pairs)| {
            let wanted = found < SEARCHED_PAIRS;
            found += pairs;
            wanted
        });
    let quoted: Vec<String> = rarest.map(|(stem, _)| format!("\"{stem}\"")).collect();
    quoted.join(" OR ")
}
