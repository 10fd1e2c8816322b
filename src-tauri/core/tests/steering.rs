//! A job that is paused, resumed and cancelled at random while it runs loses and repeats nothing.
//!
//! `UNDERSTUDY_STEERS` makes it longer; `cargo xtask stress steering` does a thousand.

#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]
#![allow(clippy::print_stdout, reason = "says how much of it met a running job")]

mod rig;

use rig::{Folder, dice, end, ended, mail, setting};
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::{Job, Options, Status};
use understudy_core::jobs::progress::{Snapshot, Stage};
use understudy_core::jobs::{Engine, Request, queue, steer};
use understudy_core::learn::local::LocalLearner;

const ME: &str = "me@shop.example";

/// Mails a steer: enough that most steers meet a job that is learning.
const MAILS: u64 = 50;

fn mailbox(mails: u64) -> String {
    (0..mails)
        .map(|number| {
            let id = format!("<{number}@mail.example>");
            let headers = [
                ("From", "ann@mail.example"),
                ("To", ME),
                ("Message-ID", id.as_str()),
                ("Date", "Fri, 01 May 2026 10:00:00 +0000"),
            ];
            mail(&headers, &format!("Words of mail {number}."))
        })
        .collect()
}

fn request(folder: &Folder) -> Request {
    Request {
        paths: vec![folder.0.path().join("all.mbox")],
        account: Some("mail".into()),
        me: vec![ME.into()],
        options: Options {
            most: u32::MAX,
            batch: Some(1),
            ..Options::default()
        },
        ..Request::default()
    }
}

async fn job(db: &Db, number: i64) -> Job {
    let job = queue::get(db.read(), number).await.unwrap();
    let counts = job.counts;
    assert_eq!(
        counts.total,
        counts.processed() + counts.skipped + counts.remaining()
    );
    assert!(counts.remaining() >= 0);
    job
}

/// Brings a job of the mailbox to work, and answers with its number.
async fn at_work(engine: &Engine, folder: &Folder) -> i64 {
    loop {
        // Asking resumes a paused job.
        let number = engine.ask(request(folder)).await.unwrap().number;
        let runs_or_ended = |shown: &Snapshot| {
            shown.stage == Some(Stage::Learning) || shown.job.status.is_terminal()
        };
        let shown = engine.progress().until(number, runs_or_ended).await;
        if shown.job.status == Status::Processing {
            return number;
        }
        assert_eq!(shown.job.status, Status::Completed, "{:?}", shown.job);
        assert!(shown.job.counts.remaining() == 0);
        // All is learned: from here on jobs only find that out, and are steered while they do.
        if shown.job.counts.processed() == 0 {
            return number;
        }
    }
}

/// Steers a job once: through the engine as the window does, or past it as another process does.
async fn steered(engine: &Engine, other: &Db, number: i64, throw: u64) {
    let clock = Clock::System;
    // A job that has just ended refuses in words; that is no failure here.
    let _ = match dice(throw, 6) {
        0 | 1 => engine.pause(number).await,
        2 | 3 => steer::pause(other, number, &clock).await,
        4 => {
            let paused = engine.pause(number).await;
            paused.and(steer::resume(other, number, &clock).await)
        }
        _ => match dice(throw + 1_000_000, 2) {
            0 => engine.cancel(number).await,
            _ => steer::cancel(other, number, &clock).await,
        },
    };
}

/// A steer from the other process may only take effect when the next one is already on its way.
fn stands_still(shown: &Snapshot) -> bool {
    shown.is_over() && shown.job.status != Status::Queued
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_steered_at_random_loses_and_repeats_nothing() {
    let steers = setting("UNDERSTUDY_STEERS", 60);
    let mails = steers * MAILS;
    let (folder, whole) = (Folder::new(), Folder::new());
    let mbox = folder.file("all.mbox", mailbox(mails));
    let engine = folder.engine_with(Clock::System, LocalLearner::new).await;
    let other = folder.db().await;
    let (mut amid, mut paused, mut cancelled) = (0, 0, 0);
    for throw in 0..steers {
        let number = at_work(&engine, &folder).await;
        let before = job(&other, number).await;
        // Lets a few commits pass: the job is met wherever it is then.
        let until = before.counts.processed() + dice(throw + 2_000_000, 12) as i64;
        let has_moved =
            |shown: &Snapshot| shown.job.counts.processed() >= until || stands_still(shown);
        engine.progress().until(number, has_moved).await;
        steered(&engine, &other, number, throw).await;
        let stands =
            |shown: &Snapshot| stands_still(shown) || shown.job.counts.processed() >= until + 100;
        engine.progress().until(number, stands).await;
        let after = job(&other, number).await;
        amid += u64::from(after.counts.remaining() > 0);
        paused += u64::from(after.status == Status::Paused);
        cancelled += u64::from(after.status == Status::Cancelled);
    }
    // Whatever it came to: it is asked for until it completes.
    loop {
        let asked = engine.ask(request(&folder)).await.unwrap().number;
        let _ = engine.resume(asked).await;
        if ended(&engine, asked).await.job.status == Status::Completed {
            break;
        }
    }
    println!(
        "{steers} steers of a job at work on {mails} mails, {amid} of them amid the learning: {paused} paused, \
         {cancelled} cancelled, the others resumed at once or too late"
    );
    end(&engine).await;
    other.close().await;
    let learned = folder.number("SELECT count(*) FROM messages").await;
    let counted = folder
        .number("SELECT sum(successful_emails) FROM email_learning_jobs")
        .await;
    assert_eq!((learned, counted), (mails as i64, mails as i64));
    whole.learn(&mbox, &[ME], request(&folder).options).await;
    assert_eq!(folder.knowledge().await, whole.knowledge().await);
}
