//! Trouble with a far side, with a learner, with the clock: a job waits, goes on by itself or says why it cannot, and
//! never loses or doubles a mail.
//!
//! One thread runs a test and its engine: a job that shows a wait sleeps already when the test sees it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a surprise is a failure"
)]

mod rig;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono_tz::Tz;
use rig::{Folder, NOON, end, ended, mail};
use sqlx::{Sqlite, Transaction};
use understudy_core::clock::{Clock, DAY, HandClock, Millis};
use understudy_core::db::{Db, DbError};
use understudy_core::jobs::failure::{self, Report};
use understudy_core::jobs::job::{Job, Options, Pause, Status};
use understudy_core::jobs::retry::{LONGEST_PATIENCE, TRIES, cool_down};
use understudy_core::jobs::steer::{self, SteerError};
use understudy_core::jobs::{Engine, Request, event, figures, queue};
use understudy_core::learn::learner::{
    Batch, Failure, FailureKind, FarSide, Learner, Mail, Outcome, Trouble,
};
use understudy_core::learn::local::{Lesson, LocalLearner};
use understudy_core::mail::source::Mailbox;
use understudy_core::notices::{self, Kind};
use understudy_core::settings::{self, JobSettings};

const MAILS: i64 = 20;
const BATCH: i64 = 5;

const MINUTE: Duration = Duration::from_secs(60);

/// The clock is moved by so much at once where a test does not know how long a wait is.
const STEP: Duration = Duration::from_millis(100);

/// What a learner does when it is asked.
enum Answer {
    Learned,
    Troubled(Trouble),
    /// Nothing, ever.
    Nothing,
}

fn passing(said: &str) -> Answer {
    Answer::Troubled(Trouble::Passing { said: said.into() })
}

fn throttled(wait: Option<Duration>, said: &str) -> Answer {
    let said = said.into();
    Answer::Troubled(Trouble::Throttled { wait, said })
}

/// What a far side says to every try of one batch, until its job is paused.
fn no_answer(round: usize) -> Vec<String> {
    (0..=TRIES)
        .map(|number| format!("no answer, round {round}, try {number}"))
        .collect()
}

/// What the learners of one test share: what they answer, one batch after the other, and what they were asked.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
    has_far_side: bool,
    /// A mail with these words makes them panic.
    deadly: Option<&'static str>,
    /// Mails with these words cannot be read.
    unreadable: Mutex<Vec<&'static str>>,
    settling_panics: AtomicBool,
}

#[derive(Clone, Copy)]
struct Asked {
    at: Millis,
    mails: usize,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            ..Self::default()
        }
    }

    /// What comes next, before what was to come.
    fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        let mut queue = self.answers.lock().unwrap();
        let later = std::mem::take(&mut *queue);
        queue.extend(answers);
        queue.extend(later);
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn mails_asked_for(&self) -> usize {
        self.asked().iter().map(|asked| asked.mails).sum()
    }
}

/// The embedded learner, behind a script.
#[derive(Clone)]
struct Scripted {
    local: LocalLearner,
    clock: Clock,
    script: Arc<Script>,
}

impl Learner for Scripted {
    type Lesson = Lesson;

    fn fingerprint(&self) -> String {
        self.local.fingerprint()
    }

    fn far_side(&self) -> Option<FarSide> {
        self.script.has_far_side.then(|| FarSide {
            name: "far".into(),
            per_minute: None,
        })
    }

    async fn learn(&self, batch: Batch) -> Result<Vec<Outcome<Lesson>>, Trouble> {
        self.script.asked.lock().unwrap().push(Asked {
            at: self.clock.now(),
            mails: batch.mails.len(),
        });
        let answer = self.script.answers.lock().unwrap().pop_front();
        match answer {
            Some(Answer::Nothing) => std::future::pending().await,
            Some(Answer::Troubled(trouble)) => return Err(trouble),
            Some(Answer::Learned) | None => {}
        }
        let mailbox = Arc::clone(&batch.mailbox);
        let says = |mail: &Mail, words: &str| says(&mailbox, mail, words);
        if let Some(deadly) = self.script.deadly {
            let is_deadly = batch.mails.iter().any(|mail| says(mail, deadly));
            assert!(!is_deadly, "these words are too much");
        }
        let unreadable = self.script.unreadable.lock().unwrap().clone();
        let mut outcomes = self.local.learn(batch).await?;
        for outcome in &mut outcomes {
            if unreadable.iter().any(|words| says(&outcome.mail, words)) {
                outcome.lesson = Err(Failure {
                    kind: FailureKind::Unreadable,
                    said: "not today".into(),
                });
            }
        }
        Ok(outcomes)
    }

