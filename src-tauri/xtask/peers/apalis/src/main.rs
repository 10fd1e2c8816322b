//! How fast the job queue apalis-sqlite runs jobs that do nothing: one of the peers that the
//! benchmark of Understudy's own job engine is set beside.
//!
//! It makes a fresh database file, puts finished jobs of history into it, enqueues, runs
//! everything with one worker, counts the finished rows, and prints one JSON object.
//!
//! The library decides how safely it writes: its `setup` sets `synchronous = OFF` on one pooled
//! connection. The pool is therefore held at one connection, or a second one would quietly write
//! with SQLite's default instead. `--synchronous` overrides that, for a comparison on equal terms.
//!
//! The query that acknowledges jobs is planned well only when SQLite has statistics that show how
//! many rows share a worker's name. `setup` has them gathered when it opens a database, so an app's
//! first run, which has none, reads every row its worker ever locked for every acknowledgement. A
//! run with a hundred jobs of history (`--history 100`) shows the library without that.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use apalis::prelude::*;
use apalis_sqlite::{Config, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use serde_json::{Value, json};

const USAGE: &str = "peer-apalis --folder DIR --jobs N --history H [--at-once K] [--batch B] \
                     [--synchronous library|off|normal|full] [--json]";
const QUEUE: &str = "noop";
/// History and run share the name, as they do in an app that was started again.
const WORKER: &str = "worker";
/// The library's own default, which a run one at a time keeps.
const LEAST_BATCH: usize = 10;
/// A run that is not through by then is reported as far as it got.
const LIMIT: Duration = Duration::from_mins(2);
/// Jobs are there before the worker starts, so this only bounds how long a wake-up could be lost.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

struct Arguments {
    folder: PathBuf,
    jobs: u64,
    history: u64,
    at_once: usize,
    batch: Option<usize>,
    synchronous: String,
    one_line: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut folder, mut jobs, mut history) = (None, None, None);
        let (mut at_once, mut batch, mut one_line) = (1, None, false);
        let mut synchronous = String::from("library");
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{word} needs a value"))
            };
            match word.as_str() {
                "--folder" => folder = Some(PathBuf::from(value()?)),
                "--jobs" => jobs = Some(value()?.parse()?),
                "--history" => history = Some(value()?.parse()?),
                "--at-once" => at_once = value()?.parse()?,
                "--batch" => batch = Some(value()?.parse()?),
                "--synchronous" => synchronous = value()?,
                "--json" => one_line = true,
                _ => bail!("unknown argument {word}\n{USAGE}"),
            }
        }
        ensure!(at_once > 0 && batch != Some(0), "nothing runs zero at once");
        ensure!(
            ["library", "off", "normal", "full"].contains(&synchronous.as_str()),
            "unknown setting {synchronous}\n{USAGE}"
        );
        Ok(Self {
            folder: folder.context(USAGE)?,
            jobs: jobs.context(USAGE)?,
            history: history.context(USAGE)?,
            at_once,
            batch,
            synchronous,
            one_line,
        })
    }

    fn batch(&self) -> usize {
        self.batch.unwrap_or(self.at_once.max(LEAST_BATCH))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let report = measure(&arguments).await?;
    if arguments.one_line {
        println!("{report}");
    } else {
        println!("{report:#}");
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> Result<Value> {
    let file = fresh_file(&arguments.folder)?;

    let started = Instant::now();
    fill_history(&file, arguments).await?;
    let history_seconds = started.elapsed().as_secs_f64();

    // Opened again, as an app started again would: the history is then in the database file, and
    // `setup` has seen it.
    let pool = open(&file, &arguments.synchronous).await?;
    let started = Instant::now();
    enqueue(&pool, arguments.jobs).await?;
    let enqueue_seconds = started.elapsed().as_secs_f64();

    let (took, finished) = run(&pool, arguments.jobs, arguments.at_once, arguments.batch()).await?;
    let done = count_done(&pool).await?.saturating_sub(arguments.history);
    ensure!(
        !finished || done == arguments.jobs,
        "{done} of {} jobs are done in the database",
        arguments.jobs
    );

    let seconds = took.as_secs_f64();
    let report = json!({
        "peer": "apalis-sqlite",
        "version": locked_version("apalis-sqlite")?,
        "sqlite": text(&pool, "SELECT sqlite_version()").await?,
        "jobs": arguments.jobs,
        "history": arguments.history,
        "at_once": arguments.at_once,
        "batch": arguments.batch(),
        "history_seconds": history_seconds,
        "enqueue_seconds": enqueue_seconds,
        "seconds": seconds,
        "jobs_per_second": done as f64 / seconds,
        "finished": finished,
        "jobs_done": done,
        "synchronous": synchronous_name(number(&pool, "PRAGMA synchronous").await?),
        "journal_mode": text(&pool, "PRAGMA journal_mode").await?,
    });
    pool.close().await;
    Ok(report)
}

fn fresh_file(folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("apalis.sqlite3");
    ensure!(!file.exists(), "{} is there already", file.display());
    Ok(file)
}

async fn open(file: &Path, synchronous: &str) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    SqliteStorage::setup(&pool).await?;
    if synchronous != "library" {
        // One of four fixed words, checked where the arguments are read.
        let pragma = format!("PRAGMA synchronous = {synchronous}");
        sqlx::query(sqlx::AssertSqlSafe(pragma))
            .execute(&pool)
            .await?;
    }
    Ok(pool)
}

/// Runs one job through the library and copies the row it leaves: a million jobs run for real
/// would take longer than everything else here. Only the id differs, and it is as long as a ULID
/// and grows like one.
async fn fill_history(file: &Path, arguments: &Arguments) -> Result<()> {
    if arguments.history == 0 {
        return Ok(());
    }
    let pool = open(file, "library").await?;
    enqueue(&pool, 1).await?;
    let (_, finished) = run(&pool, 1, 1, LEAST_BATCH).await?;
    ensure!(
        finished && count_done(&pool).await? == 1,
        "the first job of history did not finish"
    );

    let copies = i64::try_from(arguments.history - 1)?;
    sqlx::query(
        "WITH RECURSIVE copies(n) AS (SELECT 1 WHERE ?1 > 0 UNION ALL \
                                      SELECT n + 1 FROM copies WHERE n < ?1) \
         INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, last_result, \
                           lock_at, lock_by, done_at, priority, metadata, idempotency_key) \
         SELECT job, substr(id, 1, 10) || printf('%016X', n), job_type, status, attempts, \
                max_attempts, run_at, last_result, lock_at, lock_by, done_at, priority, metadata, \
                idempotency_key \
         FROM copies, (SELECT * FROM Jobs LIMIT 1)",
    )
    .bind(copies)
    .execute(&pool)
    .await?;
    // A worker's name is refused for as long as it could still be alive; this one has been gone
    // for a day, as its history would be.
    sqlx::query("UPDATE Workers SET last_seen = last_seen - 86400")
        .execute(&pool)
        .await?;
    pool.close().await;
    Ok(())
}

/// In one call, which the library writes as one transaction.
async fn enqueue(pool: &SqlitePool, jobs: u64) -> Result<()> {
    storage(pool, LEAST_BATCH)
        .push_bulk((0..jobs).collect())
        .await?;
    Ok(())
}

fn storage(pool: &SqlitePool, batch: usize) -> SqliteStorage<u64> {
    let config = Config::default().queue(QUEUE).batch_size(batch);
    SqliteStorage::new(pool).with_config(config)
}

async fn noop(
    _job: u64,
    remaining: Data<Arc<AtomicU64>>,
    worker: WorkerContext,
) -> Result<(), BoxDynError> {
    // Stopping the worker lets its run return, after it has committed every acknowledgement.
    if remaining.fetch_sub(1, Ordering::Relaxed) == 1 {
        worker.stop()?;
    }
    Ok(())
}

/// How long the worker took, and whether it got through in time.
async fn run(
    pool: &SqlitePool,
    jobs: u64,
    at_once: usize,
    batch: usize,
) -> Result<(Duration, bool)> {
    let started = Instant::now();
    if jobs == 0 {
        return Ok((started.elapsed(), true));
    }
    let worker = WorkerBuilder::new(WORKER)
        .backend(storage(pool, batch).poll_with_interval(POLL_INTERVAL))
        .data(Arc::new(AtomicU64::new(jobs)))
        .concurrency(at_once)
        .build(noop);
    let finished = match tokio::time::timeout(LIMIT, worker.run()).await {
        Ok(ended) => {
            ended?;
            true
        }
        Err(_) => false,
    };
    Ok((started.elapsed(), finished))
}

async fn count_done(pool: &SqlitePool) -> Result<u64> {
    let count = number(pool, "SELECT count(*) FROM Jobs WHERE status = 'Done'").await?;
    Ok(u64::try_from(count)?)
}

async fn number(pool: &SqlitePool, query: &'static str) -> Result<i64> {
    Ok(sqlx::query_scalar(query).fetch_one(pool).await?)
}

async fn text(pool: &SqlitePool, query: &'static str) -> Result<String> {
    Ok(sqlx::query_scalar(query).fetch_one(pool).await?)
}

fn synchronous_name(level: i64) -> &'static str {
    match level {
        0 => "off",
        1 => "normal",
        2 => "full",
        3 => "extra",
        _ => "unknown",
    }
}

/// The version that was built, from the lock file it was built by.
fn locked_version(package: &str) -> Result<&'static str> {
    let name = format!("name = \"{package}\"");
    include_str!("../Cargo.lock")
        .lines()
        .skip_while(|line| *line != name)
        .find_map(|line| {
            line.strip_prefix("version = ")?
                .strip_prefix('"')?
                .strip_suffix('"')
        })
        .with_context(|| format!("{package} is not in the lock file"))
}
