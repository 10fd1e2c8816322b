//! `understudy schedule`: learning again by the clock. The window and `understudy work` do what is scheduled.

use std::process::ExitCode;

use anyhow::Context;
use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;
use understudy_core::clock::{Clock, Millis};
use understudy_core::db::Db;
use understudy_core::jobs::job::Options;
use understudy_core::jobs::rule::Rule;
use understudy_core::jobs::schedule::{self, NewSchedule, WINDOW};
use understudy_core::mail::account;

use crate::learn::PriorityArg;
use crate::{Shared, out, words};

const HOUR: Millis = 60 * 60 * 1000;

#[derive(Args)]
pub(crate) struct Schedule {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Subcommand)]
enum What {
    /// Learn a mailbox that is known already again by the clock
    Add(Box<Add>),
    /// List the schedules, and when each is due next
    List,
    /// Forget a schedule; its jobs stay
    Remove {
        /// The schedule's number, as listed
        id: i64,
    },
}

#[derive(Args)]
#[command(group = ArgGroup::new("when").required(true))]
struct Add {
    /// The account's name, as `understudy jobs` lists it
    account: String,
    /// Once, in your own time: "2026-12-01 09:00"
    #[arg(long, value_name = "TIME", group = "when", value_parser = Rule::once)]
    at: Option<Rule>,
    /// Every so many hours: 6h
    #[arg(long, value_name = "HOURS", group = "when", value_parser = Rule::every)]
    every: Option<Rule>,
    /// Every day: 07:30
    #[arg(long, value_name = "TIME", group = "when", value_parser = Rule::daily)]
    daily: Option<Rule>,
    /// On some days of the week: "mon,thu 07:30"
    #[arg(long, value_name = "DAYS TIME", group = "when", value_parser = Rule::weekly)]
    weekly: Option<Rule>,
    /// A cron expression of five fields: "30 7 * * 1-5"
    #[arg(long, value_name = "EXPRESSION", group = "when", value_parser = Rule::cron)]
    cron: Option<Rule>,
    /// Make up for a run that was missed by less than so many hours
    #[arg(long, value_name = "HOURS", default_value_t = WINDOW / HOUR, value_parser = clap::value_parser!(i64).range(1..=8760))]
    window: i64,
    /// Before or after other jobs that wait
    #[arg(long, default_value = "normal")]
    priority: PriorityArg,
    /// Look at so many mails at most
    #[arg(long, value_name = "N", default_value_t = Options::default().most, value_parser = clap::value_parser!(u32).range(1..))]
    most: u32,
    /// Look at the mails of the last N days only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
}

/// A line of `schedule list --json`.
#[derive(Serialize)]
struct Line {
    id: i64,
    account: String,
    rule: Rule,
    words: String,
    priority: &'static str,
    window_hours: i64,
    next_run_at: Option<String>,
}

impl From<schedule::Schedule> for Line {
    fn from(schedule: schedule::Schedule) -> Self {
        Self {
            id: schedule.id,
            account: schedule.account,
            words: schedule.rule.to_string(),
            rule: schedule.rule,
            priority: schedule.priority.as_str(),
            window_hours: schedule.window_ms / HOUR,
            next_run_at: schedule.next_run_at.and_then(words::rfc3339),
        }
    }
}

pub(crate) async fn run(schedule: Schedule, clock: Clock) -> anyhow::Result<ExitCode> {
    let shared = schedule.shared;
    let db = shared.open().await?;
    match schedule.what {
        What::Add(wanted) => add(*wanted, &shared, &db, &clock).await,
        What::List => list(&shared, &db).await,
        What::Remove { id } => remove(id, &shared, &db).await,
    }
}

async fn add(wanted: Add, shared: &Shared, db: &Db, clock: &Clock) -> anyhow::Result<ExitCode> {
    let accounts = account::all(db.read()).await?;
    let account = accounts
        .iter()
        .find(|account| account.name == wanted.account)
        .with_context(|| match accounts.as_slice() {
            [] => "no mailbox is known yet. Learn one first: understudy learn PATH".to_owned(),
            known => format!(
                "there is no account {}. Known are: {}",
                wanted.account,
                known
                    .iter()
                    .map(|account| account.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        })?;
    let rule = [
        wanted.at,
        wanted.every,
        wanted.daily,
        wanted.weekly,
        wanted.cron,
    ]
    .into_iter()
    .flatten()
    .next()
    .context("say when: --at, --every, --daily, --weekly or --cron")?;
    let now = clock.now();
    if rule.next_after(now, now, clock.zone()).is_none() {
        anyhow::bail!("that time is over. Give one that is still to come");
    }
    let options = Options {
        most: wanted.most,
        days: wanted.days,
        ..Options::default()
    };
    let new = NewSchedule {
        account: account.id,
        rule: &rule,
        options: &options,
        priority: wanted.priority.into(),
        window_ms: wanted.window * HOUR,
    };
    let mut tx = db.write().await?;
    let id = schedule::add(&mut tx, &new, clock).await?;
    tx.commit().await?;
    let made = schedule::all(db.read())
        .await?
        .into_iter()
        .find(|schedule| schedule.id == id)
        .context("the schedule was removed meanwhile")?;
    if shared.json {
        out::json(&Line::from(made))?;
    } else {
        out::line(line(&made))?;
        out::say("The window does it while it is open, and so does: understudy work");
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(shared: &Shared, db: &Db) -> anyhow::Result<ExitCode> {
    let schedules = schedule::all(db.read()).await?;
    if schedules.is_empty() && !shared.json {
        out::say("No schedules yet. Make one with: understudy schedule add ACCOUNT --daily 07:30");
    }
    for schedule in schedules {
        if shared.json {
            out::json(&Line::from(schedule))?;
        } else {
            out::line(line(&schedule))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn remove(id: i64, shared: &Shared, db: &Db) -> anyhow::Result<ExitCode> {
    let mut tx = db.write().await?;
    let was_there = schedule::remove(&mut tx, id).await?;
    tx.commit().await?;
    if !was_there {
        anyhow::bail!("there is no schedule {id}. `understudy schedule list` lists them");
    }
    if shared.json {
        out::json(&serde_json::json!({ "removed": id }))?;
    } else {
        out::line(format!("Removed schedule {id}. Its jobs stay."))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(schedule: &schedule::Schedule) -> String {
    format!(
        "{:>4}  {:<20}  {}, {}",
        schedule.id,
        words::gist(&schedule.account, 20),
        schedule.rule,
        schedule.next_run_at.map_or_else(
            || "over".to_owned(),
            |next| format!("next {}", words::moment(next))
        )
    )
}
