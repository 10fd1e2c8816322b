//! What runs behind the window: the database, and the jobs of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::task::JoinHandle;
use understudy_core::clock::Clock;
use understudy_core::db::{Db, DbError};
use understudy_core::jobs::engine::Running;
use understudy_core::jobs::hold::Hold;
use understudy_core::jobs::progress::{Progress, Snapshot};
use understudy_core::jobs::stop::{Stop, StopSign};
use understudy_core::jobs::{Engine, Request, StartError, queue};

/// Shared by all commands.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    db: Db,
    clock: Clock,
    progress: Progress,
    /// Held by the jobs, so that the command line can learn while none runs here.
    hold: Mutex<Weak<Hold>>,
    jobs: Mutex<HashMap<i64, Job>>,
}

#[derive(Debug)]
struct Job {
    stop: StopSign,
    done: JoinHandle<Result<Snapshot, DbError>>,
}

impl Desk {
    /// A desk on an open database.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        Self(Arc::new(Inside {
            db,
            clock,
            progress: Progress::default(),
            hold: Mutex::default(),
            jobs: Mutex::default(),
        }))
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The progress of this process's jobs.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.0.progress
    }

    /// Starts a job, and answers with where it stands; a job that runs already is shown instead of a second one.
    ///
    /// # Errors
    /// Where the mailbox is none, another process learns in the data folder, or the database fails.
    pub async fn start(&self, request: Request) -> Result<Snapshot, StartError> {
        let number = match self.engine()?.start(request).await {
            Ok(running) => self.keep(running),
            Err(StartError::Running(number)) => number,
            Err(error) => return Err(error),
        };
        Ok(self.look(number).await?)
    }

    /// Goes on with what the last process left behind. What cannot go on now is tried at the next start.
    pub async fn resume(&self) {
        let resumed = match self.engine() {
            Ok(engine) => engine.resume().await,
            Err(error) => Err(error),
        };
        match resumed {
            Ok(running) => running.into_iter().for_each(|running| {
                self.keep(running);
            }),
            Err(error) => tracing::warn!(%error, "jobs were not resumed"),
        }
    }

    /// Stops a job for good, and answers with where it stands once it has.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn cancel(&self, number: i64) -> Result<Snapshot, DbError> {
        let stop = self.jobs(|jobs| jobs.get(&number).map(|job| job.stop.clone()));
        if let Some(stop) = stop {
            stop.raise(Stop::Cancel);
            let mut looks = self.0.progress.watch();
            let over = looks
                .wait_for(|jobs| jobs.get(&number).is_none_or(Snapshot::is_over))
                .await;
            drop(over);
        }
        self.look(number).await
    }

    /// Where a job stands.
    ///
    /// # Errors
    /// Where there is no such job, or the database fails.
    pub async fn look(&self, number: i64) -> Result<Snapshot, DbError> {
        let shown = self.0.progress.now().remove(&number);
        match shown.filter(|shown| !shown.is_over()) {
            Some(live) => Ok(live),
            None => Ok(Snapshot::at_rest(
                queue::get(self.0.db.read(), number).await?,
            )),
        }
    }

    /// Brings every job to a commit, and closes the database.
    pub async fn shut_down(&self) {
        let jobs: Vec<Job> = self.jobs(|jobs| jobs.drain().map(|(_, job)| job).collect());
        for job in &jobs {
            job.stop.raise(Stop::Shutdown);
        }
        for job in jobs {
            if let Err(error) = job.done.await {
                tracing::warn!(%error, "a job ended badly");
            }
        }
        self.0.db.close().await;
    }

    fn engine(&self) -> Result<Engine, StartError> {
        let mut held = self.0.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let hold = match held.upgrade() {
            Some(hold) => hold,
            None => Arc::new(Hold::take(self.0.db.folder())?.ok_or(StartError::Held)?),
        };
        *held = Arc::downgrade(&hold);
        Ok(Engine::with(
            hold,
            self.0.db.clone(),
            self.0.clock.clone(),
            self.0.progress.clone(),
        ))
    }

    fn keep(&self, running: Running) -> i64 {
        let Running {
            number, stop, done, ..
        } = running;
        self.jobs(|jobs| {
            jobs.retain(|_, job| !job.done.is_finished());
            jobs.insert(number, Job { stop, done });
        });
        number
    }

    fn jobs<T>(&self, look: impl FnOnce(&mut HashMap<i64, Job>) -> T) -> T {
        look(&mut self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
