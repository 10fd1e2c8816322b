//! A learner that waits where a test wants it to, and fails as a test says.

use std::sync::{Arc, Mutex};

use sqlx::{Sqlite, Transaction};
use tokio::sync::{Semaphore, watch};
use understudy_core::db::{Db, DbError};
use understudy_core::learn::learner::{Batch, Failure, Learner, Outcome, Trouble};
use understudy_core::learn::local::LocalLearner;

/// What the learners of one test share.
pub struct Gate {
    /// A batch passes for each.
    passes: Semaphore,
    /// The owners of the batches that have come so far, whether they have passed or not.
    came: watch::Sender<Vec<String>>,
    failures: Mutex<Vec<Failure>>,
    trouble: Mutex<Option<Trouble>>,
}

impl Gate {
    pub fn shut() -> Arc<Self> {
        Arc::new(Self {
            passes: Semaphore::new(0),
            came: watch::Sender::default(),
            failures: Mutex::default(),
            trouble: Mutex::default(),
        })
    }

    pub fn open() -> Arc<Self> {
        let gate = Self::shut();
        gate.pass(1_000_000);
        gate
    }

    /// Lets so many batches pass.
    pub fn pass(&self, batches: usize) {
        self.passes.add_permits(batches);
    }

    /// Waits until so many batches have come.
    pub async fn until(&self, batches: usize) -> Vec<String> {
        let mut came = self.came.subscribe();
        let all = came.wait_for(|came| came.len() >= batches).await.unwrap();
        all.clone()
    }

    /// The next mails that are learned fail like this instead.
    pub fn fail(&self, failures: impl IntoIterator<Item = Failure>) {
        self.failures.lock().unwrap().extend(failures);
    }

    /// The next batch that passes meets this.
    pub fn trouble(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = Some(trouble);
    }

    /// Makes the learners that stand at this gate.
    pub fn learners(self: &Arc<Self>) -> impl Fn(Vec<String>) -> Gated + Send + Sync + 'static {
        let gate = Arc::clone(self);
        move |me| Gated {
            gate: Arc::clone(&gate),
            owner: me.first().cloned().unwrap_or_default(),
            inner: LocalLearner::new(me),
        }
    }
}

#[derive(Clone)]
pub struct Gated {
    gate: Arc<Gate>,
    owner: String,
    inner: LocalLearner,
}

impl Learner for Gated {
    type Lesson = <LocalLearner as Learner>::Lesson;

    fn fingerprint(&self) -> String {
        self.inner.fingerprint()
    }

    async fn learn(&self, batch: Batch) -> Result<Vec<Outcome<Self::Lesson>>, Trouble> {
        let came = |came: &mut Vec<String>| came.push(self.owner.clone());
        self.gate.came.send_modify(came);
        self.gate.passes.acquire().await.unwrap().forget();
        if let Some(trouble) = self.gate.trouble.lock().unwrap().take() {
            return Err(trouble);
        }
        let mut outcomes = self.inner.learn(batch).await?;
        let mut failures = self.gate.failures.lock().unwrap();
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.lesson.is_ok()) {
            if let Some(failure) = failures.pop() {
                outcome.lesson = Err(failure);
            }
        }
        Ok(outcomes)
    }

    async fn keep(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        account: i64,
        lessons: &[&Self::Lesson],
    ) -> Result<Vec<i64>, DbError> {
        self.inner.keep(tx, account, lessons).await
    }

    async fn settle(&self, db: &Db, account: i64) -> Result<(), DbError> {
        self.inner.settle(db, account).await
    }
}
