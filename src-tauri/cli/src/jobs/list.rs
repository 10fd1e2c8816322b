//! `understudy jobs list`: a line a job, the newest first.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use understudy_core::clock::Millis;
use understudy_core::db::Db;
use understudy_core::jobs::hold::Hold;
use understudy_core::jobs::job::{Job, Pause, Status};
use understudy_core::jobs::queue;

use crate::{Shared, out, words};

#[derive(Args)]
pub(crate) struct List {
    /// List so many at most
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// A job for other programs.
#[derive(Serialize)]
pub(crate) struct Line {
    job_id: String,
    number: i64,
    account: String,
    status: &'static str,
    priority: &'static str,
    total_emails: i64,
    processed_emails: i64,
    successful_emails: i64,
    failed_emails: i64,
    skipped_emails: i64,
    duration_ms: Millis,
    attempts: i64,
    retries: i64,
    /// Who paused it: the owner, or trouble.
    paused_by: Option<&'static str>,
    resumes_at: Option<String>,
    retry_of: Option<i64>,
    error_message: Option<String>,
    created_at: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
    scheduled_for: Option<String>,
}

impl From<Job> for Line {
    fn from(job: Job) -> Self {
        let counts = job.counts;
        Self {
            number: job.number,
            account: job.account,
            status: job.status.as_str(),
            priority: job.priority.as_str(),
            total_emails: counts.total,
            processed_emails: counts.processed(),
            successful_emails: counts.successful,
            failed_emails: counts.failed,
            skipped_emails: counts.skipped,
            duration_ms: job.worked_ms,
            attempts: job.attempts,
            retries: job.retries,
            paused_by: job.pause.map(|pause| match pause {
                Pause::Owner => "owner",
                Pause::Trouble { .. } => "trouble",
            }),
            resumes_at: match job.pause {
                Some(Pause::Trouble { until }) => words::rfc3339(until),
                Some(Pause::Owner) | None => None,
            },
            retry_of: job.retry_of,
            error_message: job.error_message,
            created_at: words::rfc3339(job.created_at),
            started_at: job.started_at.and_then(words::rfc3339),
            completed_at: job.completed_at.and_then(words::rfc3339),
            scheduled_for: job.scheduled_for.and_then(words::rfc3339),
            job_id: job.id,
        }
    }
}

pub(super) async fn run(list: &List, shared: &Shared, db: &Db) -> anyhow::Result<ExitCode> {
    let jobs = queue::latest(db.read(), list.limit.into()).await?;
    if jobs.is_empty() && !shared.json {
        out::say("No jobs yet. Begin with: understudy learn PATH");
    }
    // Looking takes the hold for a moment: not where the answer is not wanted.
    let nobody_works = !shared.json && nobody_works(db);
    for job in jobs {
        if shared.json {
            out::json(&Line::from(job))?;
        } else {
            out::line(line(&job, nobody_works))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether no process runs jobs in this data folder: a job that is "processing" was interrupted then.
pub(super) fn nobody_works(db: &Db) -> bool {
    Hold::take(db.folder()).is_ok_and(|hold| hold.is_some())
}

pub(super) fn status(job: &Job, nobody_works: bool) -> &'static str {
    match job.status {
        Status::Processing if nobody_works => "interrupted",
        status => status.as_str(),
    }
}

fn line(job: &Job, nobody_works: bool) -> String {
    let counts = job.counts;
    format!(
        "{:>4}  {}  {:<11}  {:<20}  {:>9} learned  {:>6} failed  {:>9} skipped  {}{}",
        job.number,
        words::day(job.created_at),
        status(job, nobody_works),
        words::gist(&job.account, 20),
        words::number(counts.successful),
        words::number(counts.failed),
        words::number(counts.skipped),
        words::took(job.worked_ms),
        job.error_message
            .as_ref()
            .map(|reason| format!("  {}", words::gist(reason, 120)))
            .unwrap_or_default()
    )
}
