//! Orphans: jobs that were running when their process died. Who has the hold on the data folder knows that nobody works
//! on them.

use sqlx::{Sqlite, Transaction};

use super::change::{Change, TransitionError, transition};
use super::job::{Job, Status};
use super::{queue, steer, suspect};
use crate::clock::Clock;
use crate::db::DbError;

/// A job that stopped its process so often is stopped itself.
const ATTEMPTS: i64 = 3;

/// Puts every orphan back into the queue, or ends it where its owner wished so or where it stops its process again and
/// again. Only who has the hold may call this.
///
/// # Errors
/// Where the database fails.
pub async fn orphans(tx: &mut Transaction<'_, Sqlite>, clock: &Clock) -> Result<(), DbError> {
    for job in queue::unfinished(&mut **tx).await? {
        if job.status == Status::Processing {
            orphan(tx, &job, clock).await?;
        }
    }
    Ok(())
}

async fn orphan(tx: &mut Transaction<'_, Sqlite>, job: &Job, clock: &Clock) -> Result<(), DbError> {
    suspect::count_death(tx, job.number).await?;
    let deadly = !suspect::deadly(&mut **tx, job.number).await?.is_empty();
    let too_often = format!(
        "it stopped Understudy {ATTEMPTS} times. Nothing that it learned is lost; start it again to go on"
    );
    // One attempt more, to set aside the mail that did it.
    let most = ATTEMPTS + i64::from(deadly);
    let change = match steer::wished(tx, job.number).await? {
        Some(wished) => wished,
        None if job.attempts >= most => Change::Fail { said: &too_often },
        None => Change::Rescue,
    };
    match transition(tx, job.number, change, clock).await {
        Ok(()) | Err(TransitionError::Impossible { .. }) => Ok(()),
        Err(TransitionError::Db(error)) => Err(error),
    }
}
