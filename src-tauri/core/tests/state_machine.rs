//! The queue against a model of it: whatever several processes do to a data folder, in whatever order, and however often
//! they die, every job is where the model says. `PROPTEST_CASES` looks further.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a surprise is a failure"
)]

#[path = "state_machine/model.rs"]
mod model;
mod rig;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::DateTime;
use chrono_tz::Tz;
use model::{
    ACCOUNTS, AT_ONCE, Answer, EVERY_HOURS, How, Job, KEEP_DAYS, KEEP_JOBS, MINUTE, Model, START,
    Step, What,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use rig::Folder;
use tokio::runtime::{Builder, Runtime};
use understudy_core::clock::{Clock, DAY, HandClock};
use understudy_core::db::Db;
use understudy_core::jobs::change::{Change, transition, transition_all};
use understudy_core::jobs::event;
use understudy_core::jobs::figures;
use understudy_core::jobs::hold::Hold;
use understudy_core::jobs::job::{Options, Pause, Priority, Status};
use understudy_core::jobs::queue::{self, Done, NewJob, Turn};
use understudy_core::jobs::rule::Rule;
use understudy_core::jobs::schedule::{self, NewSchedule};
use understudy_core::jobs::steer::{self, SteerError};
use understudy_core::jobs::{engine, failure, prune, rescue, suspect};
use understudy_core::learn::learner::{Failure, FailureKind};
use understudy_core::mail::account;
use understudy_core::mail::key::Key;
use understudy_core::notices;
use understudy_core::settings::JobSettings;

fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

prop_state_machine! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_job_is_where_the_model_says(sequential 1..=60 => Queue);
}

/// A data folder, the process that steers, and the one that holds, where there is one.
struct Queue {
    runtime: Runtime,
    world: World,
}

struct World {
    hand: HandClock,
    clock: Clock,
    steers: Db,
    runs: Db,
    hold: Option<Hold>,
    /// How the jobs were that had ended after the step before.
    ended: BTreeMap<i64, Job>,
    _folder: Folder,
}

impl StateMachineTest for Queue {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(World::new());
        Self { runtime, world }
    }

    fn apply(mut queue: Self, model: &Model, step: Step) -> Self {
        // What the step chose among is what there was before it.
        let before = queue.runtime.block_on(queue.world.jobs());
        queue
            .runtime
            .block_on(queue.world.step(model, &before, &step));
        let after = queue.runtime.block_on(queue.world.jobs());
        assert_claims(&before, &after);
        queue.world.assert_ends_stay(&after, &step);
        queue
    }

    fn check_invariants(queue: &Self, model: &Model) {
        queue.runtime.block_on(queue.world.check(model));
    }

    fn teardown(queue: Self, _: Model) {
        queue.runtime.block_on(async {
            queue.world.runs.close().await;
            queue.world.steers.close().await;
        });
    }
}

impl World {
    async fn new() -> Self {
        let folder = Folder::in_memory();
        let hand = HandClock::at(START, Tz::UTC);
        let clock = Clock::Hand(hand.clone());
        let (steers, runs) = (folder.db().await, folder.db().await);
        let mut tx = steers.write().await.unwrap();
        for number in 1..=ACCOUNTS {
            let name = format!("mailbox {number}");
            let account = account::at_places(&mut tx, Some(&name), &[], START).await;
            assert_eq!(account.unwrap().id, number);
        }
        let new = NewSchedule {
            account: 1,
            rule: &Rule::every(&EVERY_HOURS.to_string()).unwrap(),
            options: &Options::default(),
            priority: Priority::Low,
            window_ms: schedule::WINDOW,
        };
        schedule::add(&mut tx, &new, &clock).await.unwrap();
        tx.commit().await.unwrap();
        Self {
            hand,
            clock,
            steers,
            runs,
            hold: None,
            ended: BTreeMap::new(),
            _folder: folder,
        }
    }

