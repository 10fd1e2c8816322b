//! What the queue is to do, without a database: the reference that the real one is compared with after every step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use understudy_core::clock::{DAY, Millis};
use understudy_core::jobs::change::Change;
use understudy_core::jobs::job::{Counts, Pause, Priority, Status};
use understudy_core::jobs::retry::LONGEST_PAUSE;
use understudy_core::notices;

/// Noon of a day in 2026.
pub(crate) const START: Millis = 1_780_000_000_000;
pub(crate) const MINUTE: Millis = 60 * 1000;
pub(crate) const ACCOUNTS: i64 = 3;
pub(crate) const AT_ONCE: usize = 2;
pub(crate) const KEEP_DAYS: u32 = 2;
pub(crate) const KEEP_JOBS: u32 = 5;
/// The first account has a schedule.
pub(crate) const EVERY_HOURS: i64 = 3;

/// What happens next, in one of several processes. A step that cannot be taken, such as a batch where nothing runs, is
/// none: so a failing case can be made smaller.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Somebody asks for a job, of so many mails and so many that are known already.
    Add {
        account: i64,
        priority: Priority,
        mails: i64,
        skipped: i64,
    },
    /// A process starts its engine, and becomes the holder where nobody is.
    TakeOver,
    /// The holder claims the job whose turn it is.
    Claim,
    /// One of the jobs that run commits a batch.
    Batch { which: usize, good: i64, bad: i64 },
    /// One of the jobs that run stops.
    Stop { which: usize, how: How },
    /// The holder dies, maybe in the middle of a mail.
    Crash { in_flight: bool },
    /// The holder ends in order.
    ShutDown,
    /// Another process steers.
    Steer { number: i64, what: What },
    /// The holder looks at the time: what trouble paused goes on, schedules fire.
    Look,
    /// The holder forgets what is old.
    Prune,
    /// Time passes.
    Pass { minutes: i64 },
    /// The clock is set, by more or less.
    Set { minutes: i64 },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    /// It was wished to.
    Obey,
    Complete,
    Fail,
    Trip {
        minutes: i64,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Pause,
    Resume,
    Cancel,
    Retry,
    Again,
}

/// What the one who acted was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    New(i64),
    Claimed(Option<i64>),
    NoSuchJob,
    Over(Status),
    NotOver,
    NothingFailed,
    Busy(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) account: i64,
    pub(crate) priority: Priority,
    pub(crate) status: Status,
    pub(crate) pause: Option<Pause>,
    pub(crate) wish: Option<&'static str>,
    pub(crate) attempts: i64,
    pub(crate) trips: i64,
    pub(crate) counts: Counts,
    pub(crate) retry_of: Option<i64>,
    pub(crate) said: Option<String>,
    pub(crate) created_at: Millis,
    pub(crate) started_at: Option<Millis>,
    pub(crate) completed_at: Option<Millis>,
    pub(crate) scheduled_for: Option<Millis>,
    pub(crate) events: Vec<&'static str>,
    pub(crate) notices: Vec<notices::Kind>,
}

/// What nobody sees of a job but its runner.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub(crate) mails: i64,
    pub(crate) skipped: i64,
    /// Mails by their place: how often the process died in them.
    deaths: BTreeMap<i64, i64>,
    in_flight: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) now: Millis,
    pub(crate) jobs: BTreeMap<i64, Job>,
    pub(crate) work: BTreeMap<i64, Work>,
    pub(crate) next_number: i64,
    /// The jobs that the holder runs, where there is a holder.
    pub(crate) running: Option<BTreeSet<i64>>,
    /// By day: completed, failed, cancelled.
    pub(crate) figures: BTreeMap<Millis, [i64; 3]>,
    pub(crate) answer: Answer,
    fired: BTreeSet<Millis>,
    looked_at: Millis,
    next_run_at: Millis,
}

impl Model {
    fn new() -> Self {
        Self {
            now: START,
            jobs: BTreeMap::new(),
            work: BTreeMap::new(),
            next_number: 1,
            running: None,
            figures: BTreeMap::new(),
            answer: Answer::Done,
            fired: BTreeSet::new(),
            looked_at: START,
            next_run_at: START + EVERY_HOURS * 60 * MINUTE,
        }
    }

