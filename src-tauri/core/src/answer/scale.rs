//! What a score is worth: learned by the exam from the owner's own mail, never made up.

use sqlx::SqlitePool;

use crate::db::DbError;

/// A wrong answer is assumed so often beside those that were seen: without it one lucky answer would be certainty.
pub(super) const DOUBT: f64 = 2.0;

/// An answer that was right less often than this was hardly ever right: it is not shown.
const HARDLY: f64 = 0.25;

/// Where no exam says otherwise, an answer below this has only small talk in common with the question ...
const SMALL_TALK: f64 = 0.12;
/// ... and where an exam found no score to trust, only what was asked before in so large a part is shown.
const NEARLY_THE_SAME: f64 = 0.7;

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

    /// Whether an answer with that score is better than none: on the owner's own mail such answers were right, or, where
    /// that mail cannot tell, so large a share of the question was asked before.
    #[must_use]
    pub fn is_worth_showing(&self, score: f64, asked_before: f64) -> bool {
        let least = match self.0.iter().find(|(_, worth)| *worth >= HARDLY) {
            Some((least, _)) => *least,
            None if self.0.is_empty() => SMALL_TALK,
            None => f64::INFINITY,
        };
        score >= least || asked_before >= NEARLY_THE_SAME
    }

    /// The steps: from which score on an answer was right how often.
    pub(super) fn steps(&self) -> &[(f64, f64)] {
        &self.0
    }

    /// The scale that fits scores and whether they were right: isotonic regression by pooling neighbours that fall
    /// (Ayer et al. 1955), each pool's worth lowered by doubt.
    pub(super) fn fitted(mut results: Vec<(f64, bool)>) -> Self {
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
    fn what_was_never_right_is_shown_only_where_it_was_asked_before() {
        let scale = Scale::fitted(vec![(0.2, false); 10]);
        assert!(!scale.is_worth_showing(0.4, 0.3));
        assert!(scale.is_worth_showing(0.4, 0.9));
    }

    #[test]
    fn nobody_is_trusted_unexamined() {
        assert_eq!(Scale::default().confidence(1.0), 0.0);
    }
}
