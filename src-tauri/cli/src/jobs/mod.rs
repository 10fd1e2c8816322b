//! `understudy jobs`: lists the jobs, shows one, and steers them, whichever process runs them.

pub(crate) mod list;
mod prune;
mod show;
mod steer;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::queue;

use crate::Shared;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: list::List,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Subcommand)]
enum What {
    /// List the jobs, the newest first
    List(list::List),
    /// Show one job: options, counts, what happened, and every mail that failed
    Show(One),
    /// Let a job wait until it is resumed
    Pause(One),
    /// Let a paused job go on; here, where no other Understudy runs jobs
    Resume(One),
    /// End a job; what it learned stays
    Cancel(One),
    /// Try the failed mails of a job again, and only those
    Retry(One),
    /// Run a job again; what was learned is skipped
    Again(One),
    /// Forget old jobs; what they learned stays
    Prune(prune::Prune),
    /// What was done, by day
    Figures(prune::Days),
}

/// Which job.
#[derive(Args)]
struct One {
    /// The job's number, as listed, or its id
    #[arg(value_name = "JOB")]
    job: String,
}

impl One {
    async fn number(&self, db: &Db) -> anyhow::Result<i64> {
        if let Ok(number) = self.job.parse() {
            return Ok(number);
        }
        queue::number_of(db.read(), &self.job)
            .await?
            .with_context(|| format!("there is no job {}. `understudy jobs` lists them", self.job))
    }
}

pub(crate) async fn run(jobs: Jobs, clock: Clock) -> anyhow::Result<ExitCode> {
    let shared = jobs.shared;
    let db = shared.open().await?;
    match jobs.what {
        None => list::run(&jobs.list, &shared, &db).await,
        Some(What::List(list)) => list::run(&list, &shared, &db).await,
        Some(What::Show(one)) => show::run(one.number(&db).await?, &shared, &db).await,
        Some(What::Pause(one)) => steer::pause(one.number(&db).await?, &shared, &db, &clock).await,
        Some(What::Resume(one)) => steer::resume(one.number(&db).await?, &shared, &db, clock).await,
        Some(What::Cancel(one)) => {
            steer::cancel(one.number(&db).await?, &shared, &db, &clock).await
        }
        Some(What::Retry(one)) => steer::retry(one.number(&db).await?, &shared, &db, clock).await,
        Some(What::Again(one)) => steer::again(one.number(&db).await?, &shared, &db, clock).await,
        Some(What::Prune(prune)) => prune::run(&prune, &shared, &db, &clock).await,
        Some(What::Figures(days)) => prune::figures(&days, &shared, &db).await,
    }
}
