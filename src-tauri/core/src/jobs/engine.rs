//! Runs what is wanted. The engine that holds the data folder takes up orphans, claims jobs in their turn, as many at
//! once as the owner likes and of each account one, and stops those that are wished to stop. An engine without the hold
//! shows how the other's jobs stand, and takes over when it goes.
//!
//! Everything that is wanted stands in the database. [`Engine::nudge`] only makes the engine look sooner.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::ask::{Asked, Request, StartError, ask, blocking};
use super::change::{Change, TransitionError, transition, transition_all};
use super::hold::Hold;
use super::job::{Job, Pause, Status};
use super::progress::{Progress, Snapshot};
use super::queue::{self, Turn};
use super::retry::{self, FarSides};
use super::run::{Run, Work};
use super::steer::{self, SteerError};
use super::{prune, rescue, schedule};
use crate::clock::{Clock, Millis};
use crate::db::{Db, DbError};
use crate::learn::learner::{Learner, words_of};
use crate::mail::account;
use crate::mail::source::{Mailbox, MailboxError};
use crate::settings::{self, JobSettings};

/// The engine looks at what is wanted so often: who steers from another process waits no longer.
const LOOK: Duration = Duration::from_millis(400);

/// History is pruned when the engine starts, and so often.
const PRUNE: Duration = Duration::from_secs(60 * 60);

/// What fails so many looks in a row is no chance: whoever waits is told.
const FAILED_LOOKS: u32 = 4;

/// Which jobs an engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// All, and what schedules want.
    All,
    /// This one.
    Only(i64),
}

