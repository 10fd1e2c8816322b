//! Batch after batch: what is studied is committed with its ledger lines, its reports and the job's counters in one
//! transaction, while the next is studied.

use std::time::Duration;

use sqlx::{Sqlite, Transaction};

use super::{Halt, Run};
use crate::db::DbError;
use crate::jobs::figures::{self, Figures};
use crate::jobs::pace::Pace;
use crate::jobs::progress::{Snapshot, Stage};
use crate::jobs::queue::{self, Done};
use crate::jobs::{failure, suspect};
use crate::learn::learner::{Failure, FailureKind, Learner, Mail, Outcome};
use crate::learn::ledger::{self, Entry};
use crate::mail::key::Key;
use crate::notices;

/// A batch of the embedded learner is as large as fits this.
const BATCH_TIME: Duration = Duration::from_millis(50);
const FIRST_BATCH: usize = 64;
const LARGEST_BATCH: usize = 2048;

/// After a death so many mails are studied carefully, one at a time: all that can have been in flight, which are the
/// batch that was committed and the one that was studied meanwhile.
const CAREFUL: usize = 2 * LARGEST_BATCH;

/// A batch that is busy with an unwritable database is tried again so often, at growing intervals.
const COMMIT_TRIES: u32 = 4;
const COMMIT_WAIT: Duration = Duration::from_millis(250);

/// What a commit added to the job's counts.
pub(super) struct Added {
    pub(super) successful: i64,
    pub(super) failed: i64,
}

impl<L: Learner> Run<L> {
    pub(super) async fn learn(&mut self, mails: Vec<Mail>, learner_id: i64) -> Result<(), Halt> {
        let account = self.job.account_id;
        let relearns = ledger::has_others(self.db.read(), account, learner_id).await?;
        let mut pace = Pace::begin(self.worked(), self.job.counts.processed());
        self.show(&mut pace);
        let mut mails = mails.into_iter();
        // An attempt was counted at the claim: one before it means that a process died since the last commit.
        if self.job.attempts > 1 {
            self.learn_carefully(&mut mails, learner_id, relearns, &mut pace)
                .await?;
        }
        let mut size = self.first_batch();
        let mut studied = self.study(mails.by_ref().take(size).collect()).await?;
        while !studied.is_empty() {
            let began = self.clock.elapsed();
            let next = mails.by_ref().take(size).collect();
            let (committed, fresh) = tokio::join!(
                self.commit(&studied, learner_id, relearns),
                self.study(next)
            );
            let took = self.clock.elapsed().saturating_sub(began);
            self.add(committed?);
            self.show(&mut pace);
            studied = fresh?;
            if self.job.options.batch.is_none() {
                size = fitting(size, took);
            }
        }
        Ok(())
    }

    /// Learns the first mails after a death of the process one at a time, each noted before.
    async fn learn_carefully(
        &mut self,
        mails: &mut std::vec::IntoIter<Mail>,
        learner_id: i64,
        relearns: bool,
        pace: &mut Pace,
    ) -> Result<(), Halt> {
        let mut left = CAREFUL.min(mails.len());
        while left > 0 {
            let batch: Vec<Mail> = mails.by_ref().take(self.first_batch().min(left)).collect();
            left -= batch.len();
            let studied = self.study_singly(batch).await?;
            suspect::landed(&self.db, self.job.number).await?;
            let committed = self.commit(&studied, learner_id, relearns).await?;
            self.add(committed);
            self.show(pace);
        }
        Ok(())
    }

    fn first_batch(&self) -> usize {
        self.job
            .options
            .batch
            .map_or(FIRST_BATCH, |batch| batch.max(1) as usize)
    }

    pub(super) fn add(&mut self, added: Added) {
        self.job.counts.successful += added.successful;
        self.job.counts.failed += added.failed;
        self.job.trips = 0;
    }

