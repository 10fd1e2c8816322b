//! `understudy jobs`: the jobs, the newest first.

use std::process::ExitCode;

use serde::Serialize;
use understudy_core::jobs::hold::Hold;
use understudy_core::jobs::job::Status;
use understudy_core::jobs::queue;

use crate::{Shared, out, words};

/// So many jobs are listed.
const LISTED: i64 = 1000;

/// A line of `jobs --json`.
#[derive(Serialize)]
struct Line {
    job_id: String,
    number: i64,
    account: String,
    status: &'static str,
    total_emails: i64,
    processed_emails: i64,
    successful_emails: i64,
    failed_emails: i64,
    skipped_emails: i64,
    duration_ms: i64,
    error_message: Option<String>,
    created_at: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
}

pub(crate) async fn run(shared: &Shared) -> anyhow::Result<ExitCode> {
    let db = shared.open().await?;
    let jobs = queue::latest(db.read(), LISTED).await?;
    if jobs.is_empty() && !shared.json {
        out::say("No jobs yet. Begin with: understudy learn PATH");
    }
    let nobody_works = Hold::take(db.folder()).is_ok_and(|hold| hold.is_some());
    for job in jobs {
        let counts = job.counts;
        if shared.json {
            out::json(&Line {
                number: job.number,
                account: job.account,
                status: job.status.as_str(),
                total_emails: counts.total,
                processed_emails: counts.processed(),
                successful_emails: counts.successful,
                failed_emails: counts.failed,
                skipped_emails: counts.skipped,
                duration_ms: job.worked_ms,
                error_message: job.error_message,
                created_at: words::rfc3339(job.created_at),
                started_at: job.started_at.and_then(words::rfc3339),
                completed_at: job.completed_at.and_then(words::rfc3339),
                job_id: job.id,
            })?;
        } else {
            let status = match job.status {
                Status::Processing if nobody_works => "interrupted",
                status => status.as_str(),
            };
            out::line(format!(
                "{:>4}  {}  {:<10}  {:<20}  {:>9} learned  {:>6} failed  {:>9} skipped  {}{}",
                job.number,
                words::day(job.created_at),
                status,
                words::gist(&job.account, 20),
                words::number(counts.successful),
                words::number(counts.failed),
                words::number(counts.skipped),
                words::took(job.worked_ms),
                job.error_message
                    .map(|reason| format!("  {reason}"))
                    .unwrap_or_default()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