    /// One of the jobs that run.
    pub(crate) fn running(&self, which: usize) -> Option<i64> {
        let running = self.running.as_ref()?;
        running.iter().nth(which % running.len().max(1)).copied()
    }

    /// A number that is a job's, or the next one's.
    pub(crate) fn number(&self, any: i64) -> i64 {
        1 + any % self.next_number
    }

    pub(crate) fn remaining(&self, number: i64) -> i64 {
        self.work[&number].mails - self.jobs[&number].counts.processed()
    }

    /// Whether the job goes on one mail at a time, since a process died in it.
    pub(crate) fn is_careful(&self, number: i64) -> bool {
        self.jobs[&number].attempts > 1
    }

    fn may_claim(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.len() < AT_ONCE)
    }

    fn unfinished(&self, account: i64) -> Option<i64> {
        let of_account = |job: &Job| job.account == account && !job.status.is_terminal();
        self.jobs
            .iter()
            .find(|(_, job)| of_account(job))
            .map(|(number, _)| *number)
    }

    fn add(&mut self, account: i64, priority: Priority, work: Work, of: Origin) -> i64 {
        let number = self.next_number;
        self.next_number += 1;
        let (retry_of, scheduled_for) = match of {
            Origin::Owner => (None, None),
            Origin::Retry(job) => (Some(job), None),
            Origin::Schedule(time) => (None, Some(time)),
        };
        let job = Job {
            account,
            priority,
            status: Status::Queued,
            pause: None,
            wish: None,
            attempts: 0,
            trips: 0,
            counts: Counts::default(),
            retry_of,
            said: None,
            created_at: self.now,
            started_at: None,
            completed_at: None,
            scheduled_for,
            events: vec!["queued"],
            notices: Vec::new(),
        };
        self.jobs.insert(number, job);
        self.work.insert(number, work);
        number
    }

    fn change(&mut self, number: i64, change: Change<'_>) {
        let now = self.now;
        let job = self.jobs.get_mut(&number).unwrap();
        job.wish = None;
        job.pause = None;
        job.said = None;
        match change {
            Change::Claim => {
                job.attempts += 1;
                if job.started_at.is_none() {
                    job.started_at = Some(now);
                    job.notices.push(notices::Kind::Started);
                }
            }
            Change::Rescue => job.notices.push(notices::Kind::Resumed),
            Change::Interrupt | Change::Resume => job.attempts = 0,
            Change::Pause => {
                job.attempts = 0;
                job.pause = Some(Pause::Owner);
            }
            Change::Trip { said, until } => {
                if job.trips == 0 {
                    job.notices.push(notices::Kind::Paused);
                }
                job.trips += 1;
                job.attempts = 0;
                job.said = Some(said.to_owned());
                job.pause = Some(Pause::Trouble { until });
            }
            Change::Complete if job.counts.failed > 0 => {
                job.notices.push(notices::Kind::CompletedWithFailures);
            }
            Change::Complete => job.notices.push(notices::Kind::Completed),
            Change::Fail { said } => {
                job.said = Some(said.to_owned());
                job.notices.push(notices::Kind::Failed);
            }
            Change::Cancel { said } => job.said = said.map(str::to_owned),
        }
        let (status, event, figure) = match change {
            Change::Claim => (Status::Processing, "started", None),
            Change::Interrupt => (Status::Queued, "interrupted", None),
            Change::Rescue => (Status::Queued, "rescued", None),
            Change::Resume => (Status::Queued, "resumed", None),
            Change::Pause => (Status::Paused, "paused", None),
            Change::Trip { .. } => (Status::Paused, "tripped", None),
            Change::Complete => (Status::Completed, "completed", Some(0)),
            Change::Fail { .. } => (Status::Failed, "failed", Some(1)),
            Change::Cancel { .. } => (Status::Cancelled, "cancelled", Some(2)),
        };
        job.status = status;
        job.events.push(event);
        if let Some(figure) = figure {
            job.completed_at = Some(now);
            self.figures.entry(now / DAY).or_default()[figure] += 1;
        }
        if status != Status::Processing
            && let Some(running) = &mut self.running
        {
            running.remove(&number);
        }
    }

    /// What becomes of a job that stops.
    fn stop(&mut self, number: i64, otherwise: Change<'_>) {
        let change = match self.jobs[&number].wish {
            Some("pause") => Change::Pause,
            Some("cancel") => Change::Cancel { said: None },
            _ => otherwise,
        };
        self.change(number, change);
    }

    fn rescue(&mut self) {
        let orphans: Vec<i64> = self
            .jobs
            .iter()
            .filter(|(_, job)| job.status == Status::Processing)
            .map(|(number, _)| *number)
            .collect();
        for number in orphans {
            let work = self.work.get_mut(&number).unwrap();
            if let Some(mail) = work.in_flight.take() {
                *work.deaths.entry(mail).or_default() += 1;
            }
            // A fourth attempt is only for setting a mail aside.
            let most = if self.deadly(number).is_some() { 4 } else { 3 };
            let change = if self.jobs[&number].attempts < most {
                Change::Rescue
            } else {
                let said = "it stopped Understudy 3 times. Nothing that it learned is lost; start it again to go on";
                Change::Fail { said }
            };
            self.stop(number, change);
        }
    }

    /// The mail that is to be set aside: the next one, where the process died in it twice.
    pub(crate) fn deadly(&self, number: i64) -> Option<i64> {
        let next = self.jobs[&number].counts.processed();
        let deaths = self.work[&number].deaths.get(&next)?;
        (*deaths >= 2).then_some(next)
    }

    /// The job whose turn it is: the highest priority counts as ten minutes, and the ten minutes after it too.
    pub(crate) fn first_in_turn(&self) -> Option<i64> {
        let is_free = |account| {
            let runs = |job: &Job| job.account == account && job.status == Status::Processing;
            !self.jobs.values().any(runs)
        };
        self.jobs
            .iter()
            .filter(|(_, job)| job.status == Status::Queued && is_free(job.account))
            .min_by_key(|(number, job)| {
                let later = match job.priority {
                    Priority::Low => 10,
                    Priority::Normal => 0,
                    Priority::Urgent => -10,
                };
                (job.created_at + later * MINUTE, **number)
            })
            .map(|(number, _)| *number)
    }

    fn batch(&mut self, number: i64, good: i64, bad: i64) {
        if self.deadly(number).is_some() {
            self.count(number, 0, 1);
        }
        let good = good.min(self.remaining(number));
        self.count(number, good, 0);
        let bad = bad.min(self.remaining(number));
        self.count(number, 0, bad);
        let work = &self.work[&number];
        let counts = &mut self.jobs.get_mut(&number).unwrap().counts;
        counts.total = work.mails + work.skipped;
        counts.skipped = work.skipped;
    }

    fn count(&mut self, number: i64, good: i64, bad: i64) {
        if good + bad > 0 {
            let job = self.jobs.get_mut(&number).unwrap();
            job.counts.successful += good;
            job.counts.failed += bad;
            job.attempts = 1;
            job.trips = 0;
        }
    }

    fn steer(&mut self, number: i64, what: What) -> Answer {
        let before = self.clone();
        if self.running.is_none() {
            self.rescue();
        }
        let Some(job) = self.jobs.get(&number).cloned() else {
            *self = before;
            return Answer::NoSuchJob;
        };
        let is_over = job.status.is_terminal();
        match what {
            What::Cancel if job.status == Status::Cancelled => return Answer::Done,
            What::Pause | What::Resume | What::Cancel if is_over => {
                return Answer::Over(job.status);
            }
            What::Retry | What::Again if !is_over => {
                *self = before;
                return Answer::NotOver;
            }
            _ => {}
        }
        let wish = |model: &mut Self, wish| {
            model.jobs.get_mut(&number).unwrap().wish = Some(wish);
        };
        match (what, job.status) {
            (What::Pause, Status::Processing) => wish(self, "pause"),
            (What::Resume, Status::Processing) => wish(self, "resume"),
            (What::Cancel, Status::Processing) => wish(self, "cancel"),
            (What::Pause, _) if job.pause == Some(Pause::Owner) => {}
            (What::Pause, _) => self.change(number, Change::Pause),
            (What::Resume, Status::Paused) => self.change(number, Change::Resume),
            (What::Resume, _) => {}
            (What::Cancel, _) => self.change(number, Change::Cancel { said: None }),
            (What::Retry | What::Again, _) => return self.repeat(number, &job, what),
        }
        Answer::Done
    }

    fn repeat(&mut self, number: i64, job: &Job, what: What) -> Answer {
        if let Some(other) = self.unfinished(job.account) {
            return Answer::Busy(other);
        }
        let failed = job.counts.failed;
        let known = Work {
            skipped: job.counts.total,
            ..Work::default()
        };
        let to_retry = Work {
            mails: failed,
            ..Work::default()
        };
        match what {
            What::Retry if failed == 0 => Answer::NothingFailed,
            What::Retry => {
                let origin = Origin::Retry(number);
                Answer::New(self.add(job.account, job.priority, to_retry, origin))
            }
            _ => Answer::New(self.add(job.account, Priority::Normal, known, Origin::Owner)),
        }
    }

    fn look(&mut self) {
        let now = self.now;
        let is_due = |until| until <= now || until > now + LONGEST_PAUSE;
        let due: Vec<i64> = self
            .jobs
            .iter()
            .filter(|(_, job)| matches!(job.pause, Some(Pause::Trouble { until }) if is_due(until)))
            .map(|(number, _)| *number)
            .collect();
        for number in due {
            self.change(number, Change::Resume);
        }
        if self.next_run_at > now && self.looked_at <= now {
            return;
        }
        let every = EVERY_HOURS * 60 * MINUTE;
        let steps = (now - START).div_euclid(every);
        let latest = START + steps * every;
        if steps > 0 && latest > self.looked_at && self.fired.insert(latest) {
            let account = 1;
            if self.unfinished(account).is_none() {
                let origin = Origin::Schedule(latest);
                self.add(account, Priority::Low, Work::default(), origin);
            }
        }
        self.looked_at = now;
        self.next_run_at = START + (steps.max(0) + 1) * every;
    }

    fn prune(&mut self) {
        let oldest = self.now - i64::from(KEEP_DAYS) * DAY;
        let mut ended: Vec<(Millis, i64)> = self
            .jobs
            .iter()
            .filter_map(|(number, job)| Some((job.completed_at?, *number)))
            .collect();
        ended.sort_unstable();
        let too_many = ended.len().saturating_sub(KEEP_JOBS as usize);
        for (place, (completed_at, number)) in ended.into_iter().enumerate() {
            let retries = |job: &Job| job.retry_of == Some(number) && job.completed_at.is_none();
            let is_retried = self.jobs.values().any(retries);
            if (place < too_many || completed_at < oldest) && !is_retried {
                self.jobs.remove(&number);
            }
        }
    }

    fn crash(&mut self, in_flight: bool) {
        for number in self.running.take().unwrap_or_default() {
            if in_flight && self.is_careful(number) && self.remaining(number) > 0 {
                let next = self.jobs[&number].counts.processed();
                self.work.get_mut(&number).unwrap().in_flight = Some(next);
            }
        }
    }

    fn take(&mut self, step: &Step) -> Answer {
        match *step {
            Step::Add {
                account,
                priority,
                mails,
                skipped,
            } => {
                let work = Work {
                    mails,
                    skipped,
                    ..Work::default()
                };
                return Answer::New(self.add(account, priority, work, Origin::Owner));
            }
            Step::TakeOver if self.running.is_none() => {
                self.rescue();
                self.running = Some(BTreeSet::new());
            }
            Step::TakeOver => {}
            Step::Claim if self.may_claim() => {
                let first = self.first_in_turn();
                if let Some(number) = first {
                    self.change(number, Change::Claim);
                    self.running.as_mut().unwrap().insert(number);
                }
                return Answer::Claimed(first);
            }
            Step::Claim => {}
            Step::Batch { which, good, bad } => {
                if let Some(number) = self.running(which) {
                    self.batch(number, good, bad);
                }
            }
            Step::Stop { which, how } => {
                if let Some(number) = self.running(which) {
                    match how {
                        How::Obey
                            if !matches!(self.jobs[&number].wish, Some("pause" | "cancel")) => {}
                        How::Obey => self.stop(number, Change::Interrupt),
                        How::Complete => {
                            self.batch(number, self.work[&number].mails, 0);
                            self.change(number, Change::Complete);
                        }
                        How::Fail => self.change(number, Change::Fail { said: "refused" }),
                        How::Trip { minutes } => {
                            let until = self.now + minutes * MINUTE;
                            self.stop(
                                number,
                                Change::Trip {
                                    said: "down",
                                    until,
                                },
                            );
                        }
                    }
                }
            }
            Step::Crash { in_flight } => self.crash(in_flight),
            Step::ShutDown => {
                for number in self.running.clone().unwrap_or_default() {
                    self.stop(number, Change::Interrupt);
                }
                self.running = None;
            }
            Step::Steer { number, what } => return self.steer(self.number(number), what),
            Step::Look if self.running.is_some() => self.look(),
            Step::Prune if self.running.is_some() => self.prune(),
            Step::Look | Step::Prune => {}
            Step::Pass { minutes } | Step::Set { minutes } => self.now += minutes * MINUTE,
        }
        Answer::Done
    }
}

