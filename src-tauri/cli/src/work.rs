//! `understudy work`: runs what waits and what schedules ask for, without a window, until it is interrupted. Says on
//! standard error what becomes of the jobs, and what holds them up; with `--json`, a line a change on standard output.

use std::collections::BTreeMap;
use std::process::ExitCode;

use understudy_core::clock::Clock;
use understudy_core::jobs::job::Status;
use understudy_core::jobs::progress::{Progress, Snapshot};
use understudy_core::jobs::{Duty, Engine};
use understudy_core::learn::local::LocalLearner;

use crate::jobs::list::Line;
use crate::{Shared, out, words};

pub(crate) async fn run(shared: &Shared, clock: Clock) -> anyhow::Result<ExitCode> {
    let db = shared.open().await?;
    let engine = Engine::start(db.clone(), clock, Duty::All, LocalLearner::new);
    out::say("Running jobs and schedules. Ctrl-C ends it; what it was at goes on the next time.");
    let ended = tokio::select! {
        ended = tell(engine.progress(), shared.json) => ended,
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(anyhow::Error::from),
    };
    engine.shut_down().await;
    db.close().await;
    ended.map(|()| ExitCode::SUCCESS)
}

/// Tells every change of a job, for ever.
async fn tell(progress: &Progress, json: bool) -> anyhow::Result<()> {
    let mut told: BTreeMap<i64, (Status, Option<String>)> = BTreeMap::new();
    let mut looks = progress.watch();
    loop {
        let jobs = looks.borrow_and_update().clone();
        told.retain(|number, _| jobs.contains_key(number));
        for (number, shown) in jobs {
            let now = (shown.job.status, shown.trouble.clone());
            if told.insert(number, now.clone()).as_ref() == Some(&now) {
                continue;
            }
            // What holds a job up is said in any case: it is no result.
            if !json || shown.trouble.is_some() {
                out::say(line(&shown));
            }
            if json {
                out::json(&Line::from(shown.job))?;
            }
        }
        // Its sender outlives this: the engine is shut down after it.
        looks.changed().await?;
    }
}

fn line(shown: &Snapshot) -> String {
    let job = &shown.job;
    let counts = job.counts;
    let mut line = format!(
        "Job {} ({}): {}",
        job.number,
        job.account,
        job.status.as_str()
    );
    if job.status.is_terminal() {
        line += &format!(
            ", {} learned, {} failed, {} skipped, {}",
            words::number(counts.successful),
            words::number(counts.failed),
            words::number(counts.skipped),
            words::took(job.worked_ms)
        );
    }
    match shown.trouble.as_ref().or(job.error_message.as_ref()) {
        Some(why) => format!("{line}: {why}"),
        None => line,
    }
}
