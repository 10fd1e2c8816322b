//! What `understudy learn --json` says at its end, and whether it adds up.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

/// The counts of a job.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) total: u64,
    pub(super) processed: u64,
    successful: u64,
    failed: u64,
    skipped: u64,
    pairs: u64,
    patterns: u64,
}

impl Facts {
    /// From the output of a run, checked: it is completed, and every one of `mails` is accounted for.
    pub(super) fn checked(output: &Path, mails: u64) -> anyhow::Result<Self> {
        let text = fs::read_to_string(output)
            .with_context(|| format!("cannot read {}", output.display()))?;
        let line = text
            .lines()
            .next_back()
            .context("understudy printed nothing")?;
        Self::of_line(line, mails).with_context(|| format!("understudy said: {line}"))
    }

    fn of_line(line: &str, mails: u64) -> anyhow::Result<Self> {
        let json: Value = serde_json::from_str(line)?;
        let number = |name: &str| {
            json[name]
                .as_u64()
                .with_context(|| format!("{name} is missing"))
        };
        let facts = Self {
            total: number("total_emails")?,
            processed: number("processed_emails")?,
            successful: number("successful_emails")?,
            failed: number("failed_emails")?,
            skipped: number("skipped_emails")?,
            pairs: number("pairs")?,
            patterns: number("patterns")?,
        };
        if json["status"] != "completed" {
            bail!("it did not complete");
        }
        if facts.total != mails {
            bail!("it found {} of {mails} mails", facts.total);
        }
        if facts.total != facts.processed + facts.skipped
            || facts.processed != facts.successful + facts.failed
        {
            bail!("its counts do not add up");
        }
        Ok(facts)
    }

    /// Fails where this, the second run, did or knows anything else than the first.
    pub(super) fn repeats(&self, first: &Self) -> anyhow::Result<()> {
        if (self.pairs, self.patterns) != (first.pairs, first.patterns) {
            bail!(
                "the second run knows something else: {} instead of {}",
                self.said(),
                first.said()
            );
        }
        if self.processed > 0 {
            bail!("the second run learned mails again: {}", self.said());
        }
        Ok(())
    }

    pub(super) fn said(&self) -> String {
        format!(
            "{} mails: {} learned, {} failed, {} skipped; {} pairs, {} patterns",
            self.total, self.successful, self.failed, self.skipped, self.pairs, self.patterns
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(processed: u64, skipped: u64, status: &str) -> String {
        format!(
            r#"{{"status":"{status}","total_emails":10,"processed_emails":{processed},"successful_emails":{processed},
            "failed_emails":0,"skipped_emails":{skipped},"pairs":2,"patterns":1}}"#
        )
    }

    #[test]
    fn counts_must_add_up() {
        let first = Facts::of_line(&line(10, 0, "completed"), 10).unwrap();
        let again = Facts::of_line(&line(0, 10, "completed"), 10).unwrap();
        assert!(again.repeats(&first).is_ok());
        assert!(first.repeats(&first).is_err());
        assert!(Facts::of_line(&line(10, 0, "failed"), 10).is_err());
        assert!(Facts::of_line(&line(10, 0, "completed"), 11).is_err());
        assert!(Facts::of_line(&line(8, 1, "completed"), 10).is_err());
    }
}
