//! `cargo xtask run`: Understudy, built and opened. Without a display it learns the sample mailbox in the terminal,
//! and needs neither WebKit nor the UI for that.

use std::process::Command;

use crate::project::Project;
use crate::{programs, setup, ui};

pub(crate) fn run(project: &Project) -> anyhow::Result<()> {
    if has_display() {
        in_a_window(project)
    } else {
        in_the_terminal(project)
    }
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn in_a_window(project: &Project) -> anyhow::Result<()> {
    setup::for_window()?;
    ui::ensure_node()?;
    ui::ensure_packages(project)?;
    ui::ensure_built(project)?;
    println!("Building the app; the first time takes some minutes");
    programs::run(project.cargo().args(["build", "--release"]).args([
        "--package=understudy-desktop",
        "--package=understudy-cli",
        "--features=understudy-desktop/custom-protocol",
    ]))?;
    println!("Opening the window");
    programs::run(&mut Command::new(project.released("understudy-desktop")))
}

fn in_the_terminal(project: &Project) -> anyhow::Result<()> {
    setup::for_terminal()?;
    println!("No display here, so no window: building the command line");
    programs::run(
        project
            .cargo()
            .args(["build", "--release", "--package=understudy-cli"]),
    )?;
    let understudy = project.released("understudy");
    println!("\nLearning the sample mailbox: understudy learn --sample\n");
    programs::run(Command::new(&understudy).args(["learn", "--sample"]))?;
    println!("\nWhat its owner is asked, and answers: understudy patterns --limit 8\n");
    programs::run(Command::new(&understudy).args(["patterns", "--limit", "8"]))?;
    println!("\nThe program: {}", understudy.display());
    Ok(())
}
