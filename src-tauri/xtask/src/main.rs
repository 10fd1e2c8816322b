//! `cargo xtask`: the project's own commands. They need Rust, Node and npm, and see to the rest themselves.
//!
//! `run` builds Understudy and opens it, `test` checks everything, `bench` measures, `stress` runs what takes long. `setup` knows what each of them
//! needs from the machine, `ui` and `project` know this folder, `programs` starts other programs.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands talk to the person who typed them"
)]

mod bench;
mod programs;
mod project;
mod run;
mod setup;
mod stopwatch;
mod stress;
mod test;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use project::Project;

/// The project's own commands. Rust, Node and npm are all that must be there before.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build Understudy and open it; without a display, learn the sample mailbox in the terminal
    Run,
    /// Check everything: formatting, lints, docs, and all tests
    Test(test::Test),
    /// Measure Understudy beside other programs
    Bench(bench::Bench),
    /// Run the long tests: kills, steering, soak
    Stress(stress::Stress),
}

fn main() -> ExitCode {
    let task = Xtask::parse().task;
    let ended = Project::here().and_then(|project| match task {
        Task::Run => run::run(&project),
        Task::Test(test) => test::run(&test, &project),
        Task::Bench(bench) => bench::run(&bench, &project),
        Task::Stress(stress) => stress::run(&stress, &project),
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