/// An engine that runs in the background.
#[derive(Clone, Debug)]
pub struct Engine {
    db: Db,
    clock: Clock,
    progress: Progress,
    nudge: Arc<Notify>,
    closing: CancellationToken,
    watch: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Engine {
    /// Starts an engine. `learners` makes the learner for an owner with these addresses.
    pub fn start<L, F>(db: Db, clock: Clock, duty: Duty, learners: F) -> Self
    where
        L: Learner,
        F: Fn(Vec<String>) -> L + Send + Sync + 'static,
    {
        let engine = Self {
            db: db.clone(),
            clock: clock.clone(),
            progress: Progress::default(),
            nudge: Arc::default(),
            closing: CancellationToken::new(),
            watch: Arc::default(),
        };
        let watch = Watch {
            db,
            clock,
            duty,
            learners,
            progress: engine.progress.clone(),
            nudge: Arc::clone(&engine.nudge),
            closing: engine.closing.clone(),
            hold: None,
            runs: JoinSet::new(),
            running: HashMap::new(),
            stranded: BTreeSet::new(),
            far_sides: FarSides::default(),
            pruned: None,
            failed_looks: 0,
        };
        let looking = tokio::spawn(watch.keep());
        *engine.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(looking);
        engine
    }

    /// The database that it works in.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where the jobs stand that are not over, and the last that are.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Lets the engine look at once.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Asks for a job, and runs it as soon as its turn comes.
    ///
    /// # Errors
    /// Where the paths are no mailbox, or the database fails.
    pub async fn ask(&self, request: Request) -> Result<Asked, StartError> {
        let asked = ask(&self.db, &self.clock, request).await?;
        self.show(asked.number).await?;
        Ok(asked)
    }

    /// Lets a job wait until it is resumed.
    ///
    /// # Errors
    /// Where there is none, or it has ended.
    pub async fn pause(&self, number: i64) -> Result<(), SteerError> {
        steer::pause(&self.db, number, &self.clock).await?;
        Ok(self.show(number).await?)
    }

    /// Lets a paused job go on.
    ///
    /// # Errors
    /// Where there is none, or it has ended.
    pub async fn resume(&self, number: i64) -> Result<(), SteerError> {
        steer::resume(&self.db, number, &self.clock).await?;
        Ok(self.show(number).await?)
    }

    /// Ends a job; what it learned stays.
    ///
    /// # Errors
    /// Where there is none, or it has ended otherwise.
    pub async fn cancel(&self, number: i64) -> Result<(), SteerError> {
        steer::cancel(&self.db, number, &self.clock).await?;
        Ok(self.show(number).await?)
    }

    /// Tries the failed mails of a job again, in a new one.
    ///
    /// # Errors
    /// Where there are none, the job has not ended, or its account is busy.
    pub async fn retry(&self, number: i64) -> Result<i64, SteerError> {
        let retry = steer::retry(&self.db, number, &self.clock).await?;
        self.show(retry).await?;
        Ok(retry)
    }

    /// Where a job stands.
    ///
    /// # Errors
    /// Where there is no such job, or the database fails.
    pub async fn look(&self, number: i64) -> Result<Snapshot, DbError> {
        let live = self.progress.now().remove(&number);
        match live.filter(|shown| !shown.is_over()) {
            Some(live) => Ok(live),
            None => Ok(Snapshot::at_rest(queue::get(self.db.read(), number).await?)),
        }
    }

    /// Brings every job to a commit, and ends; they go on when an engine is started again.
    pub async fn shut_down(&self) {
        self.closing.cancel();
        let looking = self
            .watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(looking) = looking
            && let Err(error) = looking.await
        {
            tracing::error!(%error, "the engine ended badly");
        }
    }

    /// Shows what was changed of a job, before anybody asks for it.
    async fn show(&self, number: i64) -> Result<(), DbError> {
        let job = queue::get(self.db.read(), number).await?;
        if job.status != Status::Processing {
            self.progress.show_at_rest(&job);
        }
        self.nudge();
        Ok(())
    }
}

/// How a run ended: its job's number, and what came of it.
type Ended = (i64, Result<Result<Snapshot, DbError>, String>);

/// A job that runs here.
struct Running {
    account: i64,
    stop: CancellationToken,
}

/// What the engine keeps while it looks.
struct Watch<F> {
    db: Db,
    clock: Clock,
    duty: Duty,
    learners: F,
    progress: Progress,
    nudge: Arc<Notify>,
    closing: CancellationToken,
    hold: Option<Hold>,
    runs: JoinSet<Ended>,
    running: HashMap<i64, Running>,
    /// Jobs that the database failed here: they go on as soon as that can be written down.
    stranded: BTreeSet<i64>,
    far_sides: FarSides,
    pruned: Option<Duration>,
    /// How many looks in a row the database failed.
    failed_looks: u32,
}

impl<L, F> Watch<F>
where
    L: Learner,
    F: Fn(Vec<String>) -> L + Send + Sync + 'static,
{
    async fn keep(mut self) {
        while !self.closing.is_cancelled() {
            let looked = self.look().await;
            self.complain(looked.err()).await;
            tokio::select! {
                biased;
                () = self.closing.cancelled() => {}
                Some(ended) = self.runs.join_next() => self.end(ended.ok()).await,
                () = self.nudge.notified() => {}
                () = self.clock.sleep(LOOK) => {}
            }
        }
        for running in self.running.values() {
            running.stop.cancel();
        }
        while let Some(ended) = self.runs.join_next().await {
            self.end(ended.ok()).await;
        }
    }

    /// Says once in the log what is wrong, however often it is met; and where it stays, shows it with the jobs that wait
    /// for it.
    async fn complain(&mut self, error: Option<DbError>) {
        let Some(error) = error else {
            self.failed_looks = 0;
            return;
        };
        self.failed_looks += 1;
        if self.failed_looks == 1 {
            tracing::warn!(%error, "the engine cannot go on; it tries again");
        }
        if self.failed_looks < FAILED_LOOKS {
            return;
        }
        for job in queue::unfinished(self.db.read()).await.unwrap_or_default() {
            if !self.running.contains_key(&job.number) {
                self.progress.show(Snapshot {
                    trouble: Some(error.to_string()),
                    ..Snapshot::at_rest(job)
                });
            }
        }
    }

    async fn look(&mut self) -> Result<(), DbError> {
        if self.hold.is_none() {
            let Some(hold) = Hold::take(self.db.folder())? else {
                return self.show_unfinished().await;
            };
            let mut tx = self.db.write().await?;
            rescue::orphans(&mut tx, &self.clock).await?;
            tx.commit().await?;
            self.hold = Some(hold);
        }
        self.take_up_the_stranded().await?;
        for number in steer::to_stop(self.db.read()).await? {
            if let Some(running) = self.running.get(&number) {
                running.stop.cancel();
            }
        }
        self.resume_after_trouble().await?;
        if self.duty == Duty::All {
            self.fire_schedules().await?;
            self.prune().await?;
        }
        self.claim().await?;
        self.show_unfinished().await
    }

    async fn take_up_the_stranded(&mut self) -> Result<(), DbError> {
        if self.stranded.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        for number in &self.stranded {
            let wished = steer::wished(&mut tx, *number).await?;
            let stop = wished.unwrap_or(Change::Interrupt);
            change(&mut tx, *number, stop, &self.clock).await?;
        }
        tx.commit().await?;
        self.stranded.clear();
        Ok(())
    }

    async fn resume_after_trouble(&self) -> Result<(), DbError> {
        let due = due_after_trouble(&self.db, &self.clock).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write_lightly().await?;
        for number in due {
            change(&mut tx, number, Change::Resume, &self.clock).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn fire_schedules(&self) -> Result<(), DbError> {
        if !schedule::is_due(self.db.read(), &self.clock).await? {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        schedule::fire(&mut tx, &self.clock).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn prune(&mut self) -> Result<(), DbError> {
        let now = self.clock.elapsed();
        if self.pruned.is_some_and(|last| now < last + PRUNE) {
            return Ok(());
        }
        let settings = settings::get::<JobSettings>(self.db.read()).await?;
        prune::prune(&self.db, &settings, &self.clock).await?;
        self.pruned = Some(now);
        Ok(())
    }

    async fn claim(&mut self) -> Result<(), DbError> {
        let turn = Turn {
            only: match self.duty {
                Duty::All => None,
                Duty::Only(number) => Some(number),
            },
            busy: self.running.values().map(|job| job.account).collect(),
        };
        let settings = settings::get::<JobSettings>(self.db.read()).await?;
        let free = usize::from(settings.at_once.max(1)).saturating_sub(self.running.len());
        if free == 0 {
            return Ok(());
        }
        // Looked at without holding up who writes.
        let claimed = queue::next(self.db.read(), &turn, free).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        // A claim that a power cut undoes is made again.
        let mut writer = self.db.writer_lightly().await?;
        match transition_all(&mut writer, &claimed, Change::Claim, &self.clock).await {
            Ok(()) => {}
            Err(TransitionError::Db(error)) => return Err(error),
            // Somebody else was quicker: the next look sees what is left.
            Err(TransitionError::Impossible { .. }) => return Ok(()),
        }
        drop(writer);
        fail::fail_point!("claim");
        self.stranded.extend(&claimed);
        for number in claimed {
            self.begin(number).await?;
            self.stranded.remove(&number);
        }
        Ok(())
    }

    async fn begin(&mut self, number: i64) -> Result<(), DbError> {
        let job = queue::get(self.db.read(), number).await?;
        let account = job.account_id;
        self.progress.show_at_rest(&job);
        let mailbox = match look_at(&self.db, &job).await {
            Ok(mailbox) => Arc::new(mailbox),
            Err(Unready::Db(error)) => return Err(error),
            Err(Unready::Mailbox(error)) => return self.give_up(number, &error.to_string()).await,
        };
        let me: Vec<String> = account::addresses(self.db.read(), account)
            .await?
            .into_iter()
            .filter(|seen| seen.chosen)
            .map(|seen| seen.address)
            .collect();
        let learner = (self.learners)(me.clone());
        let far = learner
            .far_side()
            .map(|side| self.far_sides.of(&side, &self.clock));
        // Not a child of the engine's closing: a run that is stopped by it ends in order, and so does the engine.
        let stop = CancellationToken::new();
        let run = Run {
            db: self.db.clone(),
            clock: self.clock.clone(),
            progress: self.progress.clone(),
            mailbox,
            learner,
            far,
            me,
            work: Work::begin(&self.clock, job.worked_ms),
            job,
            stop: stop.clone(),
            closing: self.closing.clone(),
        };
        self.running.insert(number, Running { account, stop });
        self.runs.spawn(async move {
            let finished = AssertUnwindSafe(run.finish()).catch_unwind().await;
            (number, finished.map_err(|panic| words_of(panic.as_ref())))
        });
        Ok(())
    }

    async fn end(&mut self, ended: Option<Ended>) {
        let Some((number, ended)) = ended else { return };
        self.running.remove(&number);
        match ended {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::warn!(number, %error, "the database failed a job");
                self.stranded.insert(number);
                self.show_trouble(number, &error);
            }
            Err(panic) => {
                let said = format!("Understudy met an error of its own: {panic}");
                if let Err(error) = self.give_up(number, &said).await {
                    self.stranded.insert(number);
                    self.show_trouble(number, &error);
                }
            }
        }
    }

    /// Nothing can be written down: whoever watches still learns of it.
    fn show_trouble(&self, number: i64, error: &DbError) {
        if let Some(shown) = self.progress.now().remove(&number) {
            self.progress.show(Snapshot {
                stage: None,
                mails_per_second: None,
                seconds_left: None,
                trouble: Some(error.to_string()),
                ..shown
            });
        }
    }

    async fn give_up(&self, number: i64, said: &str) -> Result<(), DbError> {
        let mut tx = self.db.write().await?;
        change(&mut tx, number, Change::Fail { said }, &self.clock).await?;
        tx.commit().await?;
        let job = queue::get(self.db.read(), number).await?;
        self.progress.show(Snapshot::at_rest(job));
        Ok(())
    }

    /// Shows the jobs that do not run here, and those that have ended where nobody here saw it.
    async fn show_unfinished(&self) -> Result<(), DbError> {
        let unfinished = queue::unfinished(self.db.read()).await?;
        let elsewhere = unfinished.iter().filter(|job| {
            !self.running.contains_key(&job.number) && !self.stranded.contains(&job.number)
        });
        elsewhere.for_each(|job| self.progress.show_at_rest(job));
        let still: BTreeSet<i64> = unfinished.iter().map(|job| job.number).collect();
        for number in self.progress.unfinished() {
            if !still.contains(&number)
                && !self.running.contains_key(&number)
                && let Some(job) = queue::find(self.db.read(), number).await?
            {
                self.progress.show(Snapshot::at_rest(job));
            }
        }
        Ok(())
    }
}

/// Changes a job, unless somebody else did before: their word stands.
async fn change(
    tx: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    number: i64,
    change: Change<'_>,
    clock: &Clock,
) -> Result<(), DbError> {
    match transition(tx, number, change, clock).await {
        Ok(()) | Err(TransitionError::Impossible { .. }) => Ok(()),
        Err(TransitionError::Db(error)) => Err(error),
    }
}

/// The jobs that trouble paused and whose time has come. A time that is further away than anybody lets a job wait comes
/// from a clock that was set back meanwhile.
///
/// # Errors
/// Where the database fails.
pub async fn due_after_trouble(db: &Db, clock: &Clock) -> Result<Vec<i64>, DbError> {
    let now = clock.now();
    let furthest = now.saturating_add(retry::LONGEST_PAUSE);
    let paused = queue::unfinished(db.read()).await?;
    let is_due = |until: Millis| until <= now || until > furthest;
    Ok(paused
        .into_iter()
        .filter(|job| matches!(job.pause, Some(Pause::Trouble { until }) if is_due(until)))
        .map(|job| job.number)
        .collect())
}

enum Unready {
    Db(DbError),
    Mailbox(MailboxError),
}

impl From<MailboxError> for Unready {
    fn from(error: MailboxError) -> Self {
        Self::Mailbox(error)
    }
}

/// The mailbox that a job is about.
async fn look_at(db: &Db, job: &Job) -> Result<Mailbox, Unready> {
    let mut places = job.options.places.clone();
    if places.is_empty() {
        places = account::places(db.read(), job.account_id)
            .await
            .map_err(Unready::Db)?;
    }
    blocking(move || Mailbox::look(&places).map_err(Unready::from)).await
}
