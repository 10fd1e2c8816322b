//! The exam: the owner's own questions are asked again, each as if it had never been answered, and what comes out is
//! compared with what the owner really answered. Only what was earned here is ever called confidence.

use std::collections::{BTreeMap, HashSet};

use sqlx::SqlitePool;

use super::find::{Question, hits};
use crate::db::{Db, DbError};

/// So many pairs are asked, whichever their key puts first: enough to tell a half from two thirds.
const QUESTIONS: i64 = 200;

/// A wrong answer is assumed so often beside those that were seen: without it one lucky answer would be certainty.
const DOUBT: f64 = 2.0;

/// What scores are worth: steps that only rise.
#[derive(Clone, Debug, Default)]
pub struct Scale(Vec<(f64, f64)>);

impl Scale {
    /// An account's scale; an account that was never examined has none, and trusts no score.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn of(pool: &SqlitePool, account: i64) -> Result<Self, DbError> {
        let steps = sqlx::query!(
            "SELECT score, confidence FROM exam_scores WHERE account_id = ? ORDER BY score",
            account
        )
        .fetch_all(pool)
        .await?;
        Ok(Self(
            steps
                .into_iter()
                .map(|step| (step.score, step.confidence))
                .collect(),
        ))
    }

    /// How often an answer with that score was right.
    #[must_use]
    pub fn confidence(&self, score: f64) -> f64 {
        self.0
            .iter()
            .rev()
            .find(|(least, _)| score >= *least)
            .map_or(0.0, |(_, worth)| *worth)
    }

    /// The scale that fits scores and whether they were right: isotonic regression by pooling neighbours that fall
    /// (Ayer et al. 1955), each pool's worth lowered by doubt.
    fn fitted(mut results: Vec<(f64, bool)>) -> Self {
        results.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut pools: Vec<Pool> = Vec::new();
        for (score, right) in results {
            pools.push(Pool {
                least: score,
                right: f64::from(u8::from(right)),
                all: 1.0,
            });
            while let [.., before, last] = &pools[..] {
                if before.share() < last.share() && before.least < last.least {
                    break;
                }
                let joined = Pool {
                    least: before.least,
                    right: before.right + last.right,
                    all: before.all + last.all,
                };
                pools.truncate(pools.len() - 2);
                pools.push(joined);
            }
        }
        let mut worth = 0.0_f64;
        let steps = pools.iter().map(|pool| {
            // Doubt weighs more on small pools; a higher score is still never worth less.
            worth = worth.max(pool.right / (pool.all + DOUBT));
            (pool.least, worth)
        });
        Self(steps.collect())
    }
}

/// Neighbouring scores that are worth the same.
#[derive(Clone, Copy, Debug)]
struct Pool {
    least: f64,
    right: f64,
    all: f64,
}

impl Pool {
    fn share(&self) -> f64 {
        self.right / self.all
    }
}

/// A pair that is asked again.
struct Asked {
    answer: i64,
    stems: String,
    pattern: i64,
    subject_hash: i64,
}

/// Examines an account, and keeps what scores and patterns are worth.
///
/// # Errors
/// Where the database fails.
pub async fn sit(db: &Db, account: i64) -> Result<(), DbError> {
    let pool = db.read();
    let asked = asked(pool, account).await?;
    let mut results = Vec::new();
    let mut by_pattern: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for pair in &asked {
        let except = same_conversation(pool, account, pair).await?;
        let hits = hits(pool, account, &Question::of_stems(&pair.stems), &except).await?;
        let Some(best) = hits.first() else { continue };
        let right = is_of_pattern(pool, best.answer, pair.pattern).await?;
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
        r#"SELECT pair_texts.answer, question_stems AS stems, pattern, question.subject_hash
           FROM pair_texts
           JOIN pattern_pairs ON pattern_pairs.answer = pair_texts.answer
           JOIN pairs ON pairs.answer = pair_texts.answer
           JOIN messages AS question ON question.id = pairs.question
           JOIN messages AS answer ON answer.id = pairs.answer
           WHERE pair_texts.account_id = ? AND question_count > 0
           ORDER BY answer.key_hash LIMIT ?"#,
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
        r#"SELECT pairs.answer FROM messages AS question
           JOIN pairs ON pairs.question = question.id
           WHERE question.subject_hash = ?1 AND ?1 <> 0 AND question.kind <> 'sent' AND question.account_id = ?2"#,
        pair.subject_hash,
        account
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .collect();
    except.insert(pair.answer);
    Ok(except)
}

async fn is_of_pattern(pool: &SqlitePool, answer: i64, pattern: i64) -> Result<bool, DbError> {
    let found = sqlx::query_scalar!("SELECT pattern FROM pattern_pairs WHERE answer = ?", answer)
        .fetch_optional(pool)
        .await?;
    Ok(found == Some(pattern))
}

async fn keep(db: &Db, account: i64, scale: &Scale, worths: &[(i64, f64)]) -> Result<(), DbError> {
    let mut tx = db.write().await?;
    sqlx::query!("DELETE FROM exam_scores WHERE account_id = ?", account)
        .execute(&mut *tx)
        .await?;
    let steps = serde_json::to_string(&scale.0).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn a_higher_score_is_never_worth_less() {
        let results = [
            (0.1, false),
            (0.2, true),
            (0.3, false),
            (0.4, true),
            (0.5, true),
            (0.6, true),
        ];
        let scale = Scale::fitted(results.to_vec());
        let worths: Vec<f64> = (0..10)
            .map(|tenth| scale.confidence(f64::from(tenth) / 10.0))
            .collect();
        assert!(
            worths.windows(2).all(|pair| pair[0] <= pair[1]),
            "{worths:?}"
        );
        assert_eq!(scale.confidence(0.05), 0.0);
        assert!(
            scale.confidence(0.9) < 1.0,
            "three right answers are no certainty"
        );
    }

    #[test]
    fn nobody_is_trusted_unexamined() {
        assert_eq!(Scale::default().confidence(1.0), 0.0);
    }
}