    async fn keep(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        account: i64,
        lessons: &[&Lesson],
    ) -> Result<Vec<i64>, DbError> {
        self.local.keep(tx, account, lessons).await
    }

    async fn settle(&self, db: &Db, account: i64) -> Result<(), DbError> {
        assert!(
            !self.script.settling_panics.load(Ordering::Relaxed),
            "nothing fits"
        );
        self.local.settle(db, account).await
    }
}

fn says(mailbox: &Mailbox, mail: &Mail, words: &str) -> bool {
    String::from_utf8_lossy(&mailbox.read(&mail.place).unwrap()).contains(words)
}

fn mailbox() -> String {
    (0..MAILS)
        .map(|number| {
            let mine = number % 2 == 1;
            let (from, to) = if mine {
                ("me@shop.example", "ann@mail.example")
            } else {
                ("ann@mail.example", "me@shop.example")
            };
            let id = format!("<{number}@mail.example>");
            let parent = format!("<{}@mail.example>", number - 1);
            let date = format!("{} May 2026 10:00:00 +0000", 1 + number);
            let mut headers = vec![
                ("From", from),
                ("To", to),
                ("Message-ID", &id),
                ("Date", &date),
            ];
            if mine {
                headers.push(("In-Reply-To", &parent));
            }
            mail(&headers, &format!("Words of mail {number}, and no other."))
        })
        .collect()
}

/// An engine whose learners follow a script, and the clock in its test's hand.
struct Stage {
    folder: Folder,
    hand: HandClock,
    script: Arc<Script>,
    engine: Engine,
}

impl Stage {
    async fn set(script: Script) -> Self {
        let (folder, script) = (Folder::new(), Arc::new(script));
        let hand = HandClock::at(NOON, Tz::UTC);
        let clock = Clock::Hand(hand.clone());
        let shared = Arc::clone(&script);
        let engine = folder
            .engine_with(clock.clone(), move |me| Scripted {
                local: LocalLearner::new(me),
                clock: clock.clone(),
                script: Arc::clone(&shared),
            })
            .await;
        Self {
            folder,
            hand,
            script,
            engine,
        }
    }

    async fn ask(&self, account: &str) -> i64 {
        let request = Request {
            paths: vec![self.folder.file(&format!("{account}.mbox"), mailbox())],
            account: Some(account.into()),
            me: vec!["me@shop.example".into()],
            options: Options {
                batch: Some(BATCH as u32),
                ..Options::default()
            },
            ..Request::default()
        };
        self.engine.ask(request).await.unwrap().number
    }

    async fn job(&self, number: i64) -> Job {
        queue::get(self.engine.db().read(), number).await.unwrap()
    }

    /// The job as it ends; its counters are true.
    async fn ended(&self, number: i64) -> Job {
        let job = ended(&self.engine, number).await.job;
        self.assert_true(&job).await;
        job
    }

    /// Waits until trouble has paused the job for some time after `before`, and answers with it and that time.
    async fn paused_by_trouble(&self, number: i64, before: Millis) -> (Job, Millis) {
        let until = |pause| match pause {
            Some(Pause::Trouble { until }) => Some(until),
            _ => None,
        };
        let shown = self.engine.progress().until(number, |shown| {
            until(shown.job.pause).is_some_and(|until| until > before)
        });
        let job = shown.await.job;
        self.assert_true(&job).await;
        let until = until(job.pause).unwrap();
        (job, until)
    }

    /// Waits until the job sleeps, because somebody said this.
    async fn sleeps(&self, number: i64, said: &str) {
        let because = |trouble: &Option<String>| trouble.as_deref() == Some(said);
        let sleeps = self
            .engine
            .progress()
            .until(number, |shown| because(&shown.trouble));
        sleeps.await;
    }

