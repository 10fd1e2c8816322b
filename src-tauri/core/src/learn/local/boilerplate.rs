//! The lines with which the owner always opens and closes. They say nothing of what was asked or answered, and left in
//! they would outweigh what does: constant answers then "hit" more often than ranking.

use std::collections::{HashMap, HashSet};

use crate::mail::key::hash63;

/// A line is boilerplate when it stands in so many of the owner's mails, and in this share of them.
const LEAST: usize = 4;
const SHARE: f64 = 0.015;

/// Greetings and goodbyes are looked for in so many lines at either end: what is repeated between them is an answer.
const OPENING: usize = 2;
const CLOSING: usize = 4;

/// Counts lines over all of the owner's mails.
#[derive(Debug, Default)]
pub(super) struct LineCounts {
    mails: usize,
    counts: HashMap<i64, usize>,
}

impl LineCounts {
    pub(super) fn add(&mut self, text: &str) {
        self.mails += 1;
        let lines: HashSet<i64> = outer_lines(text).map(|(_, hash)| hash).collect();
        for line in lines {
            *self.counts.entry(line).or_default() += 1;
        }
    }

    pub(super) fn boilerplate(self) -> Boilerplate {
        let least = LEAST.max((self.mails as f64 * SHARE).ceil() as usize);
        let lines = self.counts.into_iter().filter(|(_, count)| *count >= least);
        Boilerplate(lines.map(|(line, _)| line).collect())
    }
}

/// The lines that are left out.
#[derive(Debug)]
pub(super) struct Boilerplate(HashSet<i64>);

impl Boilerplate {
    /// `text` without its boilerplate.
    pub(super) fn strip(&self, text: &str) -> String {
        let dropped: HashSet<usize> = outer_lines(text)
            .filter(|(_, hash)| self.0.contains(hash))
            .map(|(number, _)| number)
            .collect();
        let kept = text
            .lines()
            .enumerate()
            .filter(|(number, _)| !dropped.contains(number));
        kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    }
}

/// The lines at both ends, by number and by the hash of their letters.
fn outer_lines(text: &str) -> impl Iterator<Item = (usize, i64)> {
    let lines: Vec<(usize, String)> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            (
                number,
                line.chars()
                    .filter(|letter| letter.is_alphanumeric())
                    .flat_map(char::to_lowercase)
                    .collect(),
            )
        })
        .filter(|(_, line): &(usize, String)| !line.is_empty())
        .collect();
    let last = lines.len();
    lines
        .into_iter()
        .enumerate()
        .filter_map(move |(position, (number, line))| {
            (position < OPENING || position + CLOSING >= last).then(|| (number, hash63(&line)))
        })
}
