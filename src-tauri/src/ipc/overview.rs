//! What the window needs first: the accounts and the last jobs.

use serde::Serialize;
use specta::Type;
use tauri::State;
use understudy_core::jobs::job::Options;
use understudy_core::jobs::progress::Snapshot;
use understudy_core::jobs::{Engine, queue};
use understudy_core::mail::{account, sample};

use super::CommandError;
use super::jobs::{JobSnapshot, LearnOptions};
use super::mailboxes::OwnerAddress;

/// So many jobs are told.
const JOBS: i64 = 50;

/// The accounts and the last jobs.
#[derive(Debug, Serialize, Type)]
pub struct Overview {
    version: &'static str,
    accounts: Vec<Account>,
    /// The newest first, at most 50.
    jobs: Vec<JobSnapshot>,
}

/// A mailbox that was learned.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    id: u32,
    name: String,
    /// Where its mail is read from.
    place: String,
    is_sample: bool,
    /// Those that are the owner's are chosen.
    addresses: Vec<OwnerAddress>,
    /// What its last job looked at.
    options: LearnOptions,
}

/// The accounts and the last jobs.
#[tauri::command]
#[specta::specta]
pub async fn overview(engine: State<'_, Engine>) -> Result<Overview, CommandError> {
    let jobs = queue::latest(engine.db().read(), JOBS).await?;
    let mut accounts = Vec::new();
    for known in account::all(engine.db().read()).await? {
        let places = account::places(engine.db().read(), known.id).await?;
        let options = jobs
            .iter()
            .find(|job| job.account_id == known.id && job.retry_of.is_none())
            .map_or_else(Options::default, |job| job.options.clone());
        accounts.push(Account {
            id: super::count(known.id),
            is_sample: known.name == sample::NAME,
            place: places
                .first()
                .map(|place| place.display().to_string())
                .unwrap_or_default(),
            addresses: account::addresses(engine.db().read(), known.id)
                .await?
                .into_iter()
                .map(OwnerAddress::from)
                .collect(),
            options: options.into(),
            name: known.name,
        });
    }
    let mut live = engine.progress().now();
    let snapshots = jobs.into_iter().map(|job| {
        let shown = live.remove(&job.number).filter(|shown| !shown.is_over());
        JobSnapshot::from(shown.unwrap_or_else(|| Snapshot::at_rest(job)))
    });
    Ok(Overview {
        version: env!("CARGO_PKG_VERSION"),
        jobs: snapshots.collect(),
        accounts,
    })
}
