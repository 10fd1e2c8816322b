//! Schedules: jobs that are started by the wall clock, in the owner's time zone. What was missed while nobody was there
//! is made up for once, within a window; no time is dealt with twice, however the clock is set.

use sqlx::{Sqlite, SqlitePool, Transaction};

use super::job::{Options, Priority};
use super::queue::{self, NewJob};
use super::rule::Rule;
use crate::clock::{Clock, DAY, Millis};
use crate::db::DbError;

/// A run that was missed by less is made up for, where the owner says nothing else.
pub const WINDOW: Millis = DAY;

/// Starts jobs of one account.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// In the database.
    pub id: i64,
    /// Whose mail its jobs look at.
    pub account_id: i64,
    /// The account's name.
    pub account: String,
    /// When.
    pub rule: Rule,
    /// What its jobs look at.
    pub options: Options,
    /// How urgent they are.
    pub priority: Priority,
    /// A run that was missed by less, in milliseconds, is made up for.
    pub window_ms: Millis,
    /// When it was made.
    pub anchor: Millis,
    /// Up to here its times are dealt with.
    looked_at: Millis,
    /// When it is due next; `None`: never again.
    pub next_run_at: Option<Millis>,
}

struct Row {
    id: i64,
    account_id: i64,
    account: String,
    rule: String,
    options: String,
    priority: i64,
    window_ms: i64,
    anchor: i64,
    looked_at: i64,
    next_run_at: Option<i64>,
}

impl Row {
    /// `None` where a newer version wrote a rule that this one does not know: it is left alone.
    fn read(self) -> Option<Schedule> {
        Some(Schedule {
            id: self.id,
            account_id: self.account_id,
            account: self.account,
            rule: serde_json::from_str(&self.rule).ok()?,
            options: serde_json::from_str(&self.options).unwrap_or_default(),
            priority: self.priority.into(),
            window_ms: self.window_ms,
            anchor: self.anchor,
            looked_at: self.looked_at,
            next_run_at: self.next_run_at,
        })
    }
}

/// A schedule that is asked for.
#[derive(Clone, Debug)]
pub struct NewSchedule<'a> {
    /// Whose mail its jobs look at.
    pub account: i64,
    /// When.
    pub rule: &'a Rule,
    /// What its jobs look at.
    pub options: &'a Options,
    /// How urgent they are.
    pub priority: Priority,
    /// A run that was missed by less, in milliseconds, is made up for.
    pub window_ms: Millis,
}

/// Makes a schedule, and answers with its id.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    tx: &mut Transaction<'_, Sqlite>,
    new: &NewSchedule<'_>,
    clock: &Clock,
) -> Result<i64, DbError> {
    let now = clock.now();
    let next = new.rule.next_after(now, now, clock.zone());
    let rule = serde_json::to_string(new.rule).unwrap_or_default();
    let options = serde_json::to_string(new.options).unwrap_or_default();
    let priority = new.priority.level();
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO schedules (account_id, rule, options, priority, window_ms, anchor, looked_at, next_run_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7) RETURNING id AS "id!""#,
        new.account,
        rule,
        options,
        priority,
        new.window_ms,
        now,
        next
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Every schedule, in the order of their making.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &SqlitePool) -> Result<Vec<Schedule>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT schedules.id, account_id, accounts.name AS account, rule, options, priority, window_ms, anchor,
                  looked_at, next_run_at
           FROM schedules JOIN accounts ON accounts.id = account_id ORDER BY schedules.id"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().filter_map(Row::read).collect())
}

/// Forgets a schedule; its jobs stay. Answers whether there was one.
///
/// # Errors
/// Where the database fails.
pub async fn remove(tx: &mut Transaction<'_, Sqlite>, id: i64) -> Result<bool, DbError> {
    let done = sqlx::query!("DELETE FROM schedules WHERE id = ?", id)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether [`fire`] has anything to do: a schedule is due, or the clock was set back behind the last look.
///
/// # Errors
/// Where the database fails.
pub async fn is_due(pool: &SqlitePool, clock: &Clock) -> Result<bool, DbError> {
    let now = clock.now();
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM schedules WHERE next_run_at <= ?1)
               OR EXISTS (SELECT 1 FROM schedules WHERE looked_at > ?1) AS "due!: bool""#,
        now
    )
    .fetch_one(pool)
    .await?)
}

/// Asks for the jobs that are due. Of several times that were missed the latest counts; an account that has a job
/// already needs no second one.
///
/// # Errors
/// Where the database fails; then nothing happened.
pub async fn fire(tx: &mut Transaction<'_, Sqlite>, clock: &Clock) -> Result<(), DbError> {
    let now = clock.now();
    let due = sqlx::query_as!(
        Row,
        r#"SELECT schedules.id, account_id, accounts.name AS account, rule, options, priority, window_ms, anchor,
                  looked_at, next_run_at
           FROM schedules JOIN accounts ON accounts.id = account_id
           WHERE next_run_at <= ?1 OR looked_at > ?1 ORDER BY schedules.id"#,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    for schedule in due.into_iter().filter_map(Row::read) {
        let zone = clock.zone();
        let missed = schedule
            .rule
            .latest_between(schedule.looked_at, now, schedule.anchor, zone);
        if let Some(due_at) = missed {
            make(tx, &schedule, due_at, clock).await?;
        }
        let next = schedule.rule.next_after(now, schedule.anchor, zone);
        sqlx::query!(
            "UPDATE schedules SET looked_at = ?, next_run_at = ? WHERE id = ?",
            now,
            next,
            schedule.id
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Makes the run of this time, unless it was made before: the clock may have been set back over it. One that was only
/// too late by a clock that was set forward is still made.
async fn make(
    tx: &mut Transaction<'_, Sqlite>,
    schedule: &Schedule,
    due_at: Millis,
    clock: &Clock,
) -> Result<(), DbError> {
    let unmade = sqlx::query!(
        r#"INSERT INTO schedule_runs (schedule_id, due_at) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET due_at = excluded.due_at WHERE job_number IS NULL"#,
        schedule.id,
        due_at
    )
    .execute(&mut **tx)
    .await?;
    let too_late = clock.now().saturating_sub(due_at) > schedule.window_ms;
    if unmade.rows_affected() == 0 || too_late {
        return Ok(());
    }
    let waiting = queue::unfinished(&mut **tx)
        .await?
        .into_iter()
        .find(|job| job.account_id == schedule.account_id);
    let number = match waiting {
        Some(job) => job.number,
        None => {
            let new = NewJob {
                account: schedule.account_id,
                options: &schedule.options,
                priority: schedule.priority,
                retry_of: None,
                scheduled_for: Some(due_at),
            };
            queue::add(tx, &new, clock).await?
        }
    };
    sqlx::query!(
        "UPDATE schedule_runs SET job_number = ? WHERE schedule_id = ? AND due_at = ?",
        number,
        schedule.id,
        due_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
