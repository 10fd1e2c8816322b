//! Runs one program, and says how long it took, how much CPU time, and how much memory at its peak.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use wait4::Wait4;

use crate::programs;
use crate::stopwatch::Stopwatch;

/// What a run took, as the kernel counted it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lap {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    /// In bytes. No less than our own at the time it started, which is a few MiB: the kernel counts from there.
    pub(super) peak: u64,
}

/// Runs a program to its end. Its output goes to `log` with `.out` and `.err`.
pub(super) fn lap(command: &mut Command, log: &Path) -> anyhow::Result<Lap> {
    let err = log.with_extension("err");
    command
        .stdin(Stdio::null())
        .stdout(File::create(log.with_extension("out"))?)
        .stderr(File::create(&err)?);
    let watch = Stopwatch::start();
    let child = command
        .spawn()
        .with_context(|| format!("`{}` could not be started", programs::words(command)))?;
    let ended = child.wait4()?;
    let wall = watch.elapsed();
    if !ended.status.success() {
        let said = fs::read_to_string(&err).unwrap_or_default();
        bail!(
            "`{}` failed ({}): {}",
            programs::words(command),
            ended.status,
            said.trim()
        );
    }
    Ok(Lap {
        wall,
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak: ended.rusage.maxrss,
    })
}

/// The middle one, or the mean of the two in the middle; 0 of none.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median([]), 0.0);
    }

    #[cfg(unix)]
    #[test]
    fn a_run_is_counted_and_its_words_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("lap");
        let lap = lap(Command::new("sh").args(["-c", "echo learned"]), &log).unwrap();
        assert!(lap.peak > 0 && lap.wall > Duration::ZERO);
        assert_eq!(
            fs::read_to_string(log.with_extension("out")).unwrap(),
            "learned\n"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_failing_run_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let mut failing = Command::new("sh");
        let said = lap(
            failing.args(["-c", "echo no mail >&2; exit 3"]),
            &folder.path().join("lap"),
        )
        .unwrap_err()
        .to_string();
        assert!(
            said.contains("exit status: 3") && said.ends_with("no mail"),
            "{said}"
        );
    }
}