    /// Lets the learner of the job answer so, and time pass, until it was asked again.
    async fn sleeps_until_asked_again(&self, number: i64, said: &str) {
        self.sleeps(number, said).await;
        let asked = self.script.asked().len();
        for _ in 0..(2 * MINUTE).as_millis() / STEP.as_millis() {
            self.hand.pass(STEP);
            tokio::task::yield_now().await;
            if self.script.asked().len() > asked {
                return;
            }
        }
        panic!("nobody was asked again after: {said}");
    }

    /// Waits until the learner was asked so often.
    async fn was_asked(&self, times: usize) {
        while self.script.asked().len() < times {
            tokio::task::yield_now().await;
        }
    }

    /// Lets the far side stay down until it has paused the job.
    async fn stays_down(&self, number: i64, round: usize, before: Millis) -> (Job, Millis) {
        let tries = no_answer(round);
        for said in &tries[..TRIES] {
            self.sleeps_until_asked_again(number, said).await;
        }
        self.paused_by_trouble(number, before).await
    }

    /// What a job counts is what is there.
    async fn assert_true(&self, job: &Job) {
        let counts = job.counts;
        assert!(counts.remaining() >= 0, "{counts:?}");
        assert!((0..DAY / 2).contains(&job.worked_ms), "{}", job.worked_ms);
        let mut connection = self.folder.connection().await;
        let learned: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM ledger WHERE job_number = ? AND message IS NOT NULL",
        )
        .bind(job.number)
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(learned, counts.successful);
    }

    /// Every mail of so many accounts was learned once.
    async fn assert_all_learned(&self, accounts: i64) {
        let number = |query| self.folder.number(query);
        assert_eq!(
            number("SELECT count(*) FROM messages").await,
            accounts * MAILS
        );
        let keys = "SELECT count(*) FROM (SELECT DISTINCT account_id, key_hash FROM messages)";
        assert_eq!(number(keys).await, accounts * MAILS);
    }

    async fn notices(&self, job: i64) -> Vec<Kind> {
        let latest = notices::latest(self.engine.db().read(), 100).await.unwrap();
        let of_job = latest.iter().rev().filter(|notice| notice.job == job);
        of_job.map(|notice| notice.kind).collect()
    }

    async fn events(&self, job: i64, kind: event::Kind) -> Vec<String> {
        let events = event::of(self.engine.db().read(), job, 100).await.unwrap();
        let of_kind = events
            .into_iter()
            .filter(|event| event.kind == kind.as_str());
        of_kind
            .map(|event| event.said.unwrap_or_default())
            .collect()
    }

    async fn reports(&self, job: i64) -> Vec<Report> {
        failure::reports(self.engine.db().read(), job, 100)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_with_growing_waits_and_nothing_is_lost() {
    let tries = no_answer(0);
    let troubles = tries[..TRIES].iter().map(|said| passing(said));
    let stage = Stage::set(Script::of([Answer::Learned].into_iter().chain(troubles))).await;
    let number = stage.ask("mail").await;
    for said in &tries[..TRIES] {
        stage.sleeps_until_asked_again(number, said).await;
    }
    let job = stage.ended(number).await;
    assert_eq!(job.status, Status::Completed);
    assert_eq!((job.counts.total, job.counts.successful), (MAILS, MAILS));
    assert_eq!(job.retries, TRIES as i64);
    assert_eq!(job.worked_ms, 0, "only time that was waited has passed");
    assert_eq!(
        stage.events(number, event::Kind::Retried).await,
        tries[..TRIES]
    );
    let asked: Vec<Millis> = stage.script.asked().iter().map(|asked| asked.at).collect();
    let waits: Vec<Millis> = asked[1..=TRIES + 1]
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    for (doublings, wait) in waits.iter().enumerate() {
        let shortest = 1000 << doublings;
        assert!(
            (shortest..=2 * shortest + STEP.as_millis() as i64).contains(wait),
            "{waits:?}"
        );
    }
    let figures = figures::by_day(stage.engine.db().read(), 1).await.unwrap();
    assert_eq!(
        (figures[0].1.retries, figures[0].1.worked_ms),
        (TRIES as i64, 0)
    );
    stage.assert_all_learned(1).await;
    let untroubled = Stage::set(Script::default()).await;
    let number = untroubled.ask("mail").await;
    untroubled.ended(number).await;
    assert_eq!(
        stage.folder.knowledge().await,
        untroubled.folder.knowledge().await
    );
}

#[tokio::test]
async fn a_far_side_that_is_down_pauses_the_job_and_it_goes_on_by_itself() {
    let troubles = (0..3).flat_map(no_answer).map(|said| passing(&said));
    let script = Script {
        has_far_side: true,
        ..Script::of([Answer::Learned].into_iter().chain(troubles))
    };
    let stage = Stage::set(script).await;
    let number = stage.ask("mail").await;
    let mut until = 0;
    for round in 0..3 {
        let (job, goes_on) = stage.stays_down(number, round, until).await;
        assert_eq!(job.status, Status::Paused);
        assert_eq!(job.error_message.as_ref(), no_answer(round).last());
        assert_eq!(
            job.counts.successful, BATCH,
            "what was learned before stays"
        );
        assert_eq!(job.trips, round as i64 + 1);
        assert_eq!(job.retries, ((round + 1) * TRIES) as i64);
        let tripped = stage.script.asked().last().unwrap().at;
        assert_eq!(
            goes_on - tripped,
            cool_down(round as i64).as_millis() as i64
        );
        assert_eq!(
            stage.notices(number).await,
            [Kind::Started, Kind::Paused],
            "told once"
        );
        let asked = stage.script.asked().len();
        stage.hand.pass(cool_down(round as i64) - STEP);
        stage.engine.nudge();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            stage.script.asked().len(),
            asked,
            "it is left alone until then"
        );
        stage.hand.pass(STEP);
        stage.engine.nudge();
        until = goes_on;
    }
    let job = stage.ended(number).await;
    assert_eq!(
        (job.status, job.counts.successful),
        (Status::Completed, MAILS)
    );
    assert_eq!(job.error_message, None);
    assert_eq!(job.trips, 0);
    assert_eq!(job.worked_ms, 0);
    assert_eq!(
        stage.notices(number).await,
        [Kind::Started, Kind::Paused, Kind::Resumed, Kind::Completed]
    );
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_far_side_that_is_down_is_not_asked_by_another_account() {
    let script = Script {
        has_far_side: true,
        ..Script::of(no_answer(0).iter().map(|said| passing(said)))
    };
    let stage = Stage::set(script).await;
    let first = stage.ask("first").await;
    let (_, until) = stage.stays_down(first, 0, 0).await;
    let asked = stage.script.asked().len();
    let second = stage.ask("second").await;
    let (job, same) = stage.paused_by_trouble(second, 0).await;
    assert_eq!(same, until, "both wait for the same moment");
    assert_eq!(job.error_message.as_ref(), no_answer(0).last());
    assert_eq!(stage.script.asked().len(), asked);
    stage.hand.pass(cool_down(0));
    stage.engine.nudge();
    for number in [first, second] {
        assert_eq!(stage.ended(number).await.counts.successful, MAILS);
    }
    stage.assert_all_learned(2).await;
}

#[tokio::test]
async fn who_asks_for_patience_gets_it_and_it_costs_neither_a_try_nor_working_time() {
    let waits: Vec<Duration> = (1..=TRIES as u32 + 2)
        .map(|times| Duration::from_secs(10) * times)
        .collect();
    let said = |wait: &Duration| format!("not before {} s", wait.as_secs());
    let mut answers: Vec<Answer> = waits
        .iter()
        .map(|wait| throttled(Some(*wait), &said(wait)))
        .collect();
    answers.insert(0, Answer::Learned);
    answers.push(throttled(None, "later"));
    let stage = Stage::set(Script::of(answers)).await;
    let number = stage.ask("mail").await;
    for wait in &waits {
        stage.sleeps(number, &said(wait)).await;
        let asked = stage.script.asked().len();
        stage.hand.pass(*wait - STEP);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            stage.script.asked().len(),
            asked,
            "it is left alone until then"
        );
        stage.hand.pass(STEP);
        stage.was_asked(asked + 1).await;
    }
    stage.sleeps_until_asked_again(number, "later").await;
    let job = stage.ended(number).await;
    assert_eq!(
        (job.status, job.counts.successful),
        (Status::Completed, MAILS)
    );
    assert_eq!((job.retries, job.worked_ms), (0, 0));
    assert_eq!(
        stage.events(number, event::Kind::Throttled).await.len(),
        waits.len() + 1
    );
    assert_eq!(
        stage.notices(number).await,
        [Kind::Started, Kind::Completed]
    );
    let figures = figures::by_day(stage.engine.db().read(), 1).await.unwrap();
    assert_eq!(figures[0].1.worked_ms, 0);
}

