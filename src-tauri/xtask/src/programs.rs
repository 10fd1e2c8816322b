//! Starting other programs, and saying in a sentence what went wrong with them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Runs a program in front of the user, and fails where it fails.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("`{}` could not be started", words(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", words(command));
    }
    Ok(())
}

/// What a program prints.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let told = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{}` could not be started", words(command)))?;
    if !told.status.success() {
        bail!("`{}` failed ({})", words(command), told.status);
    }
    Ok(String::from_utf8_lossy(&told.stdout).into_owned())
}

/// Whether a program is there and is content.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where on the PATH a program is.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|program| program.is_file())
}

/// A command as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["no-such-command", "--at-all"])
            .stderr(Stdio::null());
        let said = run(&mut cargo).unwrap_err().to_string();
        assert!(
            said.starts_with("`cargo no-such-command --at-all` failed"),
            "{said}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let said = run(&mut Command::new("no-such-program-here"))
            .unwrap_err()
            .to_string();
        assert_eq!(said, "`no-such-program-here` could not be started");
        assert!(on_path("no-such-program-here").is_none());
    }
}