    /// Takes the step. `model` has taken it already.
    async fn step(&mut self, model: &Model, before: &BTreeMap<i64, Job>, step: &Step) {
        let mut running = before
            .iter()
            .filter(|(_, job)| self.hold.is_some() && job.status == Status::Processing)
            .map(|(number, _)| *number);
        let one_of = |which: usize| {
            let running: Vec<i64> = running.clone().collect();
            running.get(which % running.len().max(1)).copied()
        };
        let answer = match *step {
            Step::Add {
                account, priority, ..
            } => Answer::New(self.add(account, priority).await),
            Step::TakeOver => self.take_over().await,
            Step::Claim if self.hold.is_some() && running.clone().count() < AT_ONCE => {
                Answer::Claimed(self.claim(before).await)
            }
            Step::Batch { which, good, bad } => match one_of(which) {
                Some(number) => self.batch(model, number, &before[&number], good, bad).await,
                None => Answer::Done,
            },
            Step::Stop { which, how } => match one_of(which) {
                Some(number) => self.stop(model, number, &before[&number], how).await,
                None => Answer::Done,
            },
            Step::Crash { in_flight } => {
                for number in running.by_ref() {
                    let job = &before[&number];
                    let left = model.work[&number].mails - job.counts.processed();
                    if in_flight && job.attempts > 1 && left > 0 {
                        let mail = mail(number, job.counts.processed());
                        suspect::note(&self.runs, number, mail).await.unwrap();
                    }
                }
                self.hold = None;
                Answer::Done
            }
            Step::ShutDown => {
                for number in running.by_ref() {
                    self.change(number, Change::Interrupt, true).await;
                }
                self.hold = None;
                Answer::Done
            }
            Step::Steer { number, what } => {
                let next = before_next(model);
                self.steer(1 + number % next, what).await
            }
            Step::Look if self.hold.is_some() => self.look().await,
            Step::Prune if self.hold.is_some() => {
                let settings = JobSettings {
                    keep_days: KEEP_DAYS,
                    keep_jobs: KEEP_JOBS,
                    ..JobSettings::default()
                };
                prune::prune(&self.runs, &settings, &self.clock)
                    .await
                    .unwrap();
                Answer::Done
            }
            Step::Claim | Step::Look | Step::Prune => Answer::Done,
            Step::Pass { minutes } => {
                let time = u64::try_from(minutes * MINUTE).unwrap();
                self.hand.pass(Duration::from_millis(time));
                Answer::Done
            }
            Step::Set { minutes } => {
                self.hand.set(self.clock.now() + minutes * MINUTE);
                Answer::Done
            }
        };
        assert_eq!(answer, model.answer, "{step:?}");
    }

    async fn add(&self, account: i64, priority: Priority) -> i64 {
        let mut tx = self.steers.write().await.unwrap();
        let new = NewJob {
            account,
            options: &Options::default(),
            priority,
            retry_of: None,
            scheduled_for: None,
        };
        let number = queue::add(&mut tx, &new, &self.clock).await.unwrap();
        tx.commit().await.unwrap();
        number
    }

    async fn take_over(&mut self) -> Answer {
        if let Some(hold) = Hold::take(self.runs.folder()).unwrap() {
            let mut tx = self.runs.write().await.unwrap();
            rescue::orphans(&mut tx, &self.clock).await.unwrap();
            tx.commit().await.unwrap();
            self.hold = Some(hold);
        }
        Answer::Done
    }

    async fn claim(&self, before: &BTreeMap<i64, Job>) -> Option<i64> {
        let running = |job: &&Job| job.status == Status::Processing;
        let turn = Turn {
            only: None,
            busy: before
                .values()
                .filter(running)
                .map(|job| job.account)
                .collect(),
        };
        let claimed = queue::next(self.runs.read(), &turn, 1).await.unwrap();
        let mut writer = self.runs.writer_lightly().await.unwrap();
        transition_all(&mut writer, &claimed, Change::Claim, &self.clock)
            .await
            .unwrap();
        drop(writer);
        let claimed = claimed.first().copied();
        if let Some(number) = claimed {
            let job = queue::get(self.runs.read(), number).await.unwrap();
            let deadly = suspect::deadly(self.runs.read(), number).await.unwrap();
            let most = if deadly.is_empty() { 3 } else { 4 };
            assert!(job.attempts <= most, "{job:?}");
        }
        claimed
    }

