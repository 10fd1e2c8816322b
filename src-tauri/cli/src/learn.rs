//! `understudy learn`: learns a mailbox, and shows what was learned.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;
use understudy_core::clock::Clock;
use understudy_core::db::Db;
use understudy_core::jobs::job::{Direction, Options, Order, Priority, Status};
use understudy_core::jobs::progress::Snapshot;
use understudy_core::jobs::{Request, ask, failure};
use understudy_core::learn::knowledge::{self, Extent};
use understudy_core::learn::{pattern, style};
use understudy_core::mail::owner::OwnerAddress;
use understudy_core::mail::sample;
use understudy_core::mail::source::Mailbox;

use crate::follow::{self, Followed};
use crate::{Shared, out, words};

/// The exit status of a program that was interrupted.
const INTERRUPTED: u8 = 130;

/// So many failed mails are named in the terminal.
const NAMED_FAILURES: i64 = 10;

#[derive(Args)]
pub(crate) struct Learn {
    /// mbox files, Maildirs, folders of .eml files or single .eml files; together they are one account. Folders of trash,
    /// junk and drafts below them are left out
    #[arg(required_unless_present = "sample", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Learn the sample mailbox: a year of a small workshop's mail, written for trying
    #[arg(long, conflicts_with_all = ["paths", "me", "account"])]
    sample: bool,
    /// Your address in this mailbox, once for each; found by looking where it is left out
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    me: Vec<String>,
    /// What this mailbox is called; by default after its file
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Look at so many mails at most
    #[arg(long, value_name = "N", default_value_t = Options::default().most, value_parser = clap::value_parser!(u32).range(1..))]
    most: u32,
    /// Look at the mails of the last N days only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Which mails come first, and which are looked at where there are more than wanted
    #[arg(long, default_value = "newest")]
    order: OrderArg,
    /// Whose mails are learned
    #[arg(long, default_value = "both")]
    kind: KindArg,
    /// Leave out mails from this address, or from this domain and those below it
    #[arg(long, value_name = "ADDRESS|DOMAIN")]
    exclude: Vec<String>,
    /// Commit after so many mails, instead of about every 50 ms
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    batch: Option<u32>,
    /// Before or after other jobs that wait
    #[arg(long, default_value = "normal")]
    priority: PriorityArg,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

#[derive(Clone, Copy, ValueEnum)]
enum OrderArg {
    Newest,
    Oldest,
}

#[derive(Clone, Copy, ValueEnum)]
enum KindArg {
    Sent,
    Received,
    Both,
}

/// How urgent a job is.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PriorityArg {
    Urgent,
    Normal,
    Low,
}

impl From<PriorityArg> for Priority {
    fn from(priority: PriorityArg) -> Self {
        match priority {
            PriorityArg::Urgent => Self::Urgent,
            PriorityArg::Normal => Self::Normal,
            PriorityArg::Low => Self::Low,
        }
    }
}

fn address(text: &str) -> Result<String, String> {
    match text.trim().split_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
            Ok(text.trim().to_lowercase())
        }
        _ => Err("an address looks like ada@example.org".to_owned()),
    }
}

/// The last line of `learn --json`.
#[derive(Serialize)]
struct Ended<'a> {
    job_id: &'a str,
    status: &'a str,
    total_emails: i64,
    processed_emails: i64,
    successful_emails: i64,
    failed_emails: i64,
    skipped_emails: i64,
    pairs: i64,
    patterns: i64,
    duration_ms: i64,
}

pub(crate) async fn run(learn: Learn, clock: Clock) -> anyhow::Result<ExitCode> {
    let folder = learn.shared.folder();
    let request = request(&learn, &folder)?;
    // Looked at before anything is made: a wrong path leaves no trace.
    let paths = request.paths.clone();
    tokio::task::spawn_blocking(move || Mailbox::look(&paths)).await??;
    let db = learn.shared.open().await?;
    let asked = ask(&db, &clock, request).await?;
    if asked.runs_already {
        out::say("This mailbox is being learned already; following that job.");
    }
    let ended = follow::to_the_end(&db, clock, asked.number).await?;
    let code = tell(&learn.shared, &db, &ended, &asked.addresses).await?;
    db.close().await;
    Ok(code)
}

/// Says what came of a job that was followed.
pub(crate) async fn tell(
    shared: &Shared,
    db: &Db,
    ended: &Followed,
    addresses: &[OwnerAddress],
) -> anyhow::Result<ExitCode> {
    let snapshot = &ended.snapshot;
    let extent = knowledge::extent(db.read(), snapshot.job.account_id).await?;
    if shared.json {
        print_json(snapshot, &extent)?;
    } else {
        print_words(db, snapshot, &extent, addresses).await?;
    }
    Ok(match (ended.interrupted, snapshot.job.status) {
        (_, Status::Completed) => ExitCode::SUCCESS,
        (true, Status::Processing) => {
            out::say("Interrupted here; the job goes on in the other Understudy.");
            ExitCode::from(INTERRUPTED)
        }
        (true, Status::Queued) => {
            out::say("Interrupted. The same command goes on from here.");
            ExitCode::from(INTERRUPTED)
        }
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, Status::Paused) => {
            out::say(format!(
                "Paused. Go on with: understudy jobs resume {}",
                snapshot.job.number
            ));
            ExitCode::FAILURE
        }
        (false, _) => ExitCode::FAILURE,
    })
}

