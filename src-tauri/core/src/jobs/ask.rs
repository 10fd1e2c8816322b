//! Asking for a job: finds out whose mailbox it is, and makes the job or takes up the one that is there. Any process may
//! ask; who has the hold on the data folder runs it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::{Sqlite, Transaction};
use tokio_util::sync::CancellationToken;

use super::change::{Change, TransitionError, transition};
use super::hold::Hold;
use super::job::{Options, Priority, Status};
use super::queue::{self, NewJob};
use super::{plan, rescue};
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::mail::account::{self, Account};
use crate::mail::owner::OwnerAddress;
use crate::mail::source::{Mailbox, MailboxError};

/// Which mailbox is to be learned, and how.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Where the mail lies.
    pub paths: Vec<PathBuf>,
    /// The account's name; found or made by the first path where absent.
    pub account: Option<String>,
    /// The owner's addresses; found where empty.
    pub me: Vec<String>,
    /// What the job is to look at; its places are `paths`.
    pub options: Options,
    /// How urgent it is.
    pub priority: Priority,
}

/// A job that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The job's number.
    pub number: i64,
    /// Whether it was running already: nothing was changed then.
    pub runs_already: bool,
    /// Whose mail it learns, chosen or found.
    pub addresses: Vec<OwnerAddress>,
}

/// Why a job did not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The paths are no mailbox.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A job's status was changed by somebody else in between.
    #[error("the job was changed meanwhile: {0}")]
    Changed(String),
}

impl From<TransitionError> for StartError {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::Db(error) => Self::Db(error),
            impossible @ TransitionError::Impossible { .. } => {
                Self::Changed(impossible.to_string())
            }
        }
    }
}

/// Asks for a job. One that runs for this account already is answered with instead; one that waits or was paused is
/// taken up where it wants the same, and replaced where it does not.
///
/// # Errors
/// Where the paths are no mailbox, or the database fails.
pub async fn ask(db: &Db, clock: &Clock, request: Request) -> Result<Asked, StartError> {
    let paths = request.paths.clone();
    let mailbox = Arc::new(blocking(move || Mailbox::look(&paths)).await?);
    let request = Request {
        options: Options {
            places: places(&request),
            ..request.options.clone()
        },
        ..request
    };
    let addresses = addresses(db, clock, &request, &mailbox).await?;
    let alone = Hold::take(db.folder())?;
    let mut tx = db.write().await?;
    if alone.is_some() {
        rescue::orphans(&mut tx, clock).await?;
    }
    let account = account_of(&mut tx, &request, clock).await?;
    let before = account::addresses(db.read(), account.id).await?;
    let same_owner = chosen(&before) == chosen(&addresses);
    let mut taken_up = None;
    for job in queue::unfinished(&mut *tx).await? {
        if job.account_id != account.id {
            continue;
        }
        if job.status == Status::Processing {
            return Ok(Asked {
                number: job.number,
                runs_already: true,
                addresses: before,
            });
        }
        let wants_the_same = job.options == request.options && job.retry_of.is_none();
        if wants_the_same && same_owner && taken_up.is_none() {
            if job.status == Status::Paused {
                transition(&mut tx, job.number, Change::Resume, clock).await?;
            }
            taken_up = Some(job.number);
        } else {
            let said = Some("replaced by a job with other options or another owner");
            transition(&mut tx, job.number, Change::Cancel { said }, clock).await?;
        }
    }
    account::set_addresses(&mut tx, account.id, &addresses).await?;
    let number = match taken_up {
        Some(number) => number,
        None => {
            let new = NewJob {
                account: account.id,
                options: &request.options,
                priority: request.priority,
                retry_of: None,
                scheduled_for: None,
            };
            queue::add(&mut tx, &new, clock).await?
        }
    };
    tx.commit().await.map_err(DbError::from)?;
    Ok(Asked {
        number,
        runs_already: false,
        addresses,
    })
}

/// Whose mailbox it is, and how many mails were looked at to say so.
///
/// # Errors
/// Where the mailbox cannot be read.
pub async fn owner(mailbox: &Arc<Mailbox>) -> Result<(Vec<OwnerAddress>, usize), MailboxError> {
    let mailbox = Arc::clone(mailbox);
    // Whoever asks and does not wait for the answer stops the looking.
    let stop = CancellationToken::new();
    let _stop_with_us = stop.clone().drop_guard();
    blocking(move || plan::survey(&mailbox, &stop)).await
}

/// Who the owner is: as told, else as known, else as found.
async fn addresses(
    db: &Db,
    clock: &Clock,
    request: &Request,
    mailbox: &Arc<Mailbox>,
) -> Result<Vec<OwnerAddress>, StartError> {
    let known = match known_account(db, clock, request).await? {
        Some(account) => account::addresses(db.read(), account).await?,
        None => Vec::new(),
    };
    if !request.me.is_empty() {
        return Ok(as_told(&request.me, &known));
    }
    if known.iter().any(|seen| seen.chosen) {
        return Ok(known);
    }
    Ok(owner(mailbox).await?.0)
}

fn as_told(me: &[String], known: &[OwnerAddress]) -> Vec<OwnerAddress> {
    let me: BTreeSet<String> = me
        .iter()
        .map(|address| address.trim().to_lowercase())
        .collect();
    me.into_iter()
        .map(|address| {
            let seen = known.iter().find(|seen| seen.address == address).cloned();
            OwnerAddress {
                chosen: true,
                ..seen.unwrap_or(OwnerAddress {
                    address,
                    sent_from: 0,
                    delivered_to: 0,
                    answered_as: 0,
                    chosen: true,
                })
            }
        })
        .collect()
}

async fn known_account(db: &Db, clock: &Clock, request: &Request) -> Result<Option<i64>, DbError> {
    // Looked up in a transaction that is dropped: nothing is made before the job is.
    let mut tx = db.write().await?;
    let before = account::all(db.read()).await?;
    let account = account_of(&mut tx, request, clock).await?;
    Ok(before
        .iter()
        .any(|known| known.id == account.id)
        .then_some(account.id))
}

async fn account_of(
    tx: &mut Transaction<'static, Sqlite>,
    request: &Request,
    clock: &Clock,
) -> Result<Account, DbError> {
    account::at_places(
        tx,
        request.account.as_deref(),
        &places(request),
        clock.now(),
    )
    .await
}

fn places(request: &Request) -> Vec<PathBuf> {
    request
        .paths
        .iter()
        .map(|path| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()))
        .collect()
}

fn chosen(addresses: &[OwnerAddress]) -> BTreeSet<&str> {
    addresses
        .iter()
        .filter(|seen| seen.chosen)
        .map(|seen| seen.address.as_str())
        .collect()
}

/// Runs what reads files on a thread that may wait.
pub(super) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<MailboxError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|stopped| {
            let source = std::io::Error::other(stopped.to_string());
            Err(MailboxError::Unreadable {
                path: PathBuf::new(),
                source,
            }
            .into())
        })
}
