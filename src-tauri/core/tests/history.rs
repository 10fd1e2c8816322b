//! What is remembered: events, figures, reports and notices, and for how long. And in which order jobs run.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::{Europe::Berlin, Tz};
use rig::gate::Gate;
use rig::{Folder, NOON, end, ended, finished, mailbox};
use understudy_core::clock::{Clock, DAY, HandClock, Millis};
use understudy_core::db::Db;
use understudy_core::jobs::failure::{self, Group};
use understudy_core::jobs::figures::{self, Figures};
use understudy_core::jobs::job::{Options, Priority, Status};
use understudy_core::jobs::progress::Snapshot;
use understudy_core::jobs::queue::{self, NewJob};
use understudy_core::jobs::{Engine, Request, ask, event, prune, steer};
use understudy_core::learn::learner::{Failure, FailureKind, Trouble};
use understudy_core::notices::{self, Kind};
use understudy_core::settings::{self, JobSettings};

/// Asks for the mails with these numbers of the mailbox `name`, one a batch.
fn request(folder: &Folder, name: &str, mails: std::ops::Range<usize>) -> Request {
    let me = format!("{name}@shop.example");
    let file = format!("{name}.mbox");
    Request {
        paths: vec![folder.file(&file, mailbox(&me, mails))],
        account: Some(name.into()),
        me: vec![me],
        options: Options {
            batch: Some(1),
            ..Options::default()
        },
        ..Request::default()
    }
}

fn failures(kind: FailureKind, number: usize) -> impl Iterator<Item = Failure> {
    let said = "no words".to_owned();
    std::iter::repeat_n(Failure { kind, said }, number)
}