enum Origin {
    Owner,
    Retry(i64),
    Schedule(Millis),
}

fn steps(model: &Model) -> BoxedStrategy<Step> {
    let priority = prop_oneof![
        Just(Priority::Low),
        Just(Priority::Normal),
        Just(Priority::Urgent)
    ];
    let add = (1..=ACCOUNTS, priority, 0..12_i64, 0..3_i64).prop_map(
        |(account, priority, mails, skipped)| Step::Add {
            account,
            priority,
            mails,
            skipped,
        },
    );
    let what = prop_oneof![
        2 => Just(What::Pause),
        2 => Just(What::Resume),
        2 => Just(What::Cancel),
        1 => Just(What::Retry),
        1 => Just(What::Again),
    ];
    let steer = (0..100_i64, what).prop_map(|(number, what)| Step::Steer { number, what });
    let time = prop_oneof![
        4 => (0..15_i64).prop_map(|minutes| Step::Pass { minutes }),
        1 => (60..2000_i64).prop_map(|minutes| Step::Pass { minutes }),
        1 => (-2000..2000_i64).prop_map(|minutes| Step::Set { minutes }),
    ];
    let elsewhere = prop_oneof![4 => add, 5 => steer, 3 => time];
    if model.running.is_none() {
        return prop_oneof![1 => elsewhere, 2 => Just(Step::TakeOver)].boxed();
    }
    let holder = prop_oneof![
        4 => Just(Step::Claim),
        2 => Just(Step::Look),
        1 => Just(Step::Prune),
        1 => Just(Step::TakeOver),
        1 => Just(Step::ShutDown),
    ];
    if model.running(0).is_none() {
        return prop_oneof![elsewhere, holder].boxed();
    }
    let how = prop_oneof![
        3 => Just(How::Obey),
        3 => Just(How::Complete),
        1 => Just(How::Fail),
        2 => (1..40_i64).prop_map(|minutes| How::Trip { minutes }),
    ];
    let batch = (0..AT_ONCE, 0..3_i64, 0..2_i64).prop_map(|(which, good, bad)| Step::Batch {
        which,
        good,
        bad,
    });
    let running = prop_oneof![
        3 => batch,
        3 => (0..AT_ONCE, how).prop_map(|(which, how)| Step::Stop { which, how }),
        3 => any::<bool>().prop_map(|in_flight| Step::Crash { in_flight }),
    ];
    prop_oneof![3 => elsewhere, 2 => holder, 3 => running].boxed()
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(model: &Self) -> BoxedStrategy<Step> {
        steps(model)
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        model.answer = model.take(step);
        model
    }
}
