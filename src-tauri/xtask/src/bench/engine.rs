//! `cargo xtask bench engine`: no-op jobs a second through our queue, beside two other queues on SQLite. Those link another
//! SQLite than ours, so they are programs of their own, outside the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use super::corpus::empty;
use super::measure::median;
use crate::programs;
use crate::project::Project;

/// Rows of ended jobs beside which the queues are measured at the end.
const LONG_HISTORY: u64 = 1_000_000;

/// A queue that is measured.
struct Queue {
    name: &'static str,
    program: PathBuf,
    /// What counts as no history. The planner of apalis-sqlite knows no statistics in an empty database, and is several
    /// times slower there than beside a hundred rows.
    no_history: u64,
    /// How it is told to take no more jobs into a commit than run at once; where that is not what it does by itself.
    a_commit: Option<&'static str>,
}

/// One way of running it.
struct Way {
    title: &'static str,
    jobs: u64,
    at_once: u64,
    long_history: bool,
}

const WAYS: [Way; 4] = [
    Way {
        title: "one a commit",
        jobs: 5_000,
        at_once: 1,
        long_history: false,
    },
    Way {
        title: "32 a commit",
        jobs: 20_000,
        at_once: 32,
        long_history: false,
    },
    Way {
        title: "one a commit, beside 1,000,000 ended",
        jobs: 5_000,
        at_once: 1,
        long_history: true,
    },
    Way {
        title: "32 a commit, beside 1,000,000 ended",
        jobs: 20_000,
        at_once: 32,
        long_history: true,
    },
];

pub(super) fn run(rounds: u32, project: &Project) -> anyhow::Result<()> {
    let queues = [
        Queue {
            name: "Understudy",
            program: ours(project)?,
            no_history: 0,
            a_commit: None,
        },
        Queue {
            name: "apalis-sqlite",
            program: peer(project, "apalis")?,
            no_history: 100,
            a_commit: Some("--batch"),
        },
        Queue {
            name: "effectum",
            program: peer(project, "effectum")?,
            no_history: 0,
            a_commit: None,
        },
    ];
    let folder = project.bench().join("engine");
    println!(
        "\nNo-op jobs a second, claimed and completed; medians of {rounds} rounds (least to most)\n"
    );
    for way in &WAYS {
        println!("{}", way.title);
        let mut speeds = vec![Vec::new(); queues.len()];
        // In turn, so that whatever else the machine does hits them alike.
        for _ in 0..rounds {
            for (queue, speeds) in queues.iter().zip(&mut speeds) {
                speeds.push(measure(queue, way, &folder)?);
            }
        }
        for (queue, speeds) in queues.iter().zip(&speeds) {
            let least = speeds.iter().copied().fold(f64::INFINITY, f64::min);
            let most = speeds.iter().copied().fold(0.0, f64::max);
            println!(
                "  {:<14}{:>8.0}  ({least:.0} to {most:.0})",
                queue.name,
                median(speeds.iter().copied())
            );
        }
    }
    Ok(())
}

fn measure(queue: &Queue, way: &Way, folder: &Path) -> anyhow::Result<f64> {
    empty(folder)?;
    let history = if way.long_history {
        LONG_HISTORY
    } else {
        queue.no_history
    };
    let at_once = way.at_once.to_string();
    let mut command = Command::new(&queue.program);
    command
        .args(["--json", "--folder"])
        .arg(folder)
        .args(["--jobs", &way.jobs.to_string()])
        .args(["--history", &history.to_string()])
        .args(["--at-once", &at_once]);
    if let Some(a_commit) = queue.a_commit {
        command.args([a_commit, &at_once]);
    }
    let told = programs::output(&mut command)?;
    let told: Value = serde_json::from_str(told.trim())
        .with_context(|| format!("{} printed no JSON: {told}", queue.name))?;
    if told["finished"] != true {
        bail!("{} did not finish: {told}", queue.name);
    }
    told["jobs_per_second"]
        .as_f64()
        .with_context(|| format!("{} tells no speed: {told}", queue.name))
}

fn ours(project: &Project) -> anyhow::Result<PathBuf> {
    let told = programs::output(project.cargo().args([
        "build",
        "--package=understudy-core",
        "--profile=bench",
        "--bench=queue",
        "--message-format=json",
    ]))?;
    told.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| Some(message["executable"].as_str()?.into()))
        .context("cargo built no benchmark")
}

fn peer(project: &Project, name: &str) -> anyhow::Result<PathBuf> {
    let manifest = project
        .root
        .join("src-tauri/xtask/peers")
        .join(name)
        .join("Cargo.toml");
    let target = project.target.join("peers");
    programs::run(
        project
            .cargo()
            .args(["build", "--release", "--locked", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target),
    )?;
    let file = format!("peer-{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release").join(file))
}
