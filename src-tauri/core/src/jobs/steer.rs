//! What the owner may want of a job, from any process: a job that nobody works on obeys at once, one that runs is given
//! a wish, which the process that runs it sees within a second.

use sqlx::{Sqlite, SqlitePool, Transaction};

use super::change::{Change, TransitionError, transition};
use super::hold::Hold;
use super::job::{Job, Options, Pause, Priority, Status};
use super::queue::{self, NewJob};
use super::rescue;
use crate::clock::Clock;
use crate::db::{Db, DbError};

/// Why a job does not obey. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SteerError {
    /// There is none with that number.
    #[error("there is no job {0}. `understudy jobs` lists them")]
    NoSuchJob(i64),
    /// It has ended.
    #[error("job {number} is {} already", .status.as_str())]
    Over {
        /// Which.
        number: i64,
        /// How it ended.
        status: Status,
    },
    /// It has not ended.
    #[error("job {0} has not ended yet")]
    NotOver(i64),
    /// No mail of it failed.
    #[error("no mail of job {0} failed: there is nothing to try again")]
    NothingFailed(i64),
    /// A job of the same account is not over: its number.
    #[error("job {0} of the same mailbox is not over. Wait for it, or cancel it")]
    Busy(i64),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<TransitionError> for SteerError {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::Db(error) => Self::Db(error),
            TransitionError::Impossible { number, from, .. } => Self::Over {
                number,
                status: from,
            },
        }
    }
}

/// What is wished of a job that runs.
#[derive(Clone, Copy, Debug)]
enum Wish {
    /// To wait.
    Pause,
    /// To end.
    Cancel,
    /// To go on after all, where a pause was wished just before.
    Resume,
}

impl Wish {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Cancel => "cancel",
            Self::Resume => "resume",
        }
    }
}

/// Lets a job wait until it is resumed.
///
/// # Errors
/// Where there is none, or it has ended.
pub async fn pause(db: &Db, number: i64, clock: &Clock) -> Result<(), SteerError> {
    let (mut tx, job) = steered(db, number, clock).await?;
    match (job.status, job.pause) {
        (Status::Paused, Some(Pause::Owner)) => {}
        (Status::Processing, _) => wish(&mut tx, number, Wish::Pause).await?,
        _ => transition(&mut tx, number, Change::Pause, clock).await?,
    }
    tx.commit().await.map_err(DbError::from)?;
    Ok(())
}

/// Lets a paused job go on.
///
/// # Errors
/// Where there is none, or it has ended.
pub async fn resume(db: &Db, number: i64, clock: &Clock) -> Result<(), SteerError> {
    let (mut tx, job) = steered(db, number, clock).await?;
    match job.status {
        Status::Paused => transition(&mut tx, number, Change::Resume, clock).await?,
        Status::Processing => wish(&mut tx, number, Wish::Resume).await?,
        _ => {}
    }
    tx.commit().await.map_err(DbError::from)?;
    Ok(())
}

/// Ends a job; what it learned stays.
///
/// # Errors
/// Where there is none, or it has ended otherwise.
pub async fn cancel(db: &Db, number: i64, clock: &Clock) -> Result<(), SteerError> {
    let (mut tx, job) = match steered(db, number, clock).await {
        Err(SteerError::Over {
            status: Status::Cancelled,
            ..
        }) => return Ok(()),
        steered => steered?,
    };
    match job.status {
        Status::Processing => wish(&mut tx, number, Wish::Cancel).await?,
        _ => transition(&mut tx, number, Change::Cancel { said: None }, clock).await?,
    }
    tx.commit().await.map_err(DbError::from)?;
    Ok(())
}

