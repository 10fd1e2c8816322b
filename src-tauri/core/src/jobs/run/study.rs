//! A batch is studied with patience: what passes is tried again, who is asked to wait waits, and a mail that makes the
//! learner panic is found and reported alone.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::{Halt, Run};
use crate::clock::millis;
use crate::db::DbError;
use crate::jobs::figures::{self, Figures};
use crate::jobs::progress::{Snapshot, Stage};
use crate::jobs::retry::{self, Down, LONGEST_PATIENCE, LONGEST_PAUSE};
use crate::jobs::{event, queue, suspect};
use crate::learn::learner::{
    Batch, Failure, FailureKind, Learner, Mail, Outcome, Trouble, words_of,
};

/// Where the far side does not say how long it wants to be left alone.
const UNASKED_WAIT: Duration = Duration::from_secs(5);

/// What the learner did with a batch.
enum Answer<Lesson> {
    Learned(Vec<Outcome<Lesson>>),
    Troubled(Trouble),
    Panicked(String),
}

impl<L: Learner> Run<L> {
    /// Studies a batch; an empty one where there are no more mails.
    pub(super) async fn study(
        &self,
        mut mails: Vec<Mail>,
    ) -> Result<Vec<Outcome<L::Lesson>>, Halt> {
        fail::fail_point!("study");
        // Newest first would read a mailbox backwards, and the system only reads ahead.
        mails.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        self.or_stopped(self.study_patiently(mails)).await?
    }

    /// Studies the mails of a batch one after the other, each noted before as being in flight.
    pub(super) async fn study_singly(
        &self,
        mails: Vec<Mail>,
    ) -> Result<Vec<Outcome<L::Lesson>>, Halt> {
        let mut all = Vec::with_capacity(mails.len());
        for mail in mails {
            suspect::note(&self.db, self.job.number, mail.key).await?;
            all.extend(self.study(vec![mail]).await?);
        }
        Ok(all)
    }

    async fn study_patiently(&self, mails: Vec<Mail>) -> Result<Vec<Outcome<L::Lesson>>, Halt> {
        if mails.is_empty() {
            return Ok(Vec::new());
        }
        let seed = self.job.number.unsigned_abs() ^ self.job.counts.processed().unsigned_abs();
        let mut waits = retry::waits(seed);
        loop {
            if let Some(far) = &self.far {
                self.work
                    .pausing(far.admit())
                    .await
                    .map_err(Halt::Tripped)?;
            }
            match self.ask(mails.clone()).await {
                Answer::Learned(outcomes) => return Ok(outcomes),
                Answer::Panicked(said) => return self.find_the_guilty(mails, &said).await,
                Answer::Troubled(Trouble::Lasting { said }) => return Err(Halt::Failed(said)),
                Answer::Troubled(Trouble::Throttled { wait, said }) => {
                    self.be_patient(wait.unwrap_or(UNASKED_WAIT), said).await?;
                }
                Answer::Troubled(Trouble::Passing { said }) => {
                    let Some(wait) = waits.next() else {
                        return Err(self.trip(said, retry::cool_down(self.job.trips)));
                    };
                    self.note_retry(&said).await?;
                    self.wait(wait, &said).await;
                }
            }
        }
    }

    /// Waits as the far side asks, which costs no try. Who asks for very long gets a paused job.
    async fn be_patient(&self, wait: Duration, said: String) -> Result<(), Halt> {
        if wait > LONGEST_PATIENCE {
            return Err(self.trip(said, wait));
        }
        self.note_throttled(&said).await?;
        self.wait(wait, &said).await;
        Ok(())
    }

    fn trip(&self, said: String, time: Duration) -> Halt {
        let until = self
            .clock
            .now()
            .saturating_add(millis(time).min(LONGEST_PAUSE));
        let down = Down { said, until };
        if let Some(far) = &self.far {
            far.leave_alone(down.clone());
        }
        Halt::Tripped(down)
    }

    async fn wait(&self, time: Duration, said: &str) {
        tracing::info!(seconds = time.as_secs_f64(), "waiting for the far side");
        self.progress.show(Snapshot {
            trouble: Some(said.to_owned()),
            ..self.snapshot(Stage::Learning)
        });
        self.work.pausing(self.clock.sleep(time)).await;
    }

    /// Counted here and not with the batch: a batch that pauses its job in the end is never committed.
    async fn note_retry(&self, said: &str) -> Result<(), DbError> {
        let (job, now) = (self.job.number, self.clock.now());
        let once = Figures {
            retries: 1,
            ..Figures::default()
        };
        let mut tx = self.db.write_lightly().await?;
        event::add(&mut tx, job, event::Kind::Retried, Some(said), now).await?;
        queue::count_retry(&mut tx, job).await?;
        figures::add(&mut tx, self.clock.today(), &once).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn note_throttled(&self, said: &str) -> Result<(), DbError> {
        let (job, now) = (self.job.number, self.clock.now());
        let mut tx = self.db.write_lightly().await?;
        event::add(&mut tx, job, event::Kind::Throttled, Some(said), now).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn ask(&self, mails: Vec<Mail>) -> Answer<L::Lesson> {
        let batch = Batch {
            mailbox: Arc::clone(&self.mailbox),
            mails,
        };
        match AssertUnwindSafe(self.learner.learn(batch))
            .catch_unwind()
            .await
        {
            Ok(Ok(outcomes)) => Answer::Learned(outcomes),
            Ok(Err(trouble)) => Answer::Troubled(trouble),
            Err(panic) => Answer::Panicked(words_of(panic.as_ref())),
        }
    }

    /// A batch made the learner panic: every mail of it is tried alone, and the guilty ones are reported.
    async fn find_the_guilty(
        &self,
        mails: Vec<Mail>,
        said: &str,
    ) -> Result<Vec<Outcome<L::Lesson>>, Halt> {
        let mut all = Vec::with_capacity(mails.len());
        let alone = mails.len() == 1;
        for mail in mails {
            if alone {
                let failure = Failure {
                    kind: FailureKind::Crashed,
                    said: said.to_owned(),
                };
                let lesson = Err(failure);
                all.push(Outcome { mail, lesson });
            } else {
                all.extend(Box::pin(self.study_patiently(vec![mail])).await?);
            }
        }
        Ok(all)
    }
}
