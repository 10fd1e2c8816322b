//! Starts jobs: finds out whose mailbox it is, makes or takes up the job, and runs it in the background.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::hold::Hold;
use super::job::{Job, Options, Status, TransitionError, transition};
use super::progress::{Progress, Snapshot};
use super::stop::StopSign;
use super::{plan, queue, run};
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::learn::local::LocalLearner;
use crate::mail::account::{self, Account};
use crate::mail::owner::OwnerAddress;
use crate::mail::source::{Mailbox, MailboxError};

/// A job that stopped its process so often is stopped itself.
const ATTEMPTS: i64 = 3;

/// Which mailbox is to be learned, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where the mail lies.
    pub paths: Vec<PathBuf>,
    /// The account's name; found or made by the first path where absent.
    pub account: Option<String>,
    /// The owner's addresses; found where empty.
    pub me: Vec<String>,
    /// What the job is to look at.
    pub options: Options,
}

/// Why a job did not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The paths are no mailbox.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Another process runs jobs in this data folder.
    #[error(
        "another Understudy is learning in this data folder. Wait until it is done, or choose another with --data-dir"
    )]
    Held,
    /// A job of this account runs already: its number.
    #[error("this mailbox is being learned already")]
    Running(i64),
    /// A job's status was changed by somebody else in between.
    #[error("the job was changed meanwhile: {0}")]
    Changed(String),
}

impl From<TransitionError> for StartError {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::Db(error) => Self::Db(error),
            impossible @ TransitionError::Impossible { .. } => {
                Self::Changed(impossible.to_string())
            }
        }
    }
}

/// Runs jobs in one data folder, which it holds while it lives.
#[derive(Clone, Debug)]
pub struct Engine {
    db: Db,
    clock: Clock,
    progress: Progress,
    hold: Arc<Hold>,
}

/// A job that runs in the background.
#[derive(Debug)]
pub struct Running {
    /// The job's number.
    pub number: i64,
    /// Whose mail it learns, chosen or found.
    pub addresses: Vec<OwnerAddress>,
    /// Stops it after the batch in flight.
    pub stop: StopSign,
    /// Answers with how it ended.
    pub done: JoinHandle<Result<Snapshot, DbError>>,
}

impl Engine {
    /// Takes the hold on the data folder.
    ///
    /// # Errors
    /// [`StartError::Held`] where another process has it.
    pub fn take(db: Db, clock: Clock) -> Result<Self, StartError> {
        let hold = Hold::take(db.folder())?.ok_or(StartError::Held)?;
        Ok(Self::with(Arc::new(hold), db, clock, Progress::default()))
    }

    /// Runs jobs under a hold on the data folder of `db`, and shows them in `progress`. A job keeps the hold while it
    /// runs, also where the engine is dropped.
    #[must_use]
    pub fn with(hold: Arc<Hold>, db: Db, clock: Clock, progress: Progress) -> Self {
        Self {
            db,
            clock,
            progress,
            hold,
        }
    }

    /// The progress of this engine's jobs.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The database that it works in.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Starts a job, or goes on with one that its process left behind.
    ///
    /// # Errors
    /// Where the paths are no mailbox, or the database fails.
    pub async fn start(&self, request: Request) -> Result<Running, StartError> {
        let stop = StopSign::default();
        let paths = request.paths.clone();
        let mailbox = blocking(move || Mailbox::look(&paths)).await?;
        let mailbox = Arc::new(mailbox);
        let addresses = self.addresses(&request, &mailbox, &stop).await?;
        let (account, job) = self.open(&request, &addresses).await?;
        let me = addresses
            .iter()
            .filter(|seen| seen.chosen)
            .map(|seen| seen.address.clone());
        let learner = LocalLearner::new(me.clone());
        let run = run::Run {
            db: self.db.clone(),
            clock: self.clock.clone(),
            progress: self.progress.clone(),
            mailbox,
            learner,
            me: me.collect(),
            job: job.clone(),
            account: account.id,
            stop: stop.clone(),
            began: self.clock.elapsed(),
        };
        self.progress.show(Snapshot::at_rest(job.clone()));
        let hold = Arc::clone(&self.hold);
        let done = tokio::spawn(async move {
            let ended = run.finish().await;
            drop(hold);
            ended
        });
        Ok(Running {
            number: job.number,
            addresses,
            stop,
            done,
        })
    }

    /// Goes on with every job that a dead process left behind, or that waits.
    ///
    /// # Errors
    /// Where the database fails. A job whose mailbox is gone ends as failed, and the others go on.
    pub async fn resume(&self) -> Result<Vec<Running>, StartError> {
        let mut tx = self.db.write().await?;
        let left_behind = queue::unfinished(&mut tx).await?;
        drop(tx);
        let mut running = Vec::new();
        for job in left_behind
            .into_iter()
            .filter(|job| job.status != Status::Paused)
        {
            let request = Request {
                paths: account::places(self.db.read(), job.account_id).await?,
                account: Some(job.account.clone()),
                me: Vec::new(),
                options: job.options.clone(),
            };
            match self.start(request).await {
                Ok(resumed) => running.push(resumed),
                Err(StartError::Running(_)) => {}
                Err(StartError::Mailbox(error)) => self.give_up(&job, &error.to_string()).await?,
                Err(error) => return Err(error),
            }
        }
        Ok(running)
    }

