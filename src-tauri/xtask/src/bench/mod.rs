//! `cargo xtask bench`: Understudy beside other mail programs, on the same real mails, on this machine, in one run.
//!
//! `corpus` fetches the mails, `entrants` says who runs and how, `measure` runs one and counts, `facts` checks what
//! Understudy said about it, `table` prints. `million` is the long run, for which `mails` writes new ids; `engine` measures
//! the job queue beside others.

mod corpus;
mod engine;
mod entrants;
mod facts;
mod mails;
mod measure;
mod million;
mod table;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::programs;
use crate::project::Project;
use entrants::{ENTRANTS, Entrant, Ring};
use table::Row;

#[derive(Args)]
pub(crate) struct Bench {
    /// Measure each program so many times, after one run that does not count
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Measure this `understudy`, instead of building the one in this checkout
    #[arg(long, value_name = "PATH", global = true)]
    program: Option<PathBuf>,
    #[command(subcommand)]
    long: Option<Long>,
}

#[derive(Subcommand)]
enum Long {
    /// Measure the job queue beside other queues on SQLite
    Engine,
    /// Measure a mailbox of a million mails, made from the real ones with new ids
    Million {
        /// So many mails, instead of a million
        #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(100..))]
        mails: u32,
    },
}

pub(crate) fn run(bench: &Bench, project: &Project) -> anyhow::Result<()> {
    if let Some(Long::Engine) = bench.long {
        return engine::run(bench.runs, project);
    }
    let corpus = corpus::fetched(&project.bench())?;
    let understudy = match &bench.program {
        Some(program) => std::path::absolute(program)?,
        None => built(project)?,
    };
    if let Some(Long::Million { mails }) = bench.long {
        return million::run(mails, &corpus, &understudy);
    }
    compare(bench.runs, &corpus, understudy)
}

fn built(project: &Project) -> anyhow::Result<PathBuf> {
    programs::run(
        project
            .cargo()
            .args(["build", "--release", "--package=understudy-cli"]),
    )?;
    Ok(project.released("understudy"))
}

/// Runs all programs in turn, round after round, so that whatever else the machine does hits them alike.
fn compare(runs: u32, corpus: &corpus::Corpus, understudy: PathBuf) -> anyhow::Result<()> {
    let ring = Ring {
        understudy,
        mbox: corpus.mbox()?,
        maildir: corpus.maildir()?,
        owners: corpus.busiest_writers(entrants::OWNERS)?,
        folder: corpus.folder.join("run"),
    };
    let (present, missing): (Vec<&Entrant>, Vec<_>) =
        ENTRANTS.iter().partition(|entrant| entrant.is_installed());
    for (program, package) in missing.iter().filter_map(|entrant| entrant.tool) {
        println!(
            "Not measured: {program}, which is not installed (Debian: apt-get install {package})"
        );
    }
    let mut rows: Vec<Row> = present.iter().map(|entrant| Row::of(entrant)).collect();
    for round in 0..=runs {
        println!(
            "{}",
            match round {
                0 => "Warming up".to_owned(),
                _ => format!("Round {round} of {runs}"),
            }
        );
        for (entrant, row) in present.iter().zip(&mut rows) {
            if entrant.slow && round != 1 {
                continue;
            }
            let lap = entrant
                .run(&ring)
                .with_context(|| format!("{} failed", entrant.name))?;
            if round > 0 {
                row.laps.push(lap);
            }
        }
    }
    if rows.iter().any(|row| row.laps.is_empty()) {
        bail!("a program was never measured");
    }
    println!("\nWhat was learned in the last run of each");
    for entrant in &present {
        println!("  {}: {}", entrant.name, (entrant.learned)(&ring)?);
    }
    println!("\n{}", table::text(&rows, runs));
    Ok(())
}
