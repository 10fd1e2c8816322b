//! One job from its claim to its end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::engine::blocking;
use super::failure;
use super::job::{Job, Status, TransitionError, transition};
use super::pace::Pace;
use super::plan::{Plan, Wanted, plan};
use super::progress::{Progress, Snapshot, Stage};
use super::queue;
use super::stop::{Stop, StopSign};
use crate::answer::exam;
use crate::clock::{Clock, Millis};
use crate::db::{Db, DbError};
use crate::learn::knowledge;
use crate::learn::learner::{Batch, Failure, FailureKind, Learner, Mail, Outcome};
use crate::learn::ledger::{self, Entry};
use crate::mail::key::Key;
use crate::mail::source::{Mailbox, MailboxError};

/// A batch of the embedded learner is as large as fits this.
const BATCH_TIME: Duration = Duration::from_millis(50);
const FIRST_BATCH: usize = 64;
const LARGEST_BATCH: usize = 2048;

/// So many keys are looked up in the ledger at once.
const LOOK_UP: usize = 8192;

/// Everything that one job needs.
pub(super) struct Run<L> {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) progress: Progress,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) learner: L,
    pub(super) me: Vec<String>,
    pub(super) job: Job,
    pub(super) account: i64,
    pub(super) stop: StopSign,
    /// When this attempt began, on the clock's running time.
    pub(super) began: Duration,
}

/// Why a run ended before its last mail.
enum Halt {
    /// By its token.
    Stopped,
    /// By an error that does not go away by itself.
    Failed(String),
    /// By the database: nothing can be noted, so the job stays as its last commit left it.
    Db(DbError),
}

