//! `understudy jobs pause|resume|cancel|retry|again`: says through the database what is wanted of a job. Where another
//! process runs jobs it does what was said; where none does, what is to run is run here.

use std::process::ExitCode;
use std::time::Duration;

use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::{Job, Status};
use understudy_core::jobs::{queue, steer};
use understudy_core::mail::account;

use super::list::{Line, nobody_works};
use crate::{Shared, follow, learn, out};

/// The process that runs a job looks several times a second; one that does not answer for so long hangs.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

pub(super) async fn pause(
    number: i64,
    shared: &Shared,
    db: &Db,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    steer::pause(db, number, clock).await?;
    obeyed(number, shared, db, clock).await
}

pub(super) async fn cancel(
    number: i64,
    shared: &Shared,
    db: &Db,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    steer::cancel(db, number, clock).await?;
    obeyed(number, shared, db, clock).await
}

pub(super) async fn resume(
    number: i64,
    shared: &Shared,
    db: &Db,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    steer::resume(db, number, &clock).await?;
    run_somewhere(number, shared, db, clock).await
}

pub(super) async fn retry(
    number: i64,
    shared: &Shared,
    db: &Db,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    let retry = steer::retry(db, number, &clock).await?;
    run_somewhere(retry, shared, db, clock).await
}

pub(super) async fn again(
    number: i64,
    shared: &Shared,
    db: &Db,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    let again = steer::again(db, number, &clock).await?;
    run_somewhere(again, shared, db, clock).await
}

/// Waits until a job that was running has stopped, and says where it stands.
async fn obeyed(number: i64, shared: &Shared, db: &Db, clock: &Clock) -> anyhow::Result<ExitCode> {
    let began = clock.elapsed();
    let mut job = queue::get(db.read(), number).await?;
    while job.status == Status::Processing {
        if clock.elapsed().saturating_sub(began) > PATIENCE {
            anyhow::bail!(
                "the Understudy that runs job {number} does not answer. It obeys as soon as it does; or end that program"
            );
        }
        clock.sleep(LOOK).await;
        job = queue::get(db.read(), number).await?;
    }
    print(job, shared)?;
    Ok(ExitCode::SUCCESS)
}

async fn run_somewhere(
    number: i64,
    shared: &Shared,
    db: &Db,
    clock: Clock,
) -> anyhow::Result<ExitCode> {
    if !nobody_works(db) {
        let job = queue::get(db.read(), number).await?;
        if !shared.json {
            out::say("Another Understudy runs it.");
        }
        print(job, shared)?;
        return Ok(ExitCode::SUCCESS);
    }
    let followed = follow::to_the_end(db, clock, number).await?;
    let me = account::addresses(db.read(), followed.snapshot.job.account_id).await?;
    learn::tell(shared, db, &followed, &me).await
}

fn print(job: Job, shared: &Shared) -> anyhow::Result<()> {
    if shared.json {
        return out::json(&Line::from(job));
    }
    out::line(format!("Job {} is {}.", job.number, job.status.as_str()))?;
    Ok(())
}
