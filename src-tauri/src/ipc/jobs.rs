//! Starting and steering jobs, and the reports of the mails that failed.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;
use understudy_core::jobs::job::{self, Options};
use understudy_core::jobs::progress::{self, Snapshot};
use understudy_core::jobs::{Engine, Request, failure, queue};
use understudy_core::learn::learner;

use super::mailboxes::Mailbox;
use super::{CommandError, ErrorCode, count, rfc3339};

/// So many reports of one job are told.
const FAILURES: i64 = 1000;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum JobStatus {
    /// Waits for its turn.
    Queued,
    /// Runs.
    Processing,
    /// Waits to be resumed.
    Paused,
    /// Has looked at every mail.
    Completed,
    /// Was stopped by an error.
    Failed,
    /// Was stopped by the owner.
    Cancelled,
}

impl From<job::Status> for JobStatus {
    fn from(status: job::Status) -> Self {
        match status {
            job::Status::Queued => Self::Queued,
            job::Status::Processing => Self::Processing,
            job::Status::Paused => Self::Paused,
            job::Status::Completed => Self::Completed,
            job::Status::Failed => Self::Failed,
            job::Status::Cancelled => Self::Cancelled,
        }
    }
}

/// What a job is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Looking through the mailbox.
    Finding,
    /// Learning batches.
    Learning,
    /// Merging patterns.
    Settling,
}

impl From<progress::Stage> for Stage {
    fn from(stage: progress::Stage) -> Self {
        match stage {
            progress::Stage::Finding => Self::Finding,
            progress::Stage::Learning => Self::Learning,
            progress::Stage::Settling => Self::Settling,
        }
    }
}

/// Who paused a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PausedBy {
    /// It waits for its owner.
    Owner,
    /// It goes on by itself.
    Trouble,
}

/// A job, as of its last commit.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct JobSnapshot {
    id: String,
    number: u32,
    account_id: u32,
    account_name: String,
    status: JobStatus,
    paused_by: Option<PausedBy>,
    /// When a job that trouble paused goes on.
    resumes_at: Option<String>,
    /// What holds it up just now.
    trouble: Option<String>,
    /// The number of the job whose failed mails it tries again.
    retry_of: Option<u32>,
    stage: Option<Stage>,
    total_emails: u32,
    processed_emails: u32,
    successful_emails: u32,
    failed_emails: u32,
    skipped_emails: u32,
    mails_per_second: Option<u32>,
    elapsed_seconds: u32,
    seconds_left: Option<u32>,
    error_message: Option<String>,
    created_at: String,
    started_at: Option<String>,
    completed_at: Option<String>,
}

impl From<Snapshot> for JobSnapshot {
    fn from(shown: Snapshot) -> Self {
        let job = shown.job;
        let whole = |value: f64| value.round().clamp(0.0, f64::from(u32::MAX)) as u32;
        Self {
            number: count(job.number),
            account_id: count(job.account_id),
            account_name: job.account,
            status: job.status.into(),
            paused_by: job.pause.map(|pause| match pause {
                job::Pause::Owner => PausedBy::Owner,
                job::Pause::Trouble { .. } => PausedBy::Trouble,
            }),
            resumes_at: match job.pause {
                Some(job::Pause::Trouble { until }) => Some(rfc3339(until)),
                Some(job::Pause::Owner) | None => None,
            },
            trouble: shown.trouble,
            retry_of: job.retry_of.map(count),
            stage: shown.stage.map(Stage::from),
            // While the mailbox is looked through, the total is what was found so far.
            total_emails: count(job.counts.total.max(shown.found)),
            processed_emails: count(job.counts.processed()),
            successful_emails: count(job.counts.successful),
            failed_emails: count(job.counts.failed),
            skipped_emails: count(job.counts.skipped),
            mails_per_second: shown.mails_per_second.map(whole),
            elapsed_seconds: count(shown.worked_ms / 1000),
            seconds_left: shown.seconds_left.map(whole),
            error_message: job.error_message,
            created_at: rfc3339(job.created_at),
            started_at: job.started_at.map(rfc3339),
            completed_at: job.completed_at.map(rfc3339),
            id: job.id,
        }
    }
}

/// Which mails come first.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// From today backwards.
    Newest,
    /// From the first mail on.
    Oldest,
}

/// Whose mails are learned.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MailKind {
    /// Only the owner's.
    Sent,
    /// Only the others'.
    Received,
    /// All.
    Both,
}

/// What a job is to look at.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct LearnOptions {
    most: u32,
    days: Option<u32>,
    order: Order,
    kind: MailKind,
    exclude: Vec<String>,
}

