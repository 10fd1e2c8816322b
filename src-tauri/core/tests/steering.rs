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
use understudy_core::jobs::{Engine, Request, queue, steer};
use understudy_core::learn::local::LocalLearner;

const ME: &str = "me@shop.example";

/// Mails a steer: enough that most steers meet a job that is learning.
const MAILS: u64 = 12;

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
            batch: Some(5),
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

/// Steers the job once: through the engine as the window does, or past it as another process does.
async fn steered(engine: &Engine, other: &Db, number: i64, throw: u64) {
    let clock = Clock::System;
    // A job that is over, or not, refuses in words; that is no failure here.
    let _ = match dice(throw, 5) {
        0 => engine.pause(number).await,
        1 => steer::pause(other, number, &clock).await,
        2 => engine.resume(number).await,
        3 => steer::resume(other, number, &clock).await,
        _ if dice(throw + 1_000_000, 8) == 0 => engine.cancel(number).await,
        _ => engine.resume(number).await,
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_steered_at_random_loses_and_repeats_nothing() {
    let steers = setting("UNDERSTUDY_STEERS", 100);
    let mails = steers * MAILS;
    let (folder, whole) = (Folder::new(), Folder::new());
    let mbox = folder.file("all.mbox", mailbox(mails));
    let engine = folder.engine_with(Clock::System, LocalLearner::new).await;
    let other = folder.db().await;
    let mut number = engine.ask(request(&folder)).await.unwrap().number;
    let (mut met, mut cancelled) = (0, 0);
    for throw in 0..steers {
        let before = job(&other, number).await;
        if before.status.is_terminal() {
            cancelled += u64::from(before.status == Status::Cancelled);
            number = engine.ask(request(&folder)).await.unwrap().number;
        }
        met += u64::from(before.status == Status::Processing);
        steered(&engine, &other, number, throw).await;
        // Lets a random few commits pass: the job moves between two steers, or stands still for good.
        let until = dice(throw + 2_000_000, 12) as i64 + before.counts.processed();
        let moved_or_stands = |shown: &understudy_core::jobs::progress::Snapshot| {
            shown.job.counts.processed() >= until || !matches!(shown.job.status, Status::Processing)
        };
        engine.progress().until(number, moved_or_stands).await;
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
        "{steers} steers of {mails} mails, {met} met a running job, {cancelled} jobs were cancelled"
    );
    end(&engine).await;
    other.close().await;
    let learned = folder.number("SELECT count(*) FROM messages").await;
    let counted = folder
        .number("SELECT sum(successful_emails) FROM email_learning_jobs")
        .await;
    assert_eq!((learned, counted), (mails as i64, mails as i64));
    whole.learn(&mbox, &[ME], Options::default()).await;
    assert_eq!(folder.knowledge().await, whole.knowledge().await);
}
