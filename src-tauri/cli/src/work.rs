//! `understudy work`: runs what waits and what schedules ask for, without a window, until it is interrupted.

use std::process::ExitCode;

use understudy_core::clock::Clock;
use understudy_core::jobs::{Duty, Engine};
use understudy_core::learn::local::LocalLearner;

use crate::{Shared, out};

pub(crate) async fn run(shared: &Shared, clock: Clock) -> anyhow::Result<ExitCode> {
    let db = shared.open().await?;
    let engine = Engine::start(db.clone(), clock, Duty::All, LocalLearner::new);
    out::say("Running jobs and schedules. Ctrl-C ends it; what it was at goes on the next time.");
    tokio::signal::ctrl_c().await?;
    engine.shut_down().await;
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
