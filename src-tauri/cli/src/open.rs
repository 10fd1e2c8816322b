//! `understudy open`: starts the desktop app, which installers put beside this program.

use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;

pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let name = format!("understudy-desktop{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()?.with_file_name(&name);
    let program = if beside.exists() { beside } else { name.into() };
    Command::new(program)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("the desktop app is not installed beside this program. `cargo xtask run` builds and opens it")?;
    Ok(ExitCode::SUCCESS)
}