async fn choose(db: &Db, settings: JobSettings) {
    let mut tx = db.write().await.unwrap();
    settings::set(&mut tx, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

/// An engine whose batches wait at the gate.
async fn engine(folder: &Folder, hand: &HandClock, gate: &Arc<Gate>) -> Engine {
    folder
        .engine_with(Clock::Hand(hand.clone()), gate.learners())
        .await
}

/// Pauses a job from another process, and waits until it is.
async fn pause(engine: &Engine, number: i64) -> Snapshot {
    engine.pause(number).await.unwrap();
    let is_paused = |shown: &Snapshot| shown.job.status == Status::Paused;
    engine.progress().until(number, is_paused).await
}

#[tokio::test]
async fn a_life_is_told_in_order() {
    let folder = Folder::in_memory();
    let hand = HandClock::at(NOON, Tz::UTC);
    let gate = Gate::shut();
    let engine = engine(&folder, &hand, &gate).await;
    let asked = engine.ask(request(&folder, "mail", 0..3)).await.unwrap();
    gate.until(1).await;
    hand.pass(Duration::from_secs(1));
    pause(&engine, asked.number).await;
    hand.pass(Duration::from_secs(1));
    gate.pass(10);
    engine.resume(asked.number).await.unwrap();
    ended(&engine, asked.number).await;
    let events = event::of(engine.db().read(), asked.number, 100)
        .await
        .unwrap();
    let told: Vec<(&str, Millis)> = events
        .iter()
        .map(|event| (event.kind.as_str(), (event.at - NOON) / 1000))
        .collect();
    assert_eq!(
        told,
        [
            ("queued", 0),
            ("started", 0),
            ("paused", 1),
            ("resumed", 2),
            ("started", 2),
            ("completed", 2)
        ]
    );
    let last = event::of(engine.db().read(), asked.number, 1)
        .await
        .unwrap();
    assert_eq!(last[..], events[5..]);
    end(&engine).await;
}

#[tokio::test]
async fn figures_are_of_the_owners_day() {
    let folder = Folder::in_memory();
    // Ten to midnight in Berlin, which is ten to eleven in UTC.
    let late = NOON.div_euclid(DAY) * DAY + (21 * 60 + 50) * 60 * 1000;
    let hand = HandClock::at(late, Berlin);
    let gate = Gate::shut();
    let engine = engine(&folder, &hand, &gate).await;
    let number = engine
        .ask(request(&folder, "mail", 0..3))
        .await
        .unwrap()
        .number;
    gate.pass(1);
    // The first batch is committed while the second waits.
    gate.until(2).await;
    assert_eq!(
        pause(&engine, number).await.job.counts.processed(),
        1,
        "what is studied is committed first"
    );
    hand.pass(Duration::from_secs(20 * 60));
    gate.pass(100);
    gate.fail(failures(FailureKind::NotAMail, 1));
    engine.resume(number).await.unwrap();
    ended(&engine, number).await;
    finished(&engine, request(&folder, "mail", 0..5)).await;
    gate.trouble(Trouble::Lasting {
        said: "refused".into(),
    });
    let broken = finished(&engine, request(&folder, "other", 0..1)).await;
    assert_eq!(broken.job.status, Status::Failed);
    let days = figures::by_day(engine.db().read(), 10).await.unwrap();
    let (first, second) = (
        Figures {
            learned: 1,
            ..Figures::default()
        },
        Figures {
            learned: 3,
            failed: 1,
            skipped: 3,
            completed: 2,
            broken: 1,
            ..Figures::default()
        },
    );
    assert_eq!(
        days,
        [
            ("2026-05-29".to_owned(), second),
            ("2026-05-28".to_owned(), first)
        ]
    );
    assert_eq!((second.jobs(), first.success_rate()), (3, None));
    assert_eq!(
        figures::by_day(engine.db().read(), 1).await.unwrap().len(),
        1
    );
    end(&engine).await;
}

#[tokio::test]
async fn failed_mails_are_grouped_by_their_trouble() {
    let folder = Folder::in_memory();
    let hand = HandClock::at(NOON, Tz::UTC);
    let gate = Gate::open();
    let engine = engine(&folder, &hand, &gate).await;
    gate.fail(failures(FailureKind::Crashed, 1));
    gate.fail(failures(FailureKind::NotAMail, 3));
    gate.fail(failures(FailureKind::Unreadable, 1));
    let job = finished(&engine, request(&folder, "mail", 0..7)).await.job;
    assert_eq!((job.counts.successful, job.counts.failed), (2, 5));
    let group = |kind, mails| Group { kind, mails };
    assert_eq!(
        failure::groups(engine.db().read(), job.number)
            .await
            .unwrap(),
        [
            group(FailureKind::NotAMail, 3),
            group(FailureKind::Crashed, 1),
            group(FailureKind::Unreadable, 1)
        ]
    );
    let reports = failure::reports(engine.db().read(), job.number, 100)
        .await
        .unwrap();
    assert_eq!(reports.len(), 5);
    assert!(reports.iter().all(|report| report.said == "no words"));
    end(&engine).await;
}

/// How many rows are kept of jobs, and of what they came to.
async fn rows(folder: &Folder) -> ([i64; 4], [i64; 3]) {
    let of_jobs = [
        folder
            .number("SELECT count(*) FROM email_learning_jobs")
            .await,
        folder
            .number("SELECT count(DISTINCT job_number) FROM mail_failures")
            .await,
        folder
            .number("SELECT count(DISTINCT job_number) FROM job_events")
            .await,
        folder
            .number("SELECT count(DISTINCT job_number) FROM notices")
            .await,
    ];
    let of_mail = [
        folder.number("SELECT sum(completed) FROM figures").await,
        folder.number("SELECT count(*) FROM ledger").await,
        folder.number("SELECT count(*) FROM messages").await,
    ];
    (of_jobs, of_mail)
}

/// A folder in which so many jobs have ended, one a day and each with a mail that failed, in a mailbox of its own.
async fn with_history(days: usize) -> (Folder, HandClock, Db) {
    let folder = Folder::in_memory();
    let hand = HandClock::at(NOON, Tz::UTC);
    let gate = Gate::open();
    let engine = engine(&folder, &hand, &gate).await;
    for day in 0..days {
        gate.fail(failures(FailureKind::NotAMail, 1));
        finished(&engine, request(&folder, &format!("mail{day}"), 0..2)).await;
        hand.pass(Duration::from_secs(24 * 60 * 60));
    }
    end(&engine).await;
    let db = folder.db().await;
    (folder, hand, db)
}

fn keeping(keep_days: u32, keep_jobs: u32) -> JobSettings {
    JobSettings {
        keep_days,
        keep_jobs,
        ..JobSettings::default()
    }
}

#[tokio::test]
async fn old_jobs_are_forgotten_and_what_they_learned_is_not() {
    let (folder, hand, db) = with_history(6).await;
    let clock = Clock::Hand(hand);
    assert_eq!(rows(&folder).await, ([6; 4], [6, 12, 6]));
    // It is the sixth day: the first two jobs ended six and five days ago.
    let forgotten = prune::prune(&db, &keeping(4, 100), &clock).await.unwrap();
    assert_eq!(forgotten, 2);
    assert_eq!(rows(&folder).await, ([4; 4], [6, 12, 6]));
    assert!(queue::find(db.read(), 2).await.unwrap().is_none());
    let forgotten = prune::prune(&db, &keeping(4, 100), &clock).await.unwrap();
    assert_eq!(forgotten, 0);
    assert!(queue::find(db.read(), 3).await.unwrap().is_some());
    db.close().await;
}

#[tokio::test]
async fn of_too_many_jobs_the_last_are_remembered() {
    let (folder, hand, db) = with_history(6).await;
    let clock = Clock::Hand(hand);
    let forgotten = prune::prune(&db, &keeping(365, 4), &clock).await.unwrap();
    assert_eq!(forgotten, 2);
    assert_eq!(rows(&folder).await, ([4; 4], [6, 12, 6]));
    // Those that ended in one and the same instant are counted too.
    sqlx::query("UPDATE email_learning_jobs SET completed_at = 0")
        .execute(&mut folder.connection().await)
        .await
        .unwrap();
    let unlimited = keeping(u32::MAX, 1);
    assert_eq!(prune::prune(&db, &unlimited, &clock).await.unwrap(), 3);
    assert!(queue::find(db.read(), 6).await.unwrap().is_some());
    let forgotten = prune::prune(&db, &keeping(365, 0), &clock).await.unwrap();
    assert_eq!(forgotten, 1);
    assert_eq!(rows(&folder).await, ([0; 4], [6, 12, 6]));
    db.close().await;
}

#[tokio::test]
async fn a_job_whose_mails_are_tried_again_is_kept_until_they_were() {
    let (folder, hand, db) = with_history(3).await;
    let clock = Clock::Hand(hand.clone());
    let nothing = keeping(365, 0);
    let retry = steer::retry(&db, 2, &clock).await.unwrap();
    assert_eq!(prune::prune(&db, &nothing, &clock).await.unwrap(), 2);
    let engine = engine(&folder, &hand, &Gate::open()).await;
    let retried = ended(&engine, retry).await.job;
    assert_eq!((retried.counts.total, retried.counts.successful), (1, 1));
    end(&engine).await;
    assert_eq!(prune::prune(&db, &nothing, &clock).await.unwrap(), 2);
    db.close().await;
}

#[tokio::test]
async fn the_engine_forgets_as_the_owner_chose() {
    let (folder, hand, db) = with_history(3).await;
    choose(&db, keeping(365, 1)).await;
    let engine = engine(&folder, &hand, &Gate::open()).await;
    // It prunes before it claims.
    finished(&engine, request(&folder, "new", 0..1)).await;
    assert!(queue::find(db.read(), 2).await.unwrap().is_none());
    assert!(queue::find(db.read(), 3).await.unwrap().is_some());
    end(&engine).await;
    db.close().await;
}

#[tokio::test]
async fn a_notice_is_unread_until_it_is_read() {
    let (folder, _, db) = with_history(2).await;
    let told = notices::latest(db.read(), 100).await.unwrap();
    let kinds: Vec<(i64, Kind)> = told
        .iter()
        .map(|notice| (notice.job, notice.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (2, Kind::CompletedWithFailures),
            (2, Kind::Started),
            (1, Kind::CompletedWithFailures),
            (1, Kind::Started)
        ]
    );
    assert_eq!(notices::unread(db.read()).await.unwrap(), 4);
    // What came after the last that its owner saw stays unread.
    let mut tx = db.write().await.unwrap();
    notices::mark_read(&mut tx, told[1].id, NOON).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.write().await.unwrap();
    notices::mark_read(&mut tx, told[1].id, NOON + 1)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    let db = folder.db().await;
    let read: Vec<Option<Millis>> = notices::latest(db.read(), 100)
        .await
        .unwrap()
        .iter()
        .map(|notice| notice.read_at)
        .collect();
    assert_eq!(read, [None, Some(NOON), Some(NOON), Some(NOON)]);
    assert_eq!(notices::unread(db.read()).await.unwrap(), 1);
    db.close().await;
}

/// The events of these kinds, in the order in which they happened: of which job, and which.
async fn told(folder: &Folder) -> Vec<(i64, String)> {
    sqlx::query_as(
        "SELECT job_number, kind FROM job_events WHERE kind IN ('started', 'completed') ORDER BY id",
    )
    .fetch_all(&mut folder.connection().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn one_at_a_time_the_most_urgent_runs_first() {
    let folder = Folder::in_memory();
    let hand = HandClock::at(NOON, Tz::UTC);
    let clock = Clock::Hand(hand.clone());
    let db = folder.db().await;
    let one = JobSettings {
        at_once: 1,
        ..JobSettings::default()
    };
    choose(&db, one).await;
    let mut asked = Vec::new();
    for (name, priority) in [
        ("low", Priority::Low),
        ("normal", Priority::Normal),
        ("urgent", Priority::Urgent),
    ] {
        let request = Request {
            priority,
            ..request(&folder, name, 0..2)
        };
        asked.push(ask(&db, &clock, request).await.unwrap().number);
        hand.pass(Duration::from_secs(60));
    }
    db.close().await;
    let engine = engine(&folder, &hand, &Gate::open()).await;
    for number in &asked {
        ended(&engine, *number).await;
    }
    end(&engine).await;
    let in_turn: Vec<(i64, String)> = asked
        .iter()
        .rev()
        .flat_map(|number| [(*number, "started".into()), (*number, "completed".into())])
        .collect();
    assert_eq!(told(&folder).await, in_turn);
}

#[tokio::test]
async fn two_mailboxes_are_learned_side_by_side_and_one_never_twice() {
    let folder = Folder::in_memory();
    let hand = HandClock::at(NOON, Tz::UTC);
    let clock = Clock::Hand(hand.clone());
    let db = folder.db().await;
    let first = ask(&db, &clock, request(&folder, "ann", 0..1))
        .await
        .unwrap();
    // A second job of the same mailbox, as no one can ask for it, and before the other mailbox in its turn.
    let account_id = queue::get(db.read(), first.number)
        .await
        .unwrap()
        .account_id;
    let mut tx = db.write().await.unwrap();
    let new = NewJob {
        account: account_id,
        options: &Options::default(),
        priority: Priority::Urgent,
        retry_of: None,
        scheduled_for: None,
    };
    let second = queue::add(&mut tx, &new, &clock).await.unwrap();
    tx.commit().await.unwrap();
    let other = ask(&db, &clock, request(&folder, "bob", 0..1))
        .await
        .unwrap();
    db.close().await;
    let gate = Gate::shut();
    let engine = engine(&folder, &hand, &gate).await;
    // Both wait at the gate: they run side by side.
    let mut owners = gate.until(2).await;
    owners.sort();
    assert_eq!(owners, ["ann@shop.example", "bob@shop.example"]);
    gate.pass(100);
    for number in [first.number, second, other.number] {
        ended(&engine, number).await;
    }
    end(&engine).await;
    let told = told(&folder).await;
    let place = |job: i64, kind: &str| {
        told.iter()
            .position(|told| *told == (job, kind.to_owned()))
            .unwrap()
    };
    assert!(place(second, "completed") < place(first.number, "started"));
}
