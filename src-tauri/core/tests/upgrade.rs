//! What an older version of the schema held is still there after the newest migration, and is checked as strictly.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use std::borrow::Cow;
use std::path::Path;

use rig::{Folder, NOON};
use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::Status;
use understudy_core::jobs::{event, queue, steer};

/// A folder as the version before the third migration left it, with a job that is paused.
async fn folder_of_the_second_version() -> Folder {
    let folder = Folder::in_memory();
    std::fs::create_dir_all(folder.data()).unwrap();
    let all = Migrator::new(Path::new("../../migrations")).await.unwrap();
    let second = Migrator {
        migrations: Cow::Owned(all.migrations.iter().take(2).cloned().collect()),
        ..Migrator::DEFAULT
    };
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.data().join("understudy.db"))
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    second.run(&mut connection).await.unwrap();
    for statement in [
        "INSERT INTO accounts (name, created_at) VALUES ('mail', 0)",
        "INSERT INTO email_learning_jobs (id, account_id, status, options, created_at, updated_at, paused_by)
         VALUES ('a', 1, 'paused', '{}', 0, 0, 'owner')",
        "INSERT INTO job_events (job_number, at, kind) VALUES (1, 0, 'queued'), (1, 0, 'paused')",
        "INSERT INTO messages (account_id, kind, sent_at, message_id, id_hash, subject, subject_hash, key_hash)
         VALUES (1, 'personal', 0, 'id', 1, 'subject', 1, 1)",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    folder
}

#[tokio::test]
async fn a_paused_job_of_an_older_version_goes_on() {
    let folder = folder_of_the_second_version().await;
    let db = Db::open(&folder.data()).await.unwrap();
    steer::resume(&db, 1, &Clock::standing_at(NOON))
        .await
        .unwrap();
    let job = queue::get(db.read(), 1).await.unwrap();
    assert_eq!(job.status, Status::Queued);
    let events = event::of(db.read(), 1, 10).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["queued", "paused", "resumed"]);
    assert_eq!(folder.number("SELECT count(*) FROM messages").await, 1);
    assert_eq!(
        folder
            .number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'")
            .await,
        1
    );
}

#[tokio::test]
async fn words_that_mean_nothing_are_refused_as_before() {
    let folder = folder_of_the_second_version().await;
    Db::open(&folder.data()).await.unwrap().close().await;
    let mut connection = folder.connection().await;
    for refused in [
        "UPDATE email_learning_jobs SET status = 'lost'",
        "UPDATE email_learning_jobs SET wish = 'lost'",
        "UPDATE job_events SET kind = 'lost'",
        "UPDATE messages SET kind = 'lost'",
        "INSERT INTO notices (at, kind, job_number) VALUES (0, 'lost', 1)",
        "INSERT INTO mail_failures VALUES (1, x'00', 'place', 'lost', 'said')",
        "INSERT INTO sent_mails VALUES (1, 0, NULL, NULL, 0, 0, 'lost', NULL, 0)",
    ] {
        let error = sqlx::query(refused)
            .execute(&mut connection)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("CHECK"), "{refused}: {error}");
    }
}