#[tokio::test]
async fn who_asks_for_very_long_gets_a_paused_job_that_holds_up_no_other() {
    let long = LONGEST_PATIENCE + Duration::from_secs(1);
    let stage = Stage::set(Script::of([throttled(Some(long), "come back later")])).await;
    let mut tx = stage.engine.db().write().await.unwrap();
    let one_at_once = JobSettings {
        at_once: 1,
        ..JobSettings::default()
    };
    settings::set(&mut tx, &one_at_once).await.unwrap();
    tx.commit().await.unwrap();
    let first = stage.ask("first").await;
    let (job, until) = stage.paused_by_trouble(first, 0).await;
    assert_eq!(until, NOON + long.as_millis() as i64);
    assert_eq!(job.error_message.as_deref(), Some("come back later"));
    let second = stage.ask("second").await;
    assert_eq!(stage.ended(second).await.counts.successful, MAILS);
    assert_eq!(stage.job(first).await.status, Status::Paused);
    stage.hand.pass(long);
    stage.engine.nudge();
    assert_eq!(stage.ended(first).await.counts.successful, MAILS);
    stage.assert_all_learned(2).await;
}

#[tokio::test]
async fn nobody_lets_a_job_wait_for_longer_than_a_day() {
    let stage = Stage::set(Script::of([throttled(Some(Duration::MAX), "never")])).await;
    let number = stage.ask("mail").await;
    let (_, until) = stage.paused_by_trouble(number, 0).await;
    assert_eq!(until, NOON + DAY);
}

