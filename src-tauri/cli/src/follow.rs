//! Follows a job to its end, whichever process runs it: this one where the data folder is free, and as soon as it is;
//! another otherwise.

use tokio::sync::watch;
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::Pause;
use understudy_core::jobs::progress::Snapshot;
use understudy_core::jobs::{Duty, Engine, queue};
use understudy_core::learn::local::LocalLearner;

use crate::progress;

/// Where a job stood when it was last seen.
pub(crate) struct Followed {
    pub(crate) snapshot: Snapshot,
    /// Whether the owner would not wait for its end.
    pub(crate) interrupted: bool,
}

/// Follows the job until it ends, its owner pauses it, the database fails it, or the owner interrupts this program.
/// A job that trouble paused is waited for.
pub(crate) async fn to_the_end(db: &Db, clock: Clock, number: i64) -> anyhow::Result<Followed> {
    let engine = Engine::start(db.clone(), clock, Duty::Only(number), LocalLearner::new);
    let (over, ends) = watch::channel(false);
    let shown = tokio::spawn(progress::show(engine.progress().clone(), number, ends));
    let last = tokio::select! {
        last = engine.progress().until(number, stands_still) => Some(last),
        _ = tokio::signal::ctrl_c() => None,
    };
    let interrupted = last.is_none();
    // Where it runs here it is brought to a commit first.
    engine.shut_down().await;
    over.send_replace(true);
    shown.await?;
    if let Some(trouble) = last.and_then(|shown| shown.trouble) {
        anyhow::bail!(trouble);
    }
    let snapshot = Snapshot::at_rest(queue::get(db.read(), number).await?);
    Ok(Followed {
        snapshot,
        interrupted,
    })
}

/// Whether nothing more comes of it without its owner.
fn stands_still(shown: &Snapshot) -> bool {
    let failed_by_database = shown.trouble.is_some() && shown.stage.is_none();
    shown.job.status.is_terminal() || shown.job.pause == Some(Pause::Owner) || failed_by_database
}