impl From<LearnOptions> for Options {
    fn from(wanted: LearnOptions) -> Self {
        Self {
            most: wanted.most,
            days: wanted.days,
            order: match wanted.order {
                Order::Newest => job::Order::Newest,
                Order::Oldest => job::Order::Oldest,
            },
            kind: match wanted.kind {
                MailKind::Sent => job::Direction::Sent,
                MailKind::Received => job::Direction::Received,
                MailKind::Both => job::Direction::Both,
            },
            exclude: wanted.exclude,
            ..Self::default()
        }
    }
}

impl From<Options> for LearnOptions {
    fn from(options: Options) -> Self {
        Self {
            most: options.most,
            days: options.days,
            order: match options.order {
                job::Order::Newest => Order::Newest,
                job::Order::Oldest => Order::Oldest,
            },
            kind: match options.kind {
                job::Direction::Sent => MailKind::Sent,
                job::Direction::Received => MailKind::Received,
                job::Direction::Both => MailKind::Both,
            },
            exclude: options.exclude,
        }
    }
}

/// The kinds of trouble with one mail.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// It could not be read where it lies.
    Unreadable,
    /// Its bytes are no mail.
    NotAMail,
    /// It made the learner panic.
    Crashed,
}

/// The report of a mail that failed.
#[derive(Clone, Debug, Serialize, Type)]
pub struct MailFailure {
    place: String,
    kind: FailureKind,
    said: String,
}

/// Starts learning a mailbox; a job that runs for it already is shown instead.
#[tauri::command]
#[specta::specta]
pub async fn start_learning(
    engine: State<'_, Engine>,
    mailbox: Mailbox,
    me: Vec<String>,
    options: LearnOptions,
) -> Result<JobSnapshot, CommandError> {
    let (path, account) = mailbox.locate(&engine)?;
    let request = Request {
        paths: vec![path],
        account,
        me,
        options: options.into(),
        ..Request::default()
    };
    let asked = engine.ask(request).await?;
    Ok(engine.look(asked.number).await?.into())
}

/// Stops a job, and answers once it has stopped.
#[tauri::command]
#[specta::specta]
pub async fn cancel_job(
    engine: State<'_, Engine>,
    id: String,
) -> Result<JobSnapshot, CommandError> {
    let number = number_of(&engine, &id).await?;
    engine.cancel(number).await?;
    stopped(&engine, number).await
}

/// Lets a job wait, and answers once it does.
#[tauri::command]
#[specta::specta]
pub async fn pause_job(engine: State<'_, Engine>, id: String) -> Result<JobSnapshot, CommandError> {
    let number = number_of(&engine, &id).await?;
    engine.pause(number).await?;
    stopped(&engine, number).await
}

/// Lets a paused job go on.
#[tauri::command]
#[specta::specta]
pub async fn resume_job(
    engine: State<'_, Engine>,
    id: String,
) -> Result<JobSnapshot, CommandError> {
    let number = number_of(&engine, &id).await?;
    engine.resume(number).await?;
    Ok(engine.look(number).await?.into())
}

/// Tries the failed mails of a job again, in a new job.
#[tauri::command]
#[specta::specta]
pub async fn retry_job(engine: State<'_, Engine>, id: String) -> Result<JobSnapshot, CommandError> {
    let number = number_of(&engine, &id).await?;
    let retry = engine.retry(number).await?;
    Ok(engine.look(retry).await?.into())
}

/// Where a job stands as soon as nobody works on it.
async fn stopped(engine: &Engine, number: i64) -> Result<JobSnapshot, CommandError> {
    engine.progress().until(number, Snapshot::is_over).await;
    Ok(engine.look(number).await?.into())
}

/// The mails that a job could not learn.
#[tauri::command]
#[specta::specta]
pub async fn job_failures(
    engine: State<'_, Engine>,
    id: String,
) -> Result<Vec<MailFailure>, CommandError> {
    let number = number_of(&engine, &id).await?;
    let reports = failure::reports(engine.db().read(), number, FAILURES).await?;
    Ok(reports
        .into_iter()
        .map(|report| MailFailure {
            place: report.place,
            kind: match report.kind {
                learner::FailureKind::Unreadable => FailureKind::Unreadable,
                learner::FailureKind::NotAMail => FailureKind::NotAMail,
                learner::FailureKind::Crashed => FailureKind::Crashed,
            },
            said: report.said,
        })
        .collect())
}

async fn number_of(engine: &Engine, id: &str) -> Result<i64, CommandError> {
    queue::number_of(engine.db().read(), id)
        .await?
        .ok_or_else(|| CommandError::new(ErrorCode::NotFound, "there is no such job any more"))
}