#[tokio::test]
async fn lasting_trouble_fails_the_job_and_what_it_learned_stays() {
    let refused = || {
        Answer::Troubled(Trouble::Lasting {
            said: "no quota left".into(),
        })
    };
    let learned = || Answer::Learned;
    let stage = Stage::set(Script::of([learned(), learned(), refused()])).await;
    let first = stage.ask("mail").await;
    let job = stage.ended(first).await;
    assert_eq!(job.status, Status::Failed);
    assert_eq!(job.error_message.as_deref(), Some("no quota left"));
    assert_eq!(
        (job.counts.total, job.counts.successful),
        (MAILS, 2 * BATCH)
    );
    assert_eq!(stage.notices(first).await, [Kind::Started, Kind::Failed]);
    assert_eq!(
        stage.folder.number("SELECT count(*) FROM messages").await,
        2 * BATCH
    );
    // None of its mails failed: it was the far side.
    let (db, clock) = (stage.engine.db(), stage.engine.clock());
    let nothing = steer::retry(db, first, clock).await;
    assert!(matches!(nothing, Err(SteerError::NothingFailed(_))));
    stage.script.answer_next([learned(), refused()]);
    let again = steer::again(db, first, clock).await.unwrap();
    stage.engine.nudge();
    let job = stage.ended(again).await;
    assert_eq!(
        (job.status, job.counts.skipped),
        (Status::Failed, 2 * BATCH)
    );
    assert_eq!(job.counts.successful, BATCH);
    let anew = stage.ask("mail").await;
    let job = stage.ended(anew).await;
    assert_eq!(
        (job.status, job.counts.skipped),
        (Status::Completed, 3 * BATCH)
    );
    assert_eq!(job.counts.successful, MAILS - 3 * BATCH);
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_mail_that_makes_the_learner_panic_is_reported_alone() {
    let script = Script {
        deadly: Some("Words of mail 7,"),
        // What is counted before the panic stays counted.
        ..Script::of([passing("a moment")])
    };
    let stage = Stage::set(script).await;
    let number = stage.ask("mail").await;
    stage.sleeps_until_asked_again(number, "a moment").await;
    let job = stage.ended(number).await;
    assert_eq!(job.status, Status::Completed);
    assert_eq!((job.counts.successful, job.counts.failed), (MAILS - 1, 1));
    let reports = stage.reports(number).await;
    assert_eq!(reports.len(), 1);
    assert_eq!(
        (reports[0].kind, reports[0].said.as_str()),
        (FailureKind::Crashed, "these words are too much")
    );
    let missing = "SELECT count(*) FROM message_texts WHERE text LIKE '%mail 7,%'";
    assert_eq!(stage.folder.number(missing).await, 0);
    assert_eq!(
        stage.notices(number).await,
        [Kind::Started, Kind::CompletedWithFailures]
    );
}

#[tokio::test]
async fn a_batch_that_is_tried_again_is_counted_even_where_it_panics_then() {
    let script = Script {
        deadly: Some("Words of mail 19,"),
        ..Script::of([passing("a moment")])
    };
    let stage = Stage::set(script).await;
    let number = stage.ask("mail").await;
    stage.sleeps_until_asked_again(number, "a moment").await;
    let job = stage.ended(number).await;
    assert_eq!(
        (job.counts.successful, job.counts.failed, job.retries),
        (MAILS - 1, 1, 1)
    );
}

#[tokio::test]
async fn a_learner_that_panics_while_it_settles_fails_its_job_and_no_other() {
    let stage = Stage::set(Script::default()).await;
    stage.script.settling_panics.store(true, Ordering::Relaxed);
    let first = stage.ask("first").await;
    let job = stage.ended(first).await;
    assert_eq!((job.status, job.counts.successful), (Status::Failed, MAILS));
    let said = job.error_message.unwrap();
    assert!(said.contains("an error of its own: nothing fits"), "{said}");
    stage.script.settling_panics.store(false, Ordering::Relaxed);
    let second = stage.ask("second").await;
    assert_eq!(stage.ended(second).await.status, Status::Completed);
    // What was learned before is settled by the next job, though it finds nothing new.
    let anew = stage.ask("first").await;
    let job = stage.ended(anew).await;
    assert_eq!((job.status, job.counts.skipped), (Status::Completed, MAILS));
    assert_eq!(
        stage
            .folder
            .number("SELECT min(settled) FROM accounts")
            .await,
        1
    );
    stage.assert_all_learned(2).await;
}

#[tokio::test]
async fn a_job_is_cancelled_while_its_learner_never_answers() {
    let stage = Stage::set(Script::of([Answer::Learned, Answer::Nothing])).await;
    let number = stage.ask("mail").await;
    stage.was_asked(2).await;
    stage.engine.cancel(number).await.unwrap();
    let job = stage.ended(number).await;
    assert_eq!(
        (job.status, job.counts.successful),
        (Status::Cancelled, BATCH)
    );
    assert_eq!(stage.script.asked().len(), 2);
    // The engine is free for the next.
    let next = stage.ask("mail").await;
    assert_eq!(stage.ended(next).await.counts.skipped, BATCH);
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_job_is_paused_while_its_learner_never_answers_and_goes_on_when_it_is_resumed() {
    let stage = Stage::set(Script::of([Answer::Learned, Answer::Nothing])).await;
    let number = stage.ask("mail").await;
    stage.was_asked(2).await;
    stage.engine.pause(number).await.unwrap();
    let is_paused = stage
        .engine
        .progress()
        .until(number, |shown| shown.job.pause == Some(Pause::Owner));
    let job = is_paused.await.job;
    assert_eq!((job.status, job.counts.successful), (Status::Paused, BATCH));
    // Its owner's pause does not end by itself.
    stage.hand.pass(MINUTE * 60 * 24 * 2);
    stage.engine.nudge();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.job(number).await.status, Status::Paused);
    stage.engine.resume(number).await.unwrap();
    let job = stage.ended(number).await;
    assert_eq!(
        (job.status, job.counts.successful),
        (Status::Completed, MAILS)
    );
    assert_eq!((job.counts.skipped, job.worked_ms), (0, 0));
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_process_ends_while_a_learner_never_answers_and_the_next_goes_on() {
    let stage = Stage::set(Script::of([Answer::Learned, Answer::Nothing])).await;
    let number = stage.ask("mail").await;
    stage.was_asked(2).await;
    end(&stage.engine).await;
    let engine = stage.folder.engine().await;
    let job = ended(&engine, number).await.job;
    assert_eq!(
        (job.status, job.counts.successful),
        (Status::Completed, MAILS)
    );
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_wait_that_its_owner_ends_is_no_work_either() {
    let stage = Stage::set(Script::of([throttled(Some(MINUTE), "a minute")])).await;
    let number = stage.ask("mail").await;
    stage.sleeps(number, "a minute").await;
    stage.hand.pass(MINUTE / 2);
    stage.engine.cancel(number).await.unwrap();
    let job = stage.ended(number).await;
    assert_eq!((job.status, job.worked_ms), (Status::Cancelled, 0));
}

#[tokio::test]
async fn mails_that_failed_are_tried_again_and_no_others() {
    let stage = Stage::set(Script::default()).await;
    let both = ["Words of mail 3,", "Words of mail 12,"];
    *stage.script.unreadable.lock().unwrap() = both.to_vec();
    let first = stage.ask("mail").await;
    let job = stage.ended(first).await;
    assert_eq!((job.counts.successful, job.counts.failed), (MAILS - 2, 2));
    let asked = stage.script.mails_asked_for();
    // One of them is readable now.
    *stage.script.unreadable.lock().unwrap() = both[1..].to_vec();
    let retry = stage.engine.retry(first).await.unwrap();
    let job = stage.ended(retry).await;
    assert_eq!(job.retry_of, Some(first));
    assert_eq!(
        (job.counts.total, job.counts.successful, job.counts.failed),
        (2, 1, 1)
    );
    assert_eq!(stage.script.mails_asked_for(), asked + 2);
    stage.script.unreadable.lock().unwrap().clear();
    let last = stage.engine.retry(retry).await.unwrap();
    assert_eq!(stage.ended(last).await.counts.successful, 1);
    assert_eq!(stage.script.mails_asked_for(), asked + 3);
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_mail_that_made_the_learner_panic_is_only_tried_again_when_that_is_wanted() {
    let script = Script {
        deadly: Some("Words of mail 3,"),
        ..Script::default()
    };
    let stage = Stage::set(script).await;
    let first = stage.ask("mail").await;
    assert_eq!(stage.ended(first).await.counts.failed, 1);
    let asked = stage.script.asked().len();
    let anew = stage.ask("mail").await;
    assert_eq!(stage.ended(anew).await.counts.skipped, MAILS);
    assert_eq!(stage.script.asked().len(), asked);
    let retry = stage.engine.retry(first).await.unwrap();
    let job = stage.ended(retry).await;
    assert_eq!((job.counts.total, job.counts.failed), (1, 1));
    assert_eq!(stage.script.asked().len(), asked + 1);
}

#[tokio::test]
async fn a_clock_that_is_set_while_a_job_runs_disturbs_nothing() {
    let waits = ["forth", "back", "back again"];
    let answers = waits
        .iter()
        .flat_map(|said| [Answer::Learned, throttled(Some(MINUTE), said)]);
    let stage = Stage::set(Script {
        has_far_side: true,
        ..Script::of(answers)
    })
    .await;
    let number = stage.ask("mail").await;
    for (said, now) in waits.iter().zip([NOON + DAY, NOON - DAY, NOON]) {
        stage.sleeps(number, said).await;
        stage.hand.set(now);
        stage.hand.pass(MINUTE);
    }
    let job = stage.ended(number).await;
    assert_eq!(
        (job.status, job.counts.successful),
        (Status::Completed, MAILS)
    );
    assert_eq!(job.worked_ms, 0);
    stage.assert_all_learned(1).await;
}

#[tokio::test]
async fn a_clock_that_is_set_while_trouble_pauses_a_job_does_not_keep_it_from_going_on() {
    for set_to in [NOON + DAY, NOON - DAY, NOON - 365 * DAY] {
        let script = Script {
            has_far_side: true,
            ..Script::of([Answer::Learned, throttled(Some(MINUTE * 10), "ten minutes")])
        };
        let stage = Stage::set(script).await;
        let number = stage.ask("mail").await;
        stage.paused_by_trouble(number, 0).await;
        stage.hand.set(set_to);
        stage.engine.nudge();
        let job = stage.ended(number).await;
        assert_eq!(
            (job.status, job.counts.successful),
            (Status::Completed, MAILS)
        );
        assert_eq!(job.worked_ms, 0);
        stage.assert_all_learned(1).await;
    }
}