impl From<DbError> for Halt {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<MailboxError> for Halt {
    fn from(error: MailboxError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl<L: Learner> Run<L> {
    /// Runs the job, notes its end, and answers with it.
    pub(super) async fn finish(mut self) -> Result<Snapshot, DbError> {
        let halted = self.work().await;
        let ended = match self.note(halted).await {
            Ok(()) => queue::get(self.db.read(), self.job.number).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &ended {
            // The database could not take the end; whoever watches still learns of it.
            self.job.status = Status::Failed;
            self.job.error_message = Some(error.to_string());
        }
        let shown = ended.as_ref().unwrap_or(&self.job);
        self.progress.show(Snapshot::at_rest(shown.clone()));
        ended.map(Snapshot::at_rest)
    }

    async fn note(&self, halted: Result<(), Halt>) -> Result<(), DbError> {
        let (status, reason) = match halted {
            Ok(()) => (Status::Completed, None),
            Err(Halt::Stopped) => match self.stop.why() {
                // Back into the queue: the next start takes it up.
                Some(Stop::Shutdown) => (Status::Queued, None),
                Some(Stop::Cancel) | None => (Status::Cancelled, None),
            },
            Err(Halt::Failed(reason)) => (Status::Failed, Some(reason)),
            Err(Halt::Db(error)) => {
                let reason = error.to_string();
                // Where the disk is full or broken this cannot be noted either; the next start takes the job up.
                let _ = self.end(Status::Failed, Some(&reason)).await;
                return Err(error);
            }
        };
        self.end(status, reason.as_deref()).await
    }

    async fn end(&self, status: Status, reason: Option<&str>) -> Result<(), DbError> {
        let mut tx = self.db.write().await?;
        let extent = knowledge::extent(self.db.read(), self.account).await?;
        let results = serde_json::json!({
            "messages": extent.messages,
            "pairs": extent.pairs,
            "patterns": extent.patterns,
            "contacts": extent.contacts,
        });
        queue::set_results(
            &mut tx,
            self.job.number,
            &results.to_string(),
            self.worked(),
        )
        .await?;
        match transition(&mut tx, self.job.number, status, reason, self.clock.now()).await {
            Ok(()) => {}
            Err(TransitionError::Db(error)) => return Err(error),
            // Somebody else ended it meanwhile: their word stands.
            Err(TransitionError::Impossible { .. }) => return Ok(()),
        }
        tx.commit().await?;
        Ok(())
    }

    async fn work(&mut self) -> Result<(), Halt> {
        let plan = self.find().await?;
        let learner_id = self.learner_id().await?;
        let mails = self.scope(plan, learner_id).await?;
        let learned = self.learn(mails, learner_id).await;
        let is_over = match learned {
            Ok(()) => true,
            Err(Halt::Stopped) => self.stop.why() == Some(Stop::Cancel),
            Err(_) => false,
        };
        if is_over {
            self.settle().await?;
        }
        learned
    }

    async fn find(&self) -> Result<Plan, Halt> {
        let (mailbox, me, options) = (
            Arc::clone(&self.mailbox),
            self.me.clone(),
            self.job.options.clone(),
        );
        let (stop, progress, clock) =
            (self.stop.clone(), self.progress.clone(), self.clock.clone());
        let mut snapshot = self.snapshot(Stage::Finding);
        let planned = blocking(move || {
            let wanted = Wanted {
                options: &options,
                me: &me,
                now: clock.now(),
            };
            plan(&mailbox, &wanted, &stop, &mut |found| {
                snapshot.found = i64::try_from(found).unwrap_or(i64::MAX);
                progress.show(snapshot.clone());
            })
        })
        .await?;
        if self.stop.is_raised() {
            Err(Halt::Stopped)
        } else {
            Ok(planned)
        }
    }

    async fn learner_id(&self) -> Result<i64, DbError> {
        let mut tx = self.db.write().await?;
        let id = ledger::learner_id(&mut tx, &self.learner.fingerprint()).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Leaves out what is done already, and fixes the job's total.
    async fn scope(&mut self, plan: Plan, learner_id: i64) -> Result<Vec<Mail>, Halt> {
        let mut skipped = plan.twice;
        let mut mails = plan.mails;
        let failed_here = failure::keys(self.db.read(), self.job.number).await?;
        let mut known: HashMap<Key, i64> = HashMap::new();
        for piece in mails.chunks(LOOK_UP) {
            let keys: Vec<Key> = piece.iter().map(|mail| mail.key).collect();
            known.extend(ledger::known(self.db.read(), self.account, learner_id, &keys).await?);
        }
        mails.retain(|mail| match known.get(&mail.key) {
            // Done by this very job before it was interrupted: counted already.
            Some(job) if *job == self.job.number => false,
            Some(_) => {
                skipped += 1;
                false
            }
            None => !failed_here.contains(&mail.key),
        });
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.job.counts.skipped = count(skipped);
        self.job.counts.total = count(mails.len() + skipped) + self.job.counts.processed();
        let mut tx = self.db.write().await?;
        queue::set_scope(
            &mut tx,
            self.job.number,
            self.job.counts.total,
            self.job.counts.skipped,
            self.clock.now(),
        )
        .await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(mails)
    }

    /// Learns batch after batch; while one is committed, the next is studied.
    async fn learn(&mut self, mails: Vec<Mail>, learner_id: i64) -> Result<(), Halt> {
        let relearns = ledger::has_others(self.db.read(), self.account, learner_id).await?;
        let mut pace = Pace::begin(self.clock.elapsed(), self.job.counts.processed());
        self.show(&mut pace);
        let mut mails = mails.into_iter();
        let mut size = self
            .job
            .options
            .batch
            .map_or(FIRST_BATCH, |batch| batch.max(1) as usize);
        let mut studied = self.study(mails.by_ref().take(size).collect()).await;
        while !studied.is_empty() {
            let began = self.clock.elapsed();
            // What was studied is committed even when the owner stops meanwhile: nothing is done twice.
            let next = if self.stop.is_raised() {
                Vec::new()
            } else {
                mails.by_ref().take(size).collect()
            };
            let (committed, fresh) = tokio::join!(
                self.commit(&studied, learner_id, relearns),
                self.study(next)
            );
            let took = self.clock.elapsed().saturating_sub(began);
            let (successful, failed) = committed?;
            studied = fresh;
            self.job.counts.successful += successful;
            self.job.counts.failed += failed;
            self.show(&mut pace);
            if self.job.options.batch.is_none() {
                size = fitting(size, took);
            }
        }
        if mails.len() == 0 {
            Ok(())
        } else if self.stop.is_raised() {
            Err(Halt::Stopped)
        } else {
            Err(Halt::Failed("the learner stopped answering".to_owned()))
        }
    }

    fn show(&self, pace: &mut Pace) {
        let now = self.clock.elapsed();
        pace.look(now, self.job.counts.processed());
        self.progress.show(Snapshot {
            mails_per_second: pace.per_second(),
            seconds_left: pace.seconds_left(now, self.job.counts.remaining()),
            ..self.snapshot(Stage::Learning)
        });
    }

    async fn study(&self, mut mails: Vec<Mail>) -> Vec<Outcome<L::Lesson>> {
        if mails.is_empty() {
            return Vec::new();
        }
        // Newest first would read a mailbox backwards, and the system only reads ahead.
        mails.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        self.learner
            .learn(Batch {
                mailbox: Arc::clone(&self.mailbox),
                mails,
            })
            .await
    }

    /// Commits a batch: its knowledge, its ledger lines, its reports and the job's counters, in one transaction.
    async fn commit(
        &self,
        studied: &[Outcome<L::Lesson>],
        learner_id: i64,
        relearns: bool,
    ) -> Result<(i64, i64), DbError> {
        let job = self.job.number;
        let mut tx = self.db.write().await?;
        if relearns {
            let keys = studied.iter().map(|outcome| outcome.mail.key);
            ledger::forget_others(&mut tx, self.account, learner_id, keys).await?;
        }
        let lessons: Vec<&L::Lesson> = studied
            .iter()
            .filter_map(|outcome| outcome.lesson.as_ref().ok())
            .collect();
        let mut messages = self
            .learner
            .keep(&mut tx, self.account, &lessons)
            .await?
            .into_iter();
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
        ledger::write(&mut tx, self.account, learner_id, job, &entries).await?;
        failure::keep(&mut tx, job, &failures).await?;
        let (successful, failed) = (lessons.len() as i64, failures.len() as i64);
        queue::count(
            &mut tx,
            job,
            successful,
            failed,
            self.worked(),
            self.clock.now(),
        )
        .await?;
        tx.commit().await?;
        Ok((successful, failed))
    }

    /// Brings into order what only the whole can tell, where anything was learned since it was last done.
    async fn settle(&self) -> Result<(), Halt> {
        if knowledge::is_settled(self.db.read(), self.account).await? {
            return Ok(());
        }
        self.progress.show(self.snapshot(Stage::Settling));
        self.learner.settle(&self.db, self.account).await?;
        exam::sit(&self.db, self.account).await?;
        let mut tx = self.db.write().await?;
        knowledge::mark_settled(&mut tx, self.account).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    fn snapshot(&self, stage: Stage) -> Snapshot {
        Snapshot {
            job: self.job.clone(),
            stage: Some(stage),
            found: self.job.counts.total,
            mails_per_second: None,
            worked_ms: self.worked(),
            seconds_left: None,
        }
    }

    fn worked(&self) -> Millis {
        let now = self.clock.elapsed().saturating_sub(self.began);
        self.job.worked_ms + Millis::try_from(now.as_millis()).unwrap_or(0)
    }
}

/// How many mails fit a batch's time, when `size` of them took `took`.
fn fitting(size: usize, took: Duration) -> usize {
    let share = BATCH_TIME.as_secs_f64() / took.as_secs_f64().max(0.001);
    let wanted = (size as f64 * share.clamp(0.5, 2.0)) as usize;
    wanted.clamp(FIRST_BATCH, LARGEST_BATCH)
}
