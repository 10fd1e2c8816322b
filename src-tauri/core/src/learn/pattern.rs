//! Patterns: pairs that ask the same thing, merged, the owner's proven answers kept.
//!
//! Two pairs ask the same thing when their questions are nearly identical, or when the owner answered both nearly
//! identically and the questions have something in common. Groups are what hangs together by that (single linkage), so
//! that the order of the pairs cannot matter. Candidates are found by MinHash in bands (Broder 1997; Leskovec,
//! Rajaraman, Ullman: Mining of Massive Datasets, 3.4), since comparing all with all would be quadratic.

use std::collections::HashMap;

use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::db::DbError;

/// Questions this alike (Jaccard, over stems) are the same question.
const SAME_QUESTION: f64 = 0.5;

/// Answers this alike are the same answer ...
const SAME_ANSWER: f64 = 0.5;
/// ... if they have so many stems, since "Thanks!" answers everything ...
const ANSWER_STEMS: usize = 6;
/// ... and their questions have at least this in common.
const RELATED_QUESTION: f64 = 0.08;

/// Bands of MinHash: two sets half alike share one of them with a probability of 0.9999.
const BANDS: usize = 32;
const ROWS: usize = 2;

/// In a band that very many pairs share, each is compared to so many neighbours only.
const NEIGHBOURS: usize = 32;

/// A pair as merging sees it.
#[derive(Debug)]
pub struct PairView {
    answer: i64,
    question: i64,
    key: i64,
    answered_at: i64,
    question_stems: Vec<u32>,
    answer_stems: Vec<u32>,
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
            question_stems: set_of(question_stems),
            answer_stems: set_of(answer_stems),
        }
    }
}

fn set_of(stems: &str) -> Vec<u32> {
    let mut set: Vec<u32> = stems
        .split(' ')
        .filter(|stem| !stem.is_empty())
        .map(|stem| {
            let hash = blake3::hash(stem.as_bytes());
            u32::from_le_bytes([
                hash.as_bytes()[0],
                hash.as_bytes()[1],
                hash.as_bytes()[2],
                hash.as_bytes()[3],
            ])
        })
        .collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// How much two sorted sets have in common: between 0 and 1.
fn jaccard(one: &[u32], other: &[u32]) -> f64 {
    let (mut left, mut right, mut common) = (0, 0, 0_usize);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                left += 1;
                right += 1;
            }
        }
    }
    let all = one.len() + other.len() - common;
    if all == 0 {
        0.0
    } else {
        common as f64 / all as f64
    }
}

fn ask_the_same(one: &PairView, other: &PairView) -> bool {
    let questions = jaccard(&one.question_stems, &other.question_stems);
    questions >= SAME_QUESTION
        || (questions >= RELATED_QUESTION
            && one.answer_stems.len().min(other.answer_stems.len()) >= ANSWER_STEMS
            && jaccard(&one.answer_stems, &other.answer_stems) >= SAME_ANSWER)
}

/// The groups of pairs that ask the same thing; every pair is in one.
fn groups(pairs: &mut [PairView]) -> Vec<Vec<usize>> {
    pairs.sort_by_key(|pair| (pair.key, pair.answered_at));
    let mut roots: Vec<usize> = (0..pairs.len()).collect();
    let sides: [fn(&PairView) -> &[u32]; 2] =
        [|pair| &pair.question_stems, |pair| &pair.answer_stems];
    for side in sides {
        for band in 0..BANDS {
            let mut buckets: HashMap<[u32; ROWS], Vec<usize>> = HashMap::new();
            for (index, pair) in pairs
                .iter()
                .enumerate()
                .filter(|(_, pair)| !side(pair).is_empty())
            {
                let row = |row: usize| least_hash(side(pair), band * ROWS + row);
                buckets
                    .entry(std::array::from_fn(row))
                    .or_default()
                    .push(index);
            }
            for bucket in buckets.values() {
                for (position, one) in bucket.iter().enumerate() {
                    for other in bucket[position + 1..].iter().take(NEIGHBOURS) {
                        let (left, right) = (root(&mut roots, *one), root(&mut roots, *other));
                        if left != right && ask_the_same(&pairs[*one], &pairs[*other]) {
                            roots[left.max(right)] = left.min(right);
                        }
                    }
                }
            }
        }
    }
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
    for index in 0..pairs.len() {
        groups
            .entry(root(&mut roots, index))
            .or_default()
            .push(index);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.sort();
    groups
}

/// The least of a set's values under the hash function of that number.
fn least_hash(set: &[u32], number: usize) -> u32 {
    let odd = (0x9E37_79B9_7F4A_7C15_u64).wrapping_mul(2 * number as u64 + 1);
    set.iter()
        .map(|value| (odd.wrapping_mul(u64::from(*value).wrapping_add(odd >> 17)) >> 32) as u32)
        .min()
        .unwrap_or(u32::MAX)
}

fn root(roots: &mut [usize], mut index: usize) -> usize {
    while roots[index] != index {
        roots[index] = roots[roots[index]];
        index = roots[index];
    }
    index
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
    let groups = groups(pairs);
    let rows: Vec<(i64, i64, i64, usize, i64)> = groups
        .iter()
        .filter_map(|group| {
            let members = || group.iter().map(|index| &pairs[*index]);
            let key = members().map(|pair| pair.key).min()?;
            let plainest = members().min_by_key(|pair| (pair.question_stems.len(), pair.key))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(number: i64, question: &str, answer: &str) -> PairView {
        PairView::new(number, number, number, number, question, answer)
    }

    #[test]
    fn pairs_that_ask_the_same_are_one_group_in_any_order() {
        let texts = [
            (
                "ship switzerland long take",
                "yes ship switzerland five day flat rate",
            ),
            ("long take ship switzerland please", "five day"),
            (
                "deliver zurich possible ship",
                "yes ship switzerland five day flat rate friend",
            ),
            ("opening hour saturday", "saturday ten two"),
        ];
        let forward = || {
            texts
                .iter()
                .zip(1..)
                .map(|((q, a), n)| pair(n, q, a))
                .collect::<Vec<_>>()
        };
        let (mut one, mut other) = (forward(), forward());
        other.reverse();
        assert_eq!(groups(&mut one), vec![vec![0, 1, 2], vec![3]]);
        assert_eq!(groups(&mut other), vec![vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn a_short_thank_you_joins_nothing() {
        let mut pairs = vec![
            pair(1, "invoice vat", "thank"),
            pair(2, "parcel where", "thank"),
        ];
        assert_eq!(groups(&mut pairs).len(), 2);
    }
}
