//! A job that was stopped goes on after its last batch: nothing is lost, and nothing is counted twice.

#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use rig::{Folder, end, ended, finished, mail};
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::hold::Hold;
use understudy_core::jobs::job::{Job, Options, Status};
use understudy_core::jobs::progress::Snapshot;
use understudy_core::jobs::{Engine, Request, queue};
use understudy_core::learn::local::LocalLearner;

const MAILS: i64 = 120;

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
            let date = format!(
                "{} May 2026 {:02}:00:00 +0000",
                1 + number / 24,
                number % 24
            );
            let mut headers = vec![
                ("From", from),
                ("To", to),
                ("Message-ID", &id),
                ("Date", &date),
            ];
            if mine {
                headers.push(("In-Reply-To", &parent));
            }
            mail(
                &headers,
                &format!("Words about subject number {number}, which nobody else asked."),
            )
        })
        .collect()
}

fn request(folder: &Folder) -> Request {
    Request {
        paths: vec![folder.file("all.mbox", mailbox())],
        account: Some("mail".into()),
        me: vec!["me@shop.example".into()],
        options: Options {
            batch: Some(7),
            ..Options::default()
        },
        ..Request::default()
    }
}

/// Starts the job, and shuts the engine down as soon as a batch is committed.
async fn interrupted(engine: &Engine, request: Request) -> Job {
    let number = engine.ask(request).await.unwrap().number;
    let before = queue::get(engine.db().read(), number).await.unwrap();
    let has_moved = |shown: &Snapshot| {
        shown.is_over() && shown.job.status != Status::Queued
            || shown.job.counts.processed() > before.counts.processed()
    };
    engine.progress().until(number, has_moved).await;
    engine.shut_down().await;
    let job = queue::get(engine.db().read(), number).await.unwrap();
    engine.db().close().await;
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_interrupted_again_and_again_ends_as_one_that_was_not() {
    let (broken, whole) = (Folder::new(), Folder::new());
    let ended = loop {
        // A process of its own each time, as far as the data folder can tell.
        let engine = broken.engine().await;
        let job = interrupted(&engine, request(&broken)).await;
        let counts = job.counts;
        assert_eq!(counts.total, MAILS);
        assert_eq!(
            counts.total,
            counts.processed() + counts.skipped + counts.remaining()
        );
        if job.status == Status::Completed {
            break job;
        }
        assert_eq!(job.status, Status::Queued);
    };
    assert_eq!((ended.counts.successful, ended.counts.skipped), (MAILS, 0));
    assert_eq!(
        broken
            .number("SELECT count(*) FROM email_learning_jobs")
            .await,
        1
    );
    let path = whole.file("all.mbox", mailbox());
    whole
        .learn(&path, &["me@shop.example"], Options::default())
        .await;
    assert_eq!(broken.knowledge().await, whole.knowledge().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_owner_ends_an_interrupted_job_and_counts_no_mail_twice() {
    let folder = Folder::new();
    let engine = folder.engine().await;
    let wrong = Request {
        me: vec!["ann@mail.example".into()],
        ..request(&folder)
    };
    interrupted(&engine, wrong).await;
    let path = folder.file("all.mbox", mailbox());
    let ended = folder
        .learn(&path, &["me@shop.example"], request(&folder).options)
        .await;
    assert_eq!(
        (ended.job.counts.total, ended.job.counts.successful),
        (MAILS, MAILS)
    );
    assert_eq!(folder.number("SELECT count(*) FROM messages").await, MAILS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_stops_its_process_three_times_is_stopped_itself() {
    let folder = Folder::new();
    folder
        .learn(
            &folder.file("all.mbox", mailbox()),
            &["me@shop.example"],
            Options::default(),
        )
        .await;
    sqlx::query(
        "UPDATE email_learning_jobs SET status = 'processing', completed_at = NULL, attempts = 3",
    )
    .execute(&mut folder.connection().await)
    .await
    .unwrap();
    folder
        .learn(
            &folder.file("all.mbox", mailbox()),
            &["me@shop.example"],
            Options::default(),
        )
        .await;
    assert_eq!(
        folder
            .number("SELECT count(*) FROM email_learning_jobs WHERE status = 'failed' AND error_message LIKE '%3 times%'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_shows_what_the_first_does_and_takes_over_when_it_goes() {
    let folder = Folder::new();
    let clock = || Clock::System;
    let first = folder.engine_with(clock(), LocalLearner::new).await;
    // The first has the hold as soon as it has run anything.
    finished(&first, request(&folder)).await;
    let second = folder.engine_with(clock(), LocalLearner::new).await;
    let again = second.ask(request(&folder)).await.unwrap().number;
    assert_eq!(
        ended(&second, again).await.job.counts.skipped,
        MAILS,
        "the first ran what the second asked for"
    );
    assert!(Hold::take(&folder.data()).unwrap().is_none());
    end(&first).await;
    let third = second.ask(request(&folder)).await.unwrap().number;
    assert_eq!(ended(&second, third).await.job.counts.skipped, MAILS);
    end(&second).await;
    assert!(Hold::take(&folder.data()).unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_open_a_fresh_folder_at_once_lay_its_schema_once() {
    let folder = Folder::new();
    let data = folder.data();
    let (one, two, three, four) = tokio::join!(
        Db::open(&data),
        Db::open(&data),
        Db::open(&data),
        Db::open(&data)
    );
    for db in [one, two, three, four] {
        db.unwrap().close().await;
    }
}
