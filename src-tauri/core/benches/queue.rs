//! How many no-op jobs a second go through the queue: claimed and completed with their events, notices and figures, one
//! or several a transaction, beside any number of jobs that ended before. Prints one JSON object; `cargo xtask bench
//! engine` runs it beside other queues.
//!
//! `--folder DIR --jobs N --history H --at-once K`; where there is no folder, a temporary one.

#![allow(clippy::print_stdout, reason = "the result is what is printed")]

use std::error::Error;
use std::path::PathBuf;

use sqlx::{Sqlite, Transaction};
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::change::{Change, transition_all};
use understudy_core::jobs::job::{Options, Priority};
use understudy_core::jobs::queue::{self, NewJob, Turn};

/// Jobs of one account run one after the other: so many accounts wait.
const ACCOUNTS: i64 = 64;

struct Wanted {
    folder: Option<PathBuf>,
    jobs: i64,
    history: i64,
    at_once: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` and `cargo test` hand over flags of their own.
    let given: Vec<String> = std::env::args().collect();
    let text = |name: &str| -> Option<&String> {
        let at = given.iter().position(|argument| argument == name)?;
        given.get(at + 1)
    };
    let value = |name: &str, otherwise: i64| -> Result<i64, Box<dyn Error>> {
        text(name).map_or(Ok(otherwise), |value| Ok(value.parse()?))
    };
    let wanted = Wanted {
        folder: text("--folder").map(PathBuf::from),
        jobs: value("--jobs", 200)?,
        history: value("--history", 0)?,
        at_once: usize::try_from(value("--at-once", 1)?)?.max(1),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(measure(&wanted))
}

async fn measure(wanted: &Wanted) -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = wanted
        .folder
        .clone()
        .unwrap_or_else(|| temporary.path().into());
    let (db, clock) = (Db::open(&folder).await?, Clock::System);
    let mut tx = db.write().await?;
    fill(&mut tx, wanted.history, clock.now()).await?;
    enqueue(&mut tx, wanted.jobs, &clock).await?;
    tx.commit().await?;
    db.checkpoint().await?;
    let began = clock.elapsed();
    let mut done = 0;
    while done < wanted.jobs {
        let claimed = queue::next(db.read(), &Turn::default(), wanted.at_once).await?;
        for change in [Change::Claim, Change::Complete] {
            let mut writer = db.writer_lightly().await?;
            transition_all(&mut writer, &claimed, change, &clock).await?;
        }
        done += claimed.len() as i64;
    }
    let seconds = (clock.elapsed() - began).as_secs_f64();
    let completed: i64 =
        sqlx::query_scalar("SELECT count(*) FROM email_learning_jobs WHERE status = 'completed'")
            .fetch_one(db.read())
            .await?;
    if completed != wanted.jobs + wanted.history {
        return Err(format!("{completed} jobs are completed").into());
    }
    println!(
        "{}",
        serde_json::json!({
            "peer": "understudy",
            "version": env!("CARGO_PKG_VERSION"),
            "jobs": wanted.jobs,
            "history": wanted.history,
            "at_once": wanted.at_once,
            "seconds": seconds,
            "jobs_per_second": wanted.jobs as f64 / seconds,
            "finished": true,
        })
    );
    db.close().await;
    Ok(())
}

/// Jobs that ended before, as the engine leaves them.
async fn fill(
    tx: &mut Transaction<'static, Sqlite>,
    history: i64,
    now: i64,
) -> Result<(), sqlx::Error> {
    const STATEMENTS: [&str; 4] = [
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
         INSERT INTO accounts (name, created_at) SELECT 'account ' || n, 0 FROM n WHERE n <= 64",
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
         INSERT INTO email_learning_jobs
             (id, account_id, status, options, total_emails, processed_emails, successful_emails, worked_ms, attempts,
              results, created_at, updated_at, started_at, completed_at)
         SELECT lower(hex(randomblob(16))), 1 + n % 64, 'completed', '{}', 100, 100, 100, 50, 1,
                '{\"messages\":100,\"pairs\":10,\"patterns\":9,\"contacts\":40}', ?2 - ?1 + n, ?2, ?2, ?2 - ?1 + n
         FROM n WHERE ?1 > 0",
        "INSERT INTO job_events (job_number, at, kind)
         SELECT number, created_at, kind.value FROM email_learning_jobs
         JOIN json_each('[\"queued\", \"started\", \"completed\"]') AS kind",
        "INSERT INTO notices (at, kind, job_number, read_at)
         SELECT created_at, kind.value, number, completed_at FROM email_learning_jobs
         JOIN json_each('[\"started\", \"completed\"]') AS kind",
    ];
    for statement in STATEMENTS {
        let rows = if statement.contains("INTO accounts") {
            ACCOUNTS
        } else {
            history
        };
        sqlx::query(statement)
            .bind(rows)
            .bind(now)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn enqueue(
    tx: &mut Transaction<'static, Sqlite>,
    jobs: i64,
    clock: &Clock,
) -> Result<(), Box<dyn Error>> {
    let options = Options::default();
    for number in 0..jobs {
        let new = NewJob {
            account: 1 + number % ACCOUNTS,
            options: &options,
            priority: Priority::default(),
            retry_of: None,
            scheduled_for: None,
        };
        queue::add(tx, &new, clock).await?;
    }
    Ok(())
}
