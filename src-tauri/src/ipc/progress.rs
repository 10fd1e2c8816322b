//! Progress, pushed: one frame of all jobs that moved, at most ten a second.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State};
use tauri_specta::Event;
use tokio::time::MissedTickBehavior;
use understudy_core::jobs::Engine;
use understudy_core::jobs::progress::Snapshot;

use super::CommandError;
use super::jobs::JobSnapshot;

/// Every frame is an evaluation in the page: it needs no more than it can show.
const TICK: Duration = Duration::from_millis(100);

/// One stream a boot of the host.
static STREAM: LazyLock<String> = LazyLock::new(|| uuid::Uuid::now_v7().to_string());
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Where jobs stand. A window subscribes, asks for [`progress`], drops what is older, and asks again on a gap.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub struct ProgressFrame {
    /// Another one after the host was started again.
    stream: String,
    /// Grows by one a frame.
    number: u32,
    jobs: Vec<JobSnapshot>,
}

/// Where every job of this process stands, as of the last frame or later.
#[tauri::command]
#[specta::specta]
pub async fn progress(engine: State<'_, Engine>) -> Result<ProgressFrame, CommandError> {
    // The number is read first: a frame that is sent meanwhile is then newer, and is not dropped.
    let number = NUMBER.load(Ordering::SeqCst);
    let jobs = engine
        .progress()
        .now()
        .into_values()
        .map(JobSnapshot::from)
        .collect();
    Ok(ProgressFrame {
        stream: STREAM.clone(),
        number,
        jobs,
    })
}

/// Sends a frame whenever a job moved, until the app ends.
pub(crate) async fn tell(app: AppHandle, engine: Engine) {
    let mut looks = engine.progress().watch();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told: BTreeMap<i64, JobSnapshot> = BTreeMap::new();
    while looks.changed().await.is_ok() {
        let jobs = moved(&looks.borrow_and_update(), &mut told);
        if !jobs.is_empty() {
            let number = NUMBER.fetch_add(1, Ordering::SeqCst) + 1;
            let frame = ProgressFrame {
                stream: STREAM.clone(),
                number,
                jobs,
            };
            if let Err(error) = frame.emit(&app) {
                tracing::warn!(%error, "a progress frame was not sent");
            }
        }
        tick.tick().await;
    }
}

/// The jobs that look different from what was told last.
fn moved(now: &BTreeMap<i64, Snapshot>, told: &mut BTreeMap<i64, JobSnapshot>) -> Vec<JobSnapshot> {
    now.iter()
        .filter_map(|(number, shown)| {
            let snapshot = JobSnapshot::from(shown.clone());
            let before = told.insert(*number, snapshot.clone());
            (before.as_ref() != Some(&snapshot)).then_some(snapshot)
        })
        .collect()
}