fn request(learn: &Learn, folder: &std::path::Path) -> anyhow::Result<Request> {
    let (paths, account) = if learn.sample {
        (vec![sample::lay(folder)?], Some(sample::NAME.to_owned()))
    } else {
        (learn.paths.clone(), learn.account.clone())
    };
    Ok(Request {
        paths,
        account,
        me: learn.me.clone(),
        options: Options {
            most: learn.most,
            days: learn.days,
            order: match learn.order {
                OrderArg::Newest => Order::Newest,
                OrderArg::Oldest => Order::Oldest,
            },
            kind: match learn.kind {
                KindArg::Sent => Direction::Sent,
                KindArg::Received => Direction::Received,
                KindArg::Both => Direction::Both,
            },
            exclude: learn.exclude.clone(),
            batch: learn.batch,
            places: Vec::new(),
        },
        priority: learn.priority.into(),
    })
}

fn print_json(snapshot: &Snapshot, extent: &Extent) -> anyhow::Result<()> {
    let counts = snapshot.job.counts;
    out::json(&Ended {
        job_id: &snapshot.job.id,
        status: snapshot.job.status.as_str(),
        total_emails: counts.total,
        processed_emails: counts.processed(),
        successful_emails: counts.successful,
        failed_emails: counts.failed,
        skipped_emails: counts.skipped,
        pairs: extent.pairs,
        patterns: extent.patterns,
        duration_ms: snapshot.worked_ms,
    })
}

async fn print_words(
    db: &Db,
    snapshot: &Snapshot,
    extent: &Extent,
    addresses: &[OwnerAddress],
) -> anyhow::Result<()> {
    let (job, counts) = (&snapshot.job, snapshot.job.counts);
    let headline = match job.status {
        Status::Completed if counts.total == 0 => "No mail matches these options.".to_owned(),
        Status::Completed if counts.processed() == 0 => {
            format!(
                "Up to date: all {} were learned before.",
                words::counted(counts.total, "mail")
            )
        }
        Status::Failed => format!(
            "Failed: {}",
            job.error_message.as_deref().unwrap_or("no reason given")
        ),
        _ => format!(
            "Learned {} in {}{}.",
            words::counted(counts.successful, "mail"),
            words::took(snapshot.worked_ms),
            match counts.skipped {
                0 => String::new(),
                skipped => format!("; {} were known already", words::number(skipped)),
            }
        ),
    };
    out::line(headline)?;
    if counts.failed > 0 {
        out::line(format!(
            "{} could not be learned:",
            words::counted(counts.failed, "mail")
        ))?;
        for report in failure::reports(db.read(), job.number, NAMED_FAILURES).await? {
            out::line(format!("  {}: {}", report.place, report.said))?;
        }
        if counts.failed > NAMED_FAILURES {
            out::line(format!(
                "  … and {} more",
                words::number(counts.failed - NAMED_FAILURES)
            ))?;
        }
    }
    print_owner(addresses)?;
    print_knowledge(db, job.account_id, extent).await
}

fn print_owner(addresses: &[OwnerAddress]) -> anyhow::Result<()> {
    let me: Vec<&str> = addresses
        .iter()
        .filter(|seen| seen.chosen)
        .map(|seen| seen.address.as_str())
        .collect();
    out::line("")?;
    if me.is_empty() {
        out::line("Whose mailbox this is could not be told, so no answers were found in it.")?;
        out::line("Say it with --me ADDRESS, once for each of your addresses.")?;
    } else {
        out::line(format!("You are      {}", me.join(", ")))?;
    }
    let others: Vec<&str> = addresses
        .iter()
        .filter(|seen| !seen.chosen)
        .map(|seen| seen.address.as_str())
        .take(3)
        .collect();
    if !others.is_empty() && !me.is_empty() {
        out::line(format!(
            "             not you: {} (correct it with --me)",
            others.join(", ")
        ))?;
    }
    Ok(())
}

async fn print_knowledge(db: &Db, account: i64, extent: &Extent) -> anyhow::Result<()> {
    out::line(format!(
        "Known        {}, {}, {}, {}",
        words::counted(extent.messages, "mail"),
        words::counted(extent.pairs, "answered mail"),
        words::counted(extent.patterns, "different question"),
        words::counted(extent.contacts, "contact")
    ))?;
    if let Some(style) = style::of(db.read(), account, None).await? {
        let most = |shares: &[style::Share]| {
            let named: Vec<&str> = shares
                .iter()
                .take(3)
                .map(|share| share.text.as_str())
                .collect();
            if named.is_empty() {
                "none".to_owned()
            } else {
                named.join(", ")
            }
        };
        out::line(format!("You greet    {}", most(&style.greetings)))?;
        out::line(format!("You close    {}", most(&style.sign_offs)))?;
        out::line(format!(
            "You write    about {} a mail, {:.0} a sentence",
            words::counted(style.median_words, "word"),
            style.words_per_sentence
        ))?;
    }
    let patterns = pattern::most_used(db.read(), account, 5).await?;
    let repeated: Vec<_> = patterns
        .iter()
        .filter(|pattern| pattern.times > 1)
        .collect();
    if !repeated.is_empty() {
        out::line("")?;
        out::line("You are asked most often:")?;
        for pattern in repeated {
            out::line(format!(
                "  {:>3} ×  {}",
                pattern.times,
                words::gist(&pattern.question, 84)
            ))?;
        }
    }
    Ok(())
}
