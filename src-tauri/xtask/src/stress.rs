//! `cargo xtask stress`: the long runs of tests that the suite does in small.

use clap::{Args, Subcommand};

use crate::programs;
use crate::project::Project;

#[derive(Args)]
pub(crate) struct Stress {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Kill a process that learns 20,000 mails 500 times
    Kill,
    /// Pause, resume and cancel a running job 1,000 times
    Steering,
    /// Run 1,000 jobs in half an hour, and watch memory, log and descriptors
    Soak,
}

pub(crate) fn run(stress: &Stress, project: &Project) -> anyhow::Result<()> {
    let (test, settings): (&str, &[(&str, &str)]) = match stress.what {
        What::Kill => (
            "kill",
            &[("UNDERSTUDY_KILLS", "500"), ("UNDERSTUDY_MAILS", "20000")],
        ),
        What::Steering => ("steering", &[("UNDERSTUDY_STEERS", "1000")]),
        What::Soak => ("soak", &[]),
    };
    let mut cargo = project.cargo();
    cargo
        .args(["test", "--package=understudy-core", "--features=failpoints"])
        .args(["--test", test, "--", "--nocapture"]);
    if matches!(stress.what, What::Soak) {
        cargo.arg("--ignored");
    }
    // What somebody set themselves counts.
    for (name, value) in settings {
        if std::env::var_os(name).is_none() {
            cargo.env(name, value);
        }
    }
    programs::run(&mut cargo)
}
