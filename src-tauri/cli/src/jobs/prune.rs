//! `understudy jobs prune` and `figures`: what is forgotten of old jobs, and what stays.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::figures;
use understudy_core::jobs::prune::prune;
use understudy_core::settings::{self, JobSettings};

use crate::{Shared, out, words};

#[derive(Args)]
pub(crate) struct Prune {
    /// Forget jobs that ended more than so many days ago [default: as the settings say, 365]
    #[arg(long, value_name = "DAYS")]
    keep_days: Option<u32>,
    /// Remember the last so many jobs at most [default: as the settings say, 10000]
    #[arg(long, value_name = "N")]
    keep_jobs: Option<u32>,
    /// Keep this choice as the settings for the future
    #[arg(long)]
    always: bool,
}

#[derive(Args)]
pub(crate) struct Days {
    /// The last so many days on which anything was done
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    days: u32,
}

#[derive(Serialize)]
struct Pruned {
    forgotten: u64,
}

/// A line of `jobs figures --json`.
#[derive(Serialize)]
struct Day {
    day: String,
    learned: i64,
    failed: i64,
    jobs: i64,
    success_rate: Option<f64>,
    mails_per_second: Option<f64>,
    duration_ms: i64,
    retries: i64,
    tokens: i64,
    cost_micros: i64,
}

pub(super) async fn run(
    wanted: &Prune,
    shared: &Shared,
    db: &Db,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    let before = settings::get::<JobSettings>(db.read()).await?;
    let keep = JobSettings {
        keep_days: wanted.keep_days.unwrap_or(before.keep_days),
        keep_jobs: wanted.keep_jobs.unwrap_or(before.keep_jobs),
        ..before
    };
    if wanted.always {
        let mut tx = db.write().await?;
        settings::set(&mut tx, &keep).await?;
        tx.commit().await?;
    }
    let forgotten = prune(db, &keep, clock).await?;
    if shared.json {
        out::json(&Pruned { forgotten })?;
    } else {
        let jobs = words::counted(i64::try_from(forgotten).unwrap_or(i64::MAX), "job");
        out::line(format!("Forgot {jobs}. What they learned stays."))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn figures(days: &Days, shared: &Shared, db: &Db) -> anyhow::Result<ExitCode> {
    for (day, done) in figures::by_day(db.read(), days.days.into()).await? {
        if shared.json {
            out::json(&Day {
                day,
                learned: done.learned,
                failed: done.failed,
                jobs: done.jobs(),
                success_rate: done.success_rate(),
                mails_per_second: done.mails_per_second(),
                duration_ms: done.worked_ms,
                retries: done.retries,
                tokens: done.tokens,
                cost_micros: done.cost_micros,
            })?;
        } else {
            out::line(format!(
                "{day}  {:>9} learned  {:>6} failed  {:>4} jobs  {:>4} succeeded  {:>7} mails/s  {}",
                words::number(done.learned),
                words::number(done.failed),
                done.jobs(),
                done.success_rate()
                    .map_or_else(|| "–".to_owned(), |rate| format!("{:.0} %", rate * 100.0)),
                done.mails_per_second()
                    .map_or_else(|| "–".to_owned(), |speed| words::number(speed as i64)),
                words::took(done.worked_ms)
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
