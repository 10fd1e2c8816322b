//! How fast the job queue effectum runs jobs that do nothing: one of the peers that the benchmark
//! of Understudy's own job engine is set beside.
//!
//! It makes a fresh database file, puts finished jobs of history into it, enqueues, runs
//! everything with one worker, counts the finished rows, and prints one JSON object.
//!
//! The library opens its own connections and offers no settings for them. Its source asks for
//! `synchronous = NORMAL`, and for a write-ahead log under a misspelt name (`journal` for
//! `journal_mode`), which SQLite ignores: it writes with a rollback journal. An app can give the
//! file, which remembers it, the journal the library meant before the library opens it, and is
//! then several times as fast; so this does that, unless it is told to run it `--as-shipped`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use effectum::{Job, JobRunner, Queue, RunningJob, Worker};
use rusqlite::Connection;
use serde_json::{Value, json};

const USAGE: &str = "peer-effectum --folder DIR --jobs N --history H [--at-once K] [--refill-at M] \
                     [--as-shipped] [--json]";
const NOOP: &str = "noop";
/// A run that is not through by then is reported as far as it got.
const LIMIT: Duration = Duration::from_mins(2);
/// The library tells nobody when a job is committed, but counts them; this is how often to look,
/// and so how much too long a run can seem.
const LOOK_EVERY: Duration = Duration::from_millis(1);
const CLOSE_WITHIN: Duration = Duration::from_secs(30);

struct Arguments {
    folder: PathBuf,
    jobs: u64,
    history: u64,
    at_once: u16,
    refill_at: Option<u16>,
    as_shipped: bool,
    one_line: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut folder, mut jobs, mut history) = (None, None, None);
        let (mut at_once, mut refill_at, mut as_shipped, mut one_line) = (1, None, false, false);
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
                "--refill-at" => refill_at = Some(value()?.parse()?),
                "--as-shipped" => as_shipped = true,
                "--json" => one_line = true,
                _ => bail!("unknown argument {word}\n{USAGE}"),
            }
        }
        ensure!(
            at_once > 0 && refill_at != Some(0),
            "nothing runs zero at once"
        );
        Ok(Self {
            folder: folder.context(USAGE)?,
            jobs: jobs.context(USAGE)?,
            history: history.context(USAGE)?,
            at_once,
            refill_at,
            as_shipped,
            one_line,
        })
    }

    /// The library asks for more when fewer than this many run. Its own default is `at_once`, but
    /// jobs that take no time are run fastest when it fetches as many as it can at a time.
    fn refill_at(&self) -> u16 {
        self.refill_at.unwrap_or(1)
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
    if !arguments.as_shipped {
        set_wal(&file)?;
    }

    let started = Instant::now();
    fill_history(&file, arguments.history).await?;
    let history_seconds = started.elapsed().as_secs_f64();

    // Opened again, as an app started again would.
    let queue = Queue::new(&file).await?;
    let started = Instant::now();
    enqueue(&queue, arguments.jobs).await?;
    let enqueue_seconds = started.elapsed().as_secs_f64();

    let refill_at = arguments.refill_at();
    let (took, finished) = run(&queue, arguments.jobs, arguments.at_once, refill_at).await?;
    let after = Connection::open(&file)?;
    let done = count_done(&after)?.saturating_sub(arguments.history);
    ensure!(
        !finished || done == arguments.jobs,
        "{done} of {} jobs are done in the database",
        arguments.jobs
    );

    let seconds = took.as_secs_f64();
    let report = json!({
        "peer": "effectum",
        "version": locked_version("effectum")?,
        "sqlite": rusqlite::version(),
        "jobs": arguments.jobs,
        "history": arguments.history,
        "at_once": arguments.at_once,
        "refill_at": refill_at,
        "as_shipped": arguments.as_shipped,
        "history_seconds": history_seconds,
        "enqueue_seconds": enqueue_seconds,
        "seconds": seconds,
        "jobs_per_second": done as f64 / seconds,
        "finished": finished,
        "jobs_done": done,
        // A setting of the connection, and the library shows nobody its own; its source says
        // NORMAL.
        "synchronous": "unknown",
        // Exact: a write-ahead log is a setting of the file, and anything else is the default.
        "journal_mode": journal_mode(&after)?,
    });
    queue.close(CLOSE_WITHIN).await?;
    Ok(report)
}

