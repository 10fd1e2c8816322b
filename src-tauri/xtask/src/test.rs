//! `cargo xtask test`: formatting, lints, docs and all tests, in the order of [`STEPS`], until one fails.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

use crate::project::Project;
use crate::stopwatch::{Stopwatch, said};
use crate::{programs, setup, ui};

#[derive(Args)]
pub(crate) struct Test {
    /// Leave out the tests on a desktop
    #[arg(long)]
    quick: bool,
}

/// One thing to check.
struct Step {
    title: &'static str,
    run: fn(&Project) -> anyhow::Result<()>,
    /// Whether it is about the tests on a desktop, which `--quick` leaves out.
    desktop: bool,
}

/// Everything that is checked. The UI is built before any Rust, since the shell embeds it.
const STEPS: &[Step] = &[
    always("Set-up", |_| {
        setup::for_tests()?;
        ui::ensure_node()
    }),
    on_desktop("Set-up of the desktop tests", |_| {
        setup::for_desktop_tests()
    }),
    always("Formatting", |project| {
        ensure_component(project, "fmt")?;
        programs::run(project.cargo().args(["fmt", "--all", "--check"]))
    }),
    always("UI packages", ui::ensure_packages),
    always("UI formatting, lints and types", |project| {
        ui::script(project, "check")
    }),
    always("UI tests", |project| ui::script(project, "test")),
    always("UI build", ui::ensure_built),
    always("Lints", |project| {
        ensure_component(project, "clippy")?;
        let mut clippy = whole_workspace(project, &["clippy"]);
        programs::run(clippy.args(["--all-targets", "--", "-D", "warnings"]))
    }),
    always("Docs", |project| {
        let mut doc = whole_workspace(project, &["doc"]);
        programs::run(doc.arg("--no-deps").env("RUSTDOCFLAGS", "-D warnings"))
    }),
    always("Rust tests", |project| {
        if has_nextest(project) {
            programs::run(&mut whole_workspace(project, &["nextest", "run"]))
        } else {
            programs::run(&mut whole_workspace(project, &["test"]))
        }
    }),
    always("Tests in the docs", |project| {
        if has_nextest(project) {
            programs::run(
                project
                    .cargo()
                    .args(["test", "--doc", "--package=understudy-core"]),
            )
        } else {
            println!("Ran among the Rust tests");
            Ok(())
        }
    }),
    on_desktop("Desktop tests", desktop_tests),
];

const fn always(title: &'static str, run: fn(&Project) -> anyhow::Result<()>) -> Step {
    Step {
        title,
        run,
        desktop: false,
    }
}

const fn on_desktop(title: &'static str, run: fn(&Project) -> anyhow::Result<()>) -> Step {
    Step {
        title,
        run,
        desktop: true,
    }
}

pub(crate) fn run(test: &Test, project: &Project) -> anyhow::Result<()> {
    // Elsewhere the system's own web view has no driver that comes with it.
    let desktop = !test.quick && cfg!(target_os = "linux");
    if !desktop {
        println!("Leaving out the desktop tests, which run on Linux and without --quick");
    }
    let all = Stopwatch::start();
    let mut done: Vec<(&str, Duration)> = Vec::new();
    for step in STEPS.iter().filter(|step| desktop || !step.desktop) {
        println!("\n── {}", step.title);
        let watch = Stopwatch::start();
        (step.run)(project).with_context(|| format!("{} failed", step.title))?;
        println!("── {}: passed in {}", step.title, said(watch.elapsed()));
        done.push((step.title, watch.elapsed()));
    }
    let each: Vec<_> = done
        .iter()
        .map(|(title, took)| format!("{title} {}", said(*took)))
        .collect();
    println!(
        "\nAll {} steps passed in {}: {}.",
        done.len(),
        said(all.elapsed()),
        each.join(", ")
    );
    Ok(())
}

/// A cargo command over all packages, always with the same features, so that what one builds serves the next.
fn whole_workspace(project: &Project, command: &[&str]) -> Command {
    let mut cargo = project.cargo();
    cargo.args(command).args([
        "--workspace",
        "--features=understudy-desktop/custom-protocol,understudy-core/failpoints",
    ]);
    cargo
}

fn ensure_component(project: &Project, command: &str) -> anyhow::Result<()> {
    if !programs::succeeds(project.cargo().args([command, "--version"])) {
        bail!("`cargo {command}` is missing. Install it with: rustup component add rustfmt clippy");
    }
    Ok(())
}

fn has_nextest(project: &Project) -> bool {
    programs::succeeds(project.cargo().args(["nextest", "--version"]))
}

fn desktop_tests(project: &Project) -> anyhow::Result<()> {
    programs::run(
        project
            .cargo()
            .args([
                "test",
                "--package=understudy-desktop",
                "--features=custom-protocol,understudy-core/failpoints",
            ])
            .args(["--test=desktop", "--", "--nocapture"])
            .env("UNDERSTUDY_DESKTOP_TESTS", "1"),
    )
}