    /// Commits a batch as a run does: the first one fixes the job's total, and sets aside what stops the process.
    async fn batch(&self, model: &Model, number: i64, job: &Job, good: i64, bad: i64) -> Answer {
        let work = &model.work[&number];
        let deadly = suspect::deadly(self.runs.read(), number).await.unwrap();
        let now = self.clock.now();
        let mut tx = self.runs.write().await.unwrap();
        let total = work.mails + work.skipped;
        queue::set_scope(&mut tx, number, total, work.skipped, now)
            .await
            .unwrap();
        let mut left = work.mails - job.counts.processed();
        let crashed = Failure {
            kind: FailureKind::Crashed,
            said: "stopped".into(),
        };
        for key in deadly {
            let report = [(key, "a place".to_owned(), &crashed)];
            failure::keep(&mut tx, number, &report).await.unwrap();
            left -= 1;
            let done = Done {
                failed: 1,
                ..Done::default()
            };
            queue::count(&mut tx, number, &done, now).await.unwrap();
        }
        let successful = good.min(left);
        let failed = bad.min(left - successful);
        if successful + failed > 0 {
            let done = Done {
                successful,
                failed,
                ..Done::default()
            };
            queue::count(&mut tx, number, &done, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        suspect::landed(&self.runs, number).await.unwrap();
        Answer::Done
    }

    async fn stop(&self, model: &Model, number: i64, job: &Job, how: How) -> Answer {
        match how {
            How::Obey => {
                let to_stop = steer::to_stop(self.runs.read()).await.unwrap();
                if to_stop.contains(&number) {
                    self.change(number, Change::Interrupt, true).await;
                }
            }
            How::Complete => {
                let all = model.work[&number].mails;
                self.batch(model, number, job, all, 0).await;
                self.change(number, Change::Complete, false).await;
            }
            How::Fail => {
                let change = Change::Fail { said: "refused" };
                self.change(number, change, false).await;
            }
            How::Trip { minutes } => {
                let until = self.clock.now() + minutes * MINUTE;
                let change = Change::Trip {
                    said: "down",
                    until,
                };
                self.change(number, change, true).await;
            }
        }
        Answer::Done
    }

    /// Changes a job that runs; what its owner wishes comes first where it `obeys`.
    async fn change(&self, number: i64, change: Change<'_>, obeys: bool) {
        let mut tx = self.runs.write().await.unwrap();
        let change = match steer::wished(&mut tx, number).await.unwrap() {
            Some(wished) if obeys => wished,
            _ => change,
        };
        transition(&mut tx, number, change, &self.clock)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn steer(&self, number: i64, what: What) -> Answer {
        let (db, clock) = (&self.steers, &self.clock);
        let told = match what {
            What::Pause => steer::pause(db, number, clock).await.map(|()| None),
            What::Resume => steer::resume(db, number, clock).await.map(|()| None),
            What::Cancel => steer::cancel(db, number, clock).await.map(|()| None),
            What::Retry => steer::retry(db, number, clock).await.map(Some),
            What::Again => steer::again(db, number, clock).await.map(Some),
        };
        match told {
            Ok(None) => Answer::Done,
            Ok(Some(number)) => Answer::New(number),
            Err(SteerError::NoSuchJob(_)) => Answer::NoSuchJob,
            Err(SteerError::Over { status, .. }) => Answer::Over(status),
            Err(SteerError::NotOver(_)) => Answer::NotOver,
            Err(SteerError::NothingFailed(_)) => Answer::NothingFailed,
            Err(SteerError::Busy(number)) => Answer::Busy(number),
            Err(SteerError::Db(error)) => panic!("{error}"),
        }
    }

    async fn look(&self) -> Answer {
        let due = engine::due_after_trouble(&self.runs, &self.clock)
            .await
            .unwrap();
        for number in due {
            self.change(number, Change::Resume, false).await;
        }
        if schedule::is_due(self.runs.read(), &self.clock)
            .await
            .unwrap()
        {
            let mut tx = self.runs.write().await.unwrap();
            schedule::fire(&mut tx, &self.clock).await.unwrap();
            tx.commit().await.unwrap();
        }
        Answer::Done
    }

    async fn check(&self, model: &Model) {
        let jobs = self.jobs().await;
        assert_eq!(jobs, model.jobs);
        for job in jobs.values() {
            assert_sound(job);
        }
        assert_eq!(self.figures().await, model.figures);
        let is_free = Hold::take(self.steers.folder()).unwrap().is_some();
        assert_eq!(is_free, model.running.is_none(), "one process holds");
        let running = jobs
            .values()
            .filter(|job| job.status == Status::Processing)
            .count();
        if let Some(held) = &model.running {
            assert_eq!(running, held.len(), "the holder runs what runs");
        }
    }

    /// The jobs as another process sees them.
    async fn jobs(&self) -> BTreeMap<i64, Job> {
        const ALL: i64 = 1_000;
        let pool = self.steers.read();
        let wishes: Vec<(i64, String)> =
            sqlx::query_as("SELECT number, wish FROM email_learning_jobs WHERE wish IS NOT NULL")
                .fetch_all(pool)
                .await
                .unwrap();
        let wishes: BTreeMap<i64, String> = wishes.into_iter().collect();
        let mut told: BTreeMap<i64, Vec<notices::Kind>> = BTreeMap::new();
        for notice in notices::latest(pool, ALL).await.unwrap().iter().rev() {
            told.entry(notice.job).or_default().push(notice.kind);
        }
        let mut jobs = BTreeMap::new();
        for job in queue::latest(pool, ALL).await.unwrap() {
            let events = event::of(pool, job.number, ALL).await.unwrap();
            let wish = wishes.get(&job.number).map(String::as_str);
            let seen = Job {
                account: job.account_id,
                priority: job.priority,
                status: job.status,
                pause: job.pause,
                wish: ["pause", "resume", "cancel"]
                    .into_iter()
                    .find(|word| wish == Some(word)),
                attempts: job.attempts,
                trips: job.trips,
                counts: job.counts,
                retry_of: job.retry_of,
                said: job.error_message,
                created_at: job.created_at,
                started_at: job.started_at,
                completed_at: job.completed_at,
                scheduled_for: job.scheduled_for,
                events: events.iter().map(|event| word(&event.kind)).collect(),
                notices: told.remove(&job.number).unwrap_or_default(),
            };
            jobs.insert(job.number, seen);
        }
        assert!(told.is_empty(), "notices of jobs that are gone");
        jobs
    }

    async fn figures(&self) -> BTreeMap<i64, [i64; 3]> {
        let days = figures::by_day(self.steers.read(), 1_000).await.unwrap();
        days.into_iter()
            .map(|(day, figures)| {
                let noon = DateTime::parse_from_rfc3339(&format!("{day}T12:00:00Z")).unwrap();
                let ended = [figures.completed, figures.broken, figures.cancelled];
                (noon.timestamp_millis() / DAY, ended)
            })
            .collect()
    }

    /// An end is an end: until it is forgotten, nothing of the job changes any more.
    fn assert_ends_stay(&mut self, jobs: &BTreeMap<i64, Job>, step: &Step) {
        for (number, ended) in &self.ended {
            match jobs.get(number) {
                Some(job) => assert_eq!(job, ended, "{number} after {step:?}"),
                None => assert!(matches!(step, Step::Prune), "{number} after {step:?}"),
            }
        }
        self.ended = jobs
            .iter()
            .filter(|(_, job)| job.status.is_terminal())
            .map(|(number, job)| (*number, job.clone()))
            .collect();
    }
}

/// The number after the last before the step: steering makes one job at most, and that is in the answer.
fn before_next(model: &Model) -> i64 {
    match model.answer {
        Answer::New(number) => number,
        _ => model.next_number,
    }
}

/// What must hold of a job by itself, whatever the model says.
fn assert_sound(job: &Job) {
    let counts = job.counts;
    assert!(
        counts.processed() + counts.skipped <= counts.total,
        "{job:?}"
    );
    assert_eq!(
        job.completed_at.is_some(),
        job.status.is_terminal(),
        "{job:?}"
    );
    assert_eq!(job.pause.is_some(), job.status == Status::Paused, "{job:?}");
    assert!(
        job.wish.is_none() || job.status == Status::Processing,
        "{job:?}"
    );
    let waits_for_its_owner = job.pause == Some(Pause::Owner);
    let last = job.events.last().copied();
    assert!(!waits_for_its_owner || last == Some("paused"), "{job:?}");
}

/// A job that was claimed was the first of those that could be, and no account has two that run.
fn assert_claims(before: &BTreeMap<i64, Job>, after: &BTreeMap<i64, Job>) {
    let runs = |job: &Job| job.status == Status::Processing;
    for account in 1..=ACCOUNTS {
        let of_account = |job: &&Job| job.account == account && runs(job);
        assert!(after.values().filter(of_account).count() <= 1);
    }
    let claimed = |number: &i64| runs(&after[number]) && !runs(&before[number]);
    for number in after.keys().filter(|number| before.contains_key(number)) {
        if !claimed(number) {
            continue;
        }
        let job = &before[number];
        let waited_longer = before.iter().filter(|(_, other)| {
            other.status == Status::Queued
                && !before
                    .values()
                    .any(|busy| busy.account == other.account && runs(busy))
                && job.created_at - other.created_at > 2 * Priority::HEAD_START
        });
        assert_eq!(waited_longer.count(), 0, "{number} let another starve");
    }
}

/// The mail at this place of a job's mailbox.
fn mail(job: i64, place: i64) -> Key {
    Key::of_place(&format!("{job}/{place}"))
}

/// The word of an event that the model knows.
fn word(kind: &str) -> &'static str {
    const WORDS: [&str; 10] = [
        "queued",
        "started",
        "resumed",
        "rescued",
        "paused",
        "tripped",
        "interrupted",
        "completed",
        "failed",
        "cancelled",
    ];
    WORDS.into_iter().find(|word| *word == kind).unwrap()
}
