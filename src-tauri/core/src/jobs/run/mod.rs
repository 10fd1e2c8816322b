//! One job from its claim to its end: `scope` finds what there is to learn, `study` learns a batch with patience,
//! `batches` commits one after the other.

mod batches;
mod scope;
mod study;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::change::{Change, TransitionError, transition};
use super::job::{Job, Status};
use super::progress::{Progress, Snapshot, Stage};
use super::queue;
use super::retry::{Down, Far};
use super::steer;
use crate::answer::exam;
use crate::clock::{Clock, Millis, millis};
use crate::db::{Db, DbError};
use crate::learn::knowledge;
use crate::learn::learner::Learner;
use crate::mail::source::{Mailbox, MailboxError};

/// Everything that one job needs.
pub(super) struct Run<L> {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) progress: Progress,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) learner: L,
    /// The server that the learner depends on.
    pub(super) far: Option<Arc<Far>>,
    pub(super) me: Vec<String>,
    pub(super) job: Job,
    /// Somebody wants it to stop; why is in the database.
    pub(super) stop: CancellationToken,
    /// The process ends: nothing that takes long is begun any more.
    pub(super) closing: CancellationToken,
    pub(super) work: Work,
}

/// How long a job worked: the time since it began, less what it waited for a far side.
#[derive(Debug)]
pub(super) struct Work {
    clock: Clock,
    began: Duration,
    /// Milliseconds of the attempts before.
    before: Millis,
    pauses: Mutex<Pauses>,
}

#[derive(Debug, Default)]
struct Pauses {
    over: Duration,
    /// When the pause began that is not over.
    since: Option<Duration>,
}

/// Ends a pause, also where what was waited for is dropped.
struct EndOfPause<'a>(&'a Work);

impl Drop for EndOfPause<'_> {
    fn drop(&mut self) {
        let mut pauses = self.0.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = pauses.since.take() {
            pauses.over += self.0.clock.elapsed().saturating_sub(since);
        }
    }
}

impl Work {
    pub(super) fn begin(clock: &Clock, before: Millis) -> Self {
        Self {
            clock: clock.clone(),
            began: clock.elapsed(),
            before,
            pauses: Mutex::default(),
        }
    }

    /// Waits for `this`, which is no work.
    async fn pausing<T>(&self, this: impl Future<Output = T>) -> T {
        self.pauses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .since = Some(self.clock.elapsed());
        let _end = EndOfPause(self);
        this.await
    }

    /// Milliseconds, over all the job's attempts.
    fn done(&self) -> Millis {
        let pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        // A batch may be committed while the next one waits: what it waited until now is no work either.
        let until = pauses.since.unwrap_or_else(|| self.clock.elapsed());
        let passed = until.saturating_sub(self.began);
        self.before + millis(passed.saturating_sub(pauses.over))
    }
}

/// Why a run ended before its last mail.
enum Halt {
    /// Somebody wanted it so.
    Stopped,
    /// The far side is down.
    Tripped(Down),
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
    ///
    /// # Errors
    /// Where the database fails: then nothing is noted, and the job stands as its last commit left it.
    pub(super) async fn finish(mut self) -> Result<Snapshot, DbError> {
        let span = tracing::info_span!(
            "job",
            number = self.job.number,
            account = self.job.account_id
        );
        async {
            tracing::info!(attempt = self.job.attempts, "the job begins");
            let halted = self.work().await;
            self.note(halted).await?;
            let ended = Snapshot::at_rest(queue::get(self.db.read(), self.job.number).await?);
            let counts = ended.job.counts;
            tracing::info!(
                status = ended.job.status.as_str(),
                learned = counts.successful,
                failed = counts.failed,
                skipped = counts.skipped,
                worked_ms = ended.job.worked_ms,
                "the job stands still"
            );
            self.progress.show(ended.clone());
            if ended.job.status == Status::Cancelled {
                self.settle_what_was_learned().await;
            }
            Ok(ended)
        }
        .instrument(span)
        .await
    }

    async fn work(&mut self) -> Result<(), Halt> {
        let plan = self.find().await?;
        let learner_id = self.learner_id().await?;
        let mails = self.scope(plan, learner_id).await?;
        self.learn(mails, learner_id).await?;
        self.progress.show(self.snapshot(Stage::Settling));
        self.or_stopped(self.settle()).await?
    }

    async fn note(&self, halted: Result<(), Halt>) -> Result<(), DbError> {
        if let Err(Halt::Db(error)) = halted {
            return Err(error);
        }
        // A completion that a power cut undoes is found out again: every mail is in the ledger.
        let mut tx = match halted {
            Ok(()) => self.db.write_lightly().await?,
            Err(_) => self.db.write().await?,
        };
        let wished = steer::wished(&mut tx, self.job.number).await?;
        let change = match (&halted, wished) {
            (Ok(()), _) => Change::Complete,
            (Err(Halt::Failed(said)), _) => Change::Fail { said },
            // Before what the far side says: a job that is to end must not go on by itself.
            (Err(_), Some(wished)) => wished,
            (Err(Halt::Tripped(down)), None) => Change::Trip {
                said: &down.said,
                until: down.until,
            },
            // The process ends, or the owner thought better of it: back into the queue.
            (Err(Halt::Stopped | Halt::Db(_)), None) => Change::Interrupt,
        };
        fail::fail_point!("end");
        let extent = knowledge::extent(self.db.read(), self.job.account_id).await?;
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
            self.work.done(),
        )
        .await?;
        match transition(&mut tx, self.job.number, change, &self.clock).await {
            Ok(()) => {}
            Err(TransitionError::Db(error)) => return Err(error),
            // Somebody else ended it meanwhile: their word stands.
            Err(TransitionError::Impossible { .. }) => return Ok(()),
        }
        tx.commit().await?;
        fail::fail_point!("notice");
        Ok(())
    }

    /// Does `this` unless the job is to stop before it is done; then it is dropped.
    async fn or_stopped<T>(&self, this: impl Future<Output = T>) -> Result<T, Halt> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Halt::Stopped),
            done = this => Ok(done),
        }
    }

    /// Brings into order what only the whole can tell, where anything was learned since it was last done.
    async fn settle(&self) -> Result<(), Halt> {
        let account = self.job.account_id;
        if knowledge::is_settled(self.db.read(), account).await? {
            return Ok(());
        }
        fail::fail_point!("settle");
        self.learner.settle(&self.db, account).await?;
        exam::sit(&self.db, account).await?;
        let mut tx = self.db.write().await?;
        knowledge::mark_settled(&mut tx, account).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// A cancelled job has its answer already; what it learned before is made ready to be used all the same.
    async fn settle_what_was_learned(&self) {
        tokio::select! {
            () = self.closing.cancelled() => {}
            settled = self.settle() => if let Err(Halt::Db(error)) = settled {
                tracing::warn!(%error, "what a cancelled job learned was not settled");
            }
        }
    }

    fn snapshot(&self, stage: Stage) -> Snapshot {
        Snapshot {
            job: self.job.clone(),
            stage: Some(stage),
            found: self.job.counts.total,
            mails_per_second: None,
            worked_ms: self.work.done(),
            seconds_left: None,
            trouble: None,
        }
    }
}