fn fresh_file(folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("effectum.sqlite3");
    ensure!(!file.exists(), "{} is there already", file.display());
    Ok(file)
}

fn set_wal(file: &Path) -> Result<()> {
    let connection = Connection::open(file)?;
    // It answers with the mode that holds, so it is a query.
    connection.query_row("PRAGMA journal_mode = wal", [], |_| Ok(()))?;
    Ok(())
}

/// Runs one job through the library and copies the row it leaves: a million jobs run for real
/// would take longer than everything else here. Only the ids differ, and the outer one starts
/// with the time and grows, as the library's do.
async fn fill_history(file: &Path, history: u64) -> Result<()> {
    if history == 0 {
        return Ok(());
    }
    let queue = Queue::new(file).await?;
    enqueue(&queue, 1).await?;
    let (_, finished) = run(&queue, 1, 1, 1).await?;
    queue.close(CLOSE_WITHIN).await?;

    let connection = Connection::open(file)?;
    ensure!(
        finished && count_done(&connection)? == 1,
        "the first job of history did not finish"
    );
    connection.execute(
        "WITH RECURSIVE copies(n) AS (SELECT 1 WHERE ?1 > 0 UNION ALL \
                                      SELECT n + 1 FROM copies WHERE n < ?1) \
         INSERT INTO jobs (external_id, job_type, priority, weight, status, from_base_job, \
                           orig_run_at, payload, checkpointed_payload, current_try, max_retries, \
                           backoff_multiplier, backoff_randomization, backoff_initial_interval, \
                           added_at, default_timeout, heartbeat_increment, started_at, \
                           finished_at, run_info, name) \
         SELECT unhex(substr(hex(external_id), 1, 16) || printf('%016X', n)), job_type, priority, \
                weight, status, from_base_job, orig_run_at, payload, checkpointed_payload, \
                current_try, max_retries, backoff_multiplier, backoff_randomization, \
                backoff_initial_interval, added_at, default_timeout, heartbeat_increment, \
                started_at, finished_at, run_info, name \
         FROM copies, (SELECT * FROM jobs LIMIT 1)",
        [i64::try_from(history - 1)?],
    )?;
    Ok(())
}

/// In one call, which the library writes as one transaction.
async fn enqueue(queue: &Queue, jobs: u64) -> Result<()> {
    let jobs = (0..jobs).map(|_| Job::builder(NOOP).build()).collect();
    queue.add_jobs(jobs).await?;
    Ok(())
}

async fn noop(_job: RunningJob, _context: ()) -> Result<(), std::convert::Infallible> {
    Ok(())
}

/// How long the worker took, and whether it got through in time.
async fn run(queue: &Queue, jobs: u64, at_once: u16, refill_at: u16) -> Result<(Duration, bool)> {
    let started = Instant::now();
    let worker = Worker::builder(queue, ())
        .jobs([JobRunner::builder(NOOP, noop).build()])
        .min_concurrency(refill_at)
        .max_concurrency(at_once)
        .build()
        .await?;
    // A job counts as finished once the transaction that says so is committed.
    while worker.counts().finished < jobs && started.elapsed() < LIMIT {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = started.elapsed();
    let finished = worker.counts().finished >= jobs;
    worker.unregister(Some(CLOSE_WITHIN)).await?;
    Ok((took, finished))
}

fn count_done(connection: &Connection) -> Result<u64> {
    let query = "SELECT count(*) FROM jobs WHERE status = 'succeeded'";
    Ok(connection.query_row(query, [], |row| row.get(0))?)
}

fn journal_mode(connection: &Connection) -> Result<String> {
    Ok(connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?)
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
