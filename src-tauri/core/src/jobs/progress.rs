//! Progress: a snapshot a job, the latest value only, for whoever looks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::job::{Job, Status};
use crate::clock::Millis;

/// What a job is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Looking through the mailbox.
    Finding,
    /// Learning batches.
    Learning,
    /// Merging patterns.
    Settling,
}

/// Where a job stands, as of its last commit.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The job as the database has it.
    pub job: Job,
    /// What it is at; `None` where it does not run.
    pub stage: Option<Stage>,
    /// Mails found so far, while it is finding.
    pub found: i64,
    /// Mails a second, now.
    pub mails_per_second: Option<f64>,
    /// Milliseconds that it worked, over all its attempts.
    pub worked_ms: Millis,
    /// Seconds that it still needs; `None` while nobody can know.
    pub seconds_left: Option<f64>,
    /// What holds it up just now, beside what the database says of it.
    pub trouble: Option<String>,
}

impl Snapshot {
    /// Of a job that does not run.
    #[must_use]
    pub fn at_rest(job: Job) -> Self {
        Self {
            stage: None,
            found: job.counts.total,
            mails_per_second: match (job.counts.processed(), job.worked_ms) {
                (processed @ 1.., worked @ 1..) => Some(processed as f64 * 1000.0 / worked as f64),
                _ => None,
            },
            worked_ms: job.worked_ms,
            seconds_left: None,
            trouble: None,
            job,
        }
    }

    /// Whether nobody works on the job now.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.job.status != Status::Processing
    }
}

/// So many jobs that have ended are still shown, for whoever looks a little late.
const ENDED: usize = 32;

/// The latest snapshot of every job that is not over, and of the last that are. Whoever is slow sees fewer of them, and
/// always the last.
#[derive(Clone, Debug)]
pub struct Progress(watch::Sender<BTreeMap<i64, Snapshot>>);

impl Default for Progress {
    fn default() -> Self {
        Self(watch::Sender::new(BTreeMap::new()))
    }
}

impl Progress {
    /// Shows `snapshot` instead of what was shown of its job.
    pub(super) fn show(&self, snapshot: Snapshot) {
        self.0.send_modify(|jobs| {
            jobs.insert(snapshot.job.number, snapshot);
            forget_the_oldest(jobs);
        });
    }

    /// Shows a job that nobody here works on, where it has moved.
    pub(super) fn show_at_rest(&self, job: &Job) {
        let has_moved = self.0.borrow().get(&job.number).is_none_or(|shown| {
            (shown.job.status, shown.job.updated_at) != (job.status, job.updated_at)
                || shown.stage.is_some()
                || shown.trouble.is_some()
        });
        if has_moved {
            self.show(Snapshot::at_rest(job.clone()));
        }
    }

    /// The jobs that are shown as not over.
    pub(super) fn unfinished(&self) -> Vec<i64> {
        self.0
            .borrow()
            .values()
            .filter(|shown| !shown.job.status.is_terminal())
            .map(|shown| shown.job.number)
            .collect()
    }

    /// Looks on from now.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<BTreeMap<i64, Snapshot>> {
        self.0.subscribe()
    }

    /// What is shown now.
    #[must_use]
    pub fn now(&self) -> BTreeMap<i64, Snapshot> {
        self.0.borrow().clone()
    }

    /// Waits until this job is shown as `wanted`.
    pub async fn until(&self, number: i64, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let mut looks = self.watch();
        loop {
            let shown = looks.borrow_and_update().get(&number).cloned();
            if let Some(shown) = shown.filter(&wanted) {
                return shown;
            }
            // The sender is ours: it cannot be gone.
            let _ = looks.changed().await;
        }
    }
}

fn forget_the_oldest(jobs: &mut BTreeMap<i64, Snapshot>) {
    let ended: Vec<i64> = jobs
        .values()
        .filter(|shown| shown.job.status.is_terminal())
        .map(|shown| shown.job.number)
        .collect();
    for number in ended.iter().rev().skip(ENDED) {
        jobs.remove(number);
    }
}