    fn worked(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.work.done()).unwrap_or(0))
    }

    fn show(&self, pace: &mut Pace) {
        let now = self.worked();
        pace.look(now, self.job.counts.processed());
        self.progress.show(Snapshot {
            mails_per_second: pace.per_second(),
            seconds_left: pace.seconds_left(now, self.job.counts.remaining()),
            ..self.snapshot(Stage::Learning)
        });
    }

    /// Commits a batch; where the database is not writable for a moment, it is tried again before the job stops.
    async fn commit(
        &self,
        studied: &[Outcome<L::Lesson>],
        learner_id: i64,
        relearns: bool,
    ) -> Result<Added, DbError> {
        let mut tries = 0;
        loop {
            match self.try_commit(studied, learner_id, relearns).await {
                Err(error) if tries < COMMIT_TRIES && !self.stop.is_cancelled() => {
                    tries += 1;
                    tracing::warn!(%error, tries, "a batch could not be committed");
                    self.clock.sleep(COMMIT_WAIT * 2_u32.pow(tries)).await;
                }
                committed => return committed,
            }
        }
    }

    #[tracing::instrument(name = "batch", level = "debug", skip_all, fields(mails = studied.len()))]
    async fn try_commit(
        &self,
        studied: &[Outcome<L::Lesson>],
        learner_id: i64,
        relearns: bool,
    ) -> Result<Added, DbError> {
        let (job, account) = (self.job.number, self.job.account_id);
        let mut tx = self.db.write().await?;
        if relearns {
            let keys = studied.iter().map(|outcome| outcome.mail.key);
            ledger::forget_others(&mut tx, account, learner_id, keys).await?;
        }
        let lessons: Vec<&L::Lesson> = studied
            .iter()
            .filter_map(|outcome| outcome.lesson.as_ref().ok())
            .collect();
        let mut messages = self
            .learner
            .keep(&mut tx, account, &lessons)
            .await?
            .into_iter();
        fail::fail_point!("commit");
        let mut entries = Vec::with_capacity(studied.len());
        let mut failures: Vec<(Key, String, &Failure)> = Vec::new();
        for outcome in studied {
            let key = outcome.mail.key;
            match &outcome.lesson {
                Ok(_) => entries.push(Entry {
                    key,
                    message: messages.next(),
                }),
                Err(failure) => {
                    // What could not be read today may be readable tomorrow: it stays out of the ledger.
                    if failure.kind != FailureKind::Unreadable {
                        entries.push(Entry { key, message: None });
                    }
                    failures.push((key, self.mailbox.name_of(&outcome.mail.place), failure));
                }
            }
        }
        ledger::write(&mut tx, account, learner_id, job, &entries).await?;
        failure::keep(&mut tx, job, &failures).await?;
        let (successful, failed) = (lessons.len() as i64, failures.len() as i64);
        self.count(&mut tx, successful, failed).await?;
        tx.commit().await?;
        fail::fail_point!("committed");
        Ok(Added { successful, failed })
    }

    /// Adds to the job's counters and to the day's figures; and tells the owner where this is the first batch since
    /// trouble paused the job.
    pub(super) async fn count(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        successful: i64,
        failed: i64,
    ) -> Result<(), DbError> {
        let (job, now) = (self.job.number, self.clock.now());
        let done = Done {
            successful,
            failed,
            worked_ms: self.work.done(),
        };
        let worked_before = queue::count(tx, job, &done, now).await?;
        let figures = Figures {
            learned: successful,
            failed,
            worked_ms: (done.worked_ms - worked_before).max(0),
            ..Figures::default()
        };
        figures::add(tx, self.clock.today(), &figures).await?;
        if self.job.trips > 0 {
            notices::add(tx, notices::Kind::Resumed, job, None, now).await?;
        }
        Ok(())
    }
}

/// How many mails fit a batch's time, when `size` of them took `took`.
fn fitting(size: usize, took: Duration) -> usize {
    let share = BATCH_TIME.as_secs_f64() / took.as_secs_f64().max(0.001);
    let wanted = (size as f64 * share.clamp(0.5, 2.0)) as usize;
    wanted.clamp(FIRST_BATCH, LARGEST_BATCH)
}
