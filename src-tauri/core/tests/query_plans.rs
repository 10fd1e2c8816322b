//! What the engine asks the database twice a second costs no more in a folder with a long history.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod rig;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use rig::{Folder, NOON};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use understudy_core::clock::Clock;
use understudy_core::jobs::{queue, schedule, steer};

/// Collects the statements that SQLx says it has executed, word by word.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            event.record(&mut Statement(self));
        }
    }
}

struct Statement<'a>(&'a Heard);

impl Visit for Statement<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "db.statement" && !value.is_empty() {
            self.0.0.lock().unwrap().push(value.trim().to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// A pool like the engine's, which says what it executes.
fn talking(folder: &Folder) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(folder.data().join("understudy.db"))
        .log_statements(tracing::log::LevelFilter::Info);
    SqlitePoolOptions::new()
        .max_connections(1)
        .connect_lazy_with(options)
}

/// Some thousand ended jobs of a few mailboxes, and hardly any that are not over.
async fn fill(folder: &Folder) {
    folder.db().await.close().await;
    let mut connection = folder.connection().await;
    for statement in [
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5)
         INSERT INTO accounts (name, created_at) SELECT 'mail ' || n, 0 FROM n",
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
         INSERT INTO email_learning_jobs (id, account_id, status, options, created_at, updated_at, completed_at, turn)
         SELECT 'job ' || n, 1 + n % 5, 'completed', '{}', n, n, n, n FROM n",
        "UPDATE email_learning_jobs SET status = 'queued', completed_at = NULL WHERE number > 4997",
        "UPDATE email_learning_jobs SET status = 'processing', wish = 'pause' WHERE number = 5000",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_asked_twice_a_second_reads_no_history() {
    let heard = Heard::default();
    tracing_subscriber::registry().with(heard.clone()).init();
    let folder = Folder::in_memory();
    fill(&folder).await;
    let pool = talking(&folder);
    let turn = queue::Turn::default();
    assert_eq!(queue::next(&pool, &turn, 1).await.unwrap(), [4998]);
    assert_eq!(queue::unfinished(&pool).await.unwrap().len(), 3);
    assert_eq!(steer::to_stop(&pool).await.unwrap(), [5000]);
    let clock = Clock::standing_at(NOON);
    assert!(!schedule::is_due(&pool, &clock).await.unwrap());
    // A statement is told of at the latest when its connection is closed.
    pool.close().await;
    let heard: Vec<String> = heard
        .0
        .lock()
        .unwrap()
        .iter()
        .filter(|statement| statement.starts_with("SELECT"))
        .cloned()
        .collect();
    assert_eq!(heard.len(), 4, "{heard:?}");
    let mut connection = folder.connection().await;
    let mut steps = Vec::new();
    for statement in heard {
        let explained = format!("EXPLAIN QUERY PLAN {statement}");
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(explained))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        steps.extend(plan.into_iter().map(|(.., step)| step));
    }
    // These indexes hold none of the jobs that have ended, and there are few mailboxes and schedules.
    let small = [
        "INDEX jobs_queued",
        "INDEX jobs_unfinished",
        "INDEX jobs_processing",
        "INDEX jobs_wished",
        "INTEGER PRIMARY KEY",
    ];
    let of_jobs = ["email_learning_jobs", "waiting", "busy"];
    let reads_jobs = |step: &&String| {
        let words: Vec<&str> = step.split(' ').collect();
        ["SCAN", "SEARCH"].contains(&words[0]) && of_jobs.contains(&words[1])
    };
    let reads: Vec<&String> = steps.iter().filter(reads_jobs).collect();
    assert!(reads.len() >= 4, "{steps:#?}");
    for step in reads {
        assert!(small.iter().any(|index| step.contains(index)), "{step}");
        let is_looked_up = !step.contains("INTEGER PRIMARY KEY") || step.starts_with("SEARCH");
        assert!(is_looked_up, "{step}");
    }
    assert!(
        !steps.iter().any(|step| step.contains("TEMP B-TREE")),
        "sorted as it lies: {steps:#?}"
    );
}
