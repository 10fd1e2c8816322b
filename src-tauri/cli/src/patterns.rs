//! `understudy patterns`: the questions that the owner answers, the most frequent first.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use understudy_core::learn::pattern;
use understudy_core::mail::account;

use crate::{Shared, out, words};

#[derive(Args)]
pub(crate) struct Patterns {
    /// List so many of each account at most
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    shared: Shared,
}

/// A line of `patterns --json`.
#[derive(Serialize)]
struct Line<'a> {
    account: &'a str,
    question: String,
    answer: String,
    times: i64,
    confidence: f64,
    last_answered: Option<String>,
}

pub(crate) async fn run(patterns: &Patterns) -> anyhow::Result<ExitCode> {
    let db = patterns.shared.open().await?;
    let mut any = false;
    for account in account::all(db.read()).await? {
        for pattern in pattern::most_used(db.read(), account.id, patterns.limit.into()).await? {
            any = true;
            if patterns.shared.json {
                out::json(&Line {
                    account: &account.name,
                    question: pattern.question,
                    answer: pattern.answer,
                    times: pattern.times,
                    confidence: pattern.confidence,
                    last_answered: words::rfc3339(pattern.last_answered),
                })?;
            } else {
                out::line(format!(
                    "{:>4} ×  last {}  {}\n{:>20}  {}",
                    pattern.times,
                    words::day(pattern.last_answered),
                    words::gist(&pattern.question, 90),
                    "you:",
                    words::gist(&pattern.answer, 90)
                ))?;
            }
        }
    }
    if !any && !patterns.shared.json {
        out::say("Nothing learned yet. Begin with: understudy learn PATH");
    }
    Ok(ExitCode::SUCCESS)
}