/// Asks for a job that tries the mails again that failed in job `number`, and nothing else.
///
/// # Errors
/// Where there is none, none of its mails failed, it has not ended, or its account is busy.
pub async fn retry(db: &Db, number: i64, clock: &Clock) -> Result<i64, SteerError> {
    let (mut tx, job) = ended(db, number, clock).await?;
    if job.counts.failed == 0 {
        return Err(SteerError::NothingFailed(number));
    }
    let options = Options {
        most: u32::MAX,
        days: None,
        ..job.options.clone()
    };
    let retry = queue::add(
        &mut tx,
        &NewJob {
            account: job.account_id,
            options: &options,
            priority: job.priority,
            retry_of: Some(number),
            scheduled_for: None,
        },
        clock,
    )
    .await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(retry)
}

/// Asks for a job like job `number`; what it learned is skipped.
///
/// # Errors
/// Where there is none, it has not ended, or its account is busy.
pub async fn again(db: &Db, number: i64, clock: &Clock) -> Result<i64, SteerError> {
    let (mut tx, job) = ended(db, number, clock).await?;
    let again = queue::add(
        &mut tx,
        &NewJob {
            account: job.account_id,
            options: &job.options,
            priority: Priority::default(),
            retry_of: None,
            scheduled_for: None,
        },
        clock,
    )
    .await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(again)
}

/// A job that has not ended, with the transaction to change it in. Where nobody works, orphans are looked after first.
async fn steered(
    db: &Db,
    number: i64,
    clock: &Clock,
) -> Result<(Transaction<'static, Sqlite>, Job), SteerError> {
    // Held until the change is made: nobody begins to work on what was just rescued.
    let alone = Hold::take(db.folder())?;
    let mut tx = db.write().await?;
    if alone.is_some() {
        rescue::orphans(&mut tx, clock).await?;
    }
    let job = queue::find(&mut *tx, number)
        .await?
        .ok_or(SteerError::NoSuchJob(number))?;
    if job.status.is_terminal() {
        // It may be an orphan that has ended just now.
        tx.commit().await.map_err(DbError::from)?;
        return Err(SteerError::Over {
            number,
            status: job.status,
        });
    }
    Ok((tx, job))
}

/// A job that has ended, of an account with no other that has not.
async fn ended(
    db: &Db,
    number: i64,
    clock: &Clock,
) -> Result<(Transaction<'static, Sqlite>, Job), SteerError> {
    let (tx, job) = match steered(db, number, clock).await {
        Err(SteerError::Over { .. }) => {
            let mut tx = db.write().await?;
            let job = queue::get(&mut *tx, number).await?;
            (tx, job)
        }
        Ok(_) => return Err(SteerError::NotOver(number)),
        Err(error) => return Err(error),
    };
    let busy = queue::unfinished(db.read())
        .await?
        .into_iter()
        .find(|other| other.account_id == job.account_id);
    match busy {
        Some(other) => Err(SteerError::Busy(other.number)),
        None => Ok((tx, job)),
    }
}

async fn wish(tx: &mut Transaction<'_, Sqlite>, number: i64, wish: Wish) -> Result<(), DbError> {
    let wish = wish.as_str();
    sqlx::query!(
        "UPDATE email_learning_jobs SET wish = ? WHERE number = ?",
        wish,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What becomes of a job that stops, by what was wished of it; `None` where nothing was, or that it goes on.
///
/// # Errors
/// Where the database fails.
pub async fn wished(
    tx: &mut Transaction<'_, Sqlite>,
    number: i64,
) -> Result<Option<Change<'static>>, DbError> {
    let word = sqlx::query_scalar!(
        "SELECT wish FROM email_learning_jobs WHERE number = ?",
        number
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match word.flatten().as_deref() {
        Some("pause") => Some(Change::Pause),
        Some("cancel") => Some(Change::Cancel { said: None }),
        _ => None,
    })
}

/// The jobs that are to stop.
///
/// # Errors
/// Where the database fails.
pub async fn to_stop(pool: &SqlitePool) -> Result<Vec<i64>, DbError> {
    Ok(sqlx::query_scalar!(
        "SELECT number FROM email_learning_jobs WHERE wish IS NOT NULL AND wish <> 'resume'"
    )
    .fetch_all(pool)
    .await?)
}
