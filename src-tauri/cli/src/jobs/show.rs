//! `understudy jobs show`: everything that is remembered of one job.

use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;
use understudy_core::db::Db;
use understudy_core::jobs::event::{self, Event};
use understudy_core::jobs::failure::{self, Group, Report};
use understudy_core::jobs::job::{Direction, Job, Options, Order, Pause};
use understudy_core::jobs::queue;

use super::list::{Line, nobody_works, status};
use crate::{Shared, out, words};

/// So many are shown, and printed for other programs.
const EVENTS: i64 = 200;
const FAILURES: i64 = 1000;

/// What `jobs show --json` prints.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    job: Line,
    options: Options,
    results: Option<Value>,
    failure_groups: Vec<GroupLine>,
    failures: Vec<FailureLine>,
    events: Vec<EventLine>,
}

#[derive(Serialize)]
struct GroupLine {
    kind: &'static str,
    mails: i64,
}

#[derive(Serialize)]
struct FailureLine {
    place: String,
    kind: &'static str,
    said: String,
}

#[derive(Serialize)]
struct EventLine {
    at: Option<String>,
    kind: String,
    said: Option<String>,
}

pub(super) async fn run(number: i64, shared: &Shared, db: &Db) -> anyhow::Result<ExitCode> {
    let job = queue::find(db.read(), number)
        .await?
        .with_context(|| format!("there is no job {number}. `understudy jobs` lists them"))?;
    let groups = failure::groups(db.read(), number).await?;
    let failures = failure::reports(db.read(), number, FAILURES).await?;
    let events = event::of(db.read(), number, EVENTS).await?;
    if shared.json {
        out::json(&Shown {
            options: job.options.clone(),
            results: job
                .results
                .as_deref()
                .and_then(|results| serde_json::from_str(results).ok()),
            job: job.into(),
            failure_groups: groups.iter().map(group_line).collect(),
            failures: failures.into_iter().map(failure_line).collect(),
            events: events.into_iter().map(event_line).collect(),
        })?;
    } else {
        print_job(&job, nobody_works(db))?;
        print_failures(&groups, &failures)?;
        print_events(&events)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn group_line(group: &Group) -> GroupLine {
    GroupLine {
        kind: group.kind.as_str(),
        mails: group.mails,
    }
}

fn failure_line(report: Report) -> FailureLine {
    FailureLine {
        place: report.place,
        kind: report.kind.as_str(),
        said: report.said,
    }
}

fn event_line(event: Event) -> EventLine {
    EventLine {
        at: words::rfc3339(event.at),
        kind: event.kind,
        said: event.said,
    }
}

fn print_job(job: &Job, nobody_works: bool) -> anyhow::Result<()> {
    let counts = job.counts;
    let mut facts = vec![
        ("Account", job.account.clone()),
        ("Status", status(job, nobody_works).to_owned()),
        ("Priority", job.priority.as_str().to_owned()),
        ("Mails", words::number(counts.total)),
        ("learned", words::number(counts.successful)),
        ("failed", words::number(counts.failed)),
        ("skipped", words::number(counts.skipped)),
        ("still to do", words::number(counts.remaining())),
        ("Worked", words::took(job.worked_ms)),
        ("Options", options(&job.options)),
        ("Asked for", words::moment(job.created_at)),
    ];
    let times = [
        ("Started", job.started_at),
        ("Ended", job.completed_at),
        ("Scheduled for", job.scheduled_for),
    ];
    facts.extend(
        times
            .into_iter()
            .filter_map(|(name, at)| Some((name, words::moment(at?)))),
    );
    if let Some(Pause::Trouble { until }) = job.pause {
        facts.push(("Goes on", words::moment(until)));
    }
    if let Some(first) = job.retry_of {
        facts.push(("Tries again", format!("the failed mails of job {first}")));
    }
    if job.retries > 0 {
        facts.push(("Tried again", words::counted(job.retries, "batch")));
    }
    if let Some(reason) = &job.error_message {
        facts.push(("Reason", reason.clone()));
    }
    out::line(format!("Job {}  {}", job.number, job.id))?;
    for (name, fact) in facts {
        out::line(format!("  {name:<14}{fact}"))?;
    }
    Ok(())
}

/// What was chosen, as one would say it.
fn options(options: &Options) -> String {
    let mut chosen = vec![match options.most {
        u32::MAX => "all mails".to_owned(),
        most => format!("at most {}", words::counted(most.into(), "mail")),
    }];
    chosen.extend(
        options
            .days
            .map(|days| format!("of the last {}", words::counted(days.into(), "day"))),
    );
    chosen.push(
        match options.order {
            Order::Newest => "newest first",
            Order::Oldest => "oldest first",
        }
        .to_owned(),
    );
    match options.kind {
        Direction::Both => {}
        Direction::Sent => chosen.push("only the owner's".to_owned()),
        Direction::Received => chosen.push("only the others'".to_owned()),
    }
    if !options.exclude.is_empty() {
        chosen.push(format!("without {}", options.exclude.join(", ")));
    }
    chosen.join(", ")
}

fn print_failures(groups: &[Group], failures: &[Report]) -> anyhow::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    out::line("")?;
    for group in groups {
        out::line(format!(
            "{}: {}",
            words::counted(group.mails, "mail"),
            group.kind.as_str().replace('_', " ")
        ))?;
    }
    for failure in failures {
        out::line(format!("  {}: {}", failure.place, failure.said))?;
    }
    let all: i64 = groups.iter().map(|group| group.mails).sum();
    if all > FAILURES {
        out::line(format!("  … and {} more", words::number(all - FAILURES)))?;
    }
    Ok(())
}

fn print_events(events: &[Event]) -> anyhow::Result<()> {
    out::line("")?;
    for event in events {
        let said = event
            .said
            .as_ref()
            .map(|said| format!("  {said}"))
            .unwrap_or_default();
        out::line(format!(
            "  {}  {}{said}",
            words::moment(event.at),
            event.kind.replace('_', " ")
        ))?;
    }
    Ok(())
}