    async fn give_up(&self, job: &Job, reason: &str) -> Result<(), StartError> {
        let mut tx = self.db.write().await?;
        transition(
            &mut tx,
            job.number,
            Status::Failed,
            Some(reason),
            self.clock.now(),
        )
        .await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// Who the owner is: as told, else as known, else as found.
    async fn addresses(
        &self,
        request: &Request,
        mailbox: &Arc<Mailbox>,
        stop: &StopSign,
    ) -> Result<Vec<OwnerAddress>, StartError> {
        let known = match self.known_account(request).await? {
            Some(account) => account::addresses(self.db.read(), account).await?,
            None => Vec::new(),
        };
        if !request.me.is_empty() {
            let told = |address: &String| address.trim().to_lowercase();
            let mut addresses: Vec<OwnerAddress> = request
                .me
                .iter()
                .map(told)
                .map(|address| {
                    let seen = known.iter().find(|seen| seen.address == address).cloned();
                    OwnerAddress {
                        chosen: true,
                        ..seen.unwrap_or(OwnerAddress {
                            address,
                            sent_from: 0,
                            delivered_to: 0,
                            answered_as: 0,
                            chosen: true,
                        })
                    }
                })
                .collect();
            addresses.sort_by(|one, other| one.address.cmp(&other.address));
            addresses.dedup_by(|one, other| one.address == other.address);
            return Ok(addresses);
        }
        if known.iter().any(|seen| seen.chosen) {
            return Ok(known);
        }
        Ok(owner(mailbox, stop).await?.0)
    }

    async fn known_account(&self, request: &Request) -> Result<Option<i64>, DbError> {
        // Looked up in a transaction that is dropped: nothing is made before the job is.
        let mut tx = self.db.write().await?;
        let before = account::all(self.db.read()).await?;
        let account = self.account(&mut tx, request).await?;
        Ok(before
            .iter()
            .any(|known| known.id == account.id)
            .then_some(account.id))
    }

    async fn account(
        &self,
        tx: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
        request: &Request,
    ) -> Result<Account, DbError> {
        let places: Vec<PathBuf> = request
            .paths
            .iter()
            .map(|path| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()))
            .collect();
        account::at_places(tx, request.account.as_deref(), &places, self.clock.now()).await
    }

    /// The account and a job of it, claimed. Jobs that were left behind by a dead process go back to the queue; this
    /// account's is taken up where it wants the same, and replaced where it does not.
    async fn open(
        &self,
        request: &Request,
        addresses: &[OwnerAddress],
    ) -> Result<(Account, Job), StartError> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let account = self.account(&mut tx, request).await?;
        let before = account::addresses(self.db.read(), account.id).await?;
        let same_owner = chosen(&before) == chosen(addresses);
        account::set_addresses(&mut tx, account.id, addresses).await?;
        let running = self.progress.now();
        let mut taken_up = None;
        for job in queue::unfinished(&mut tx).await? {
            let runs_here = running
                .get(&job.number)
                .is_some_and(|shown| !shown.is_over());
            if runs_here && job.account_id == account.id {
                return Err(StartError::Running(job.number));
            }
            if runs_here {
                continue;
            }
            if job.attempts >= ATTEMPTS && job.status == Status::Processing {
                let reason = format!("it stopped Understudy {ATTEMPTS} times");
                transition(&mut tx, job.number, Status::Failed, Some(&reason), now).await?;
                continue;
            }
            if job.status == Status::Processing {
                transition(&mut tx, job.number, Status::Queued, None, now).await?;
            }
            if job.account_id == account.id {
                if job.options == request.options && same_owner && taken_up.is_none() {
                    taken_up = Some(job.number);
                } else {
                    let reason = "replaced by a job with other options or another owner";
                    transition(&mut tx, job.number, Status::Cancelled, Some(reason), now).await?;
                }
            }
        }
        let number = match taken_up {
            Some(number) => number,
            None => queue::add(&mut tx, account.id, &request.options, now).await?,
        };
        transition(&mut tx, number, Status::Processing, None, now).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok((account, queue::get(self.db.read(), number).await?))
    }
}

fn chosen(addresses: &[OwnerAddress]) -> BTreeSet<&str> {
    addresses
        .iter()
        .filter(|seen| seen.chosen)
        .map(|seen| seen.address.as_str())
        .collect()
}

/// Whose mailbox it is, and how many mails were looked at to say so.
///
/// # Errors
/// Where the mailbox cannot be read.
pub async fn owner(
    mailbox: &Arc<Mailbox>,
    stop: &StopSign,
) -> Result<(Vec<OwnerAddress>, usize), MailboxError> {
    let (mailbox, stop) = (Arc::clone(mailbox), stop.clone());
    blocking(move || plan::survey(&mailbox, &stop)).await
}

/// Runs what reads files on a thread that may wait.
pub(super) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<MailboxError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|stopped| {
            let source = std::io::Error::other(stopped.to_string());
            Err(MailboxError::Unreadable {
                path: PathBuf::new(),
                source,
            }
            .into())
        })
}
