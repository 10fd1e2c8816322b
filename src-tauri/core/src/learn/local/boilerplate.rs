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

/// A first line of so few words that begins as boilerplate does is a greeting: only the name in it is new.
const GREETING_WORDS: usize = 5;

/// Counts lines over all of the owner's mails.
#[derive(Debug, Default)]
pub(super) struct LineCounts {
    mails: usize,
    counts: HashMap<i64, usize>,
    greetings: HashMap<String, usize>,
}

impl LineCounts {
    pub(super) fn add(&mut self, text: &str) {
        self.mails += 1;
        let lines: HashSet<i64> = outer_lines(text).map(|(_, hash)| hash).collect();
        for line in lines {
            *self.counts.entry(line).or_default() += 1;
        }
        if let Some((_, first)) = greeting(text) {
            *self.greetings.entry(first).or_default() += 1;
        }
    }

    pub(super) fn boilerplate(self) -> Boilerplate {
        let least = LEAST.max((self.mails as f64 * SHARE).ceil() as usize);
        let lines = self.counts.into_iter().filter(|(_, count)| *count >= least);
        let greetings = self
            .greetings
            .into_iter()
            .filter(|(_, count)| *count >= least);
        Boilerplate {
            lines: lines.map(|(line, _)| line).collect(),
            greetings: greetings.map(|(first, _)| first).collect(),
        }
    }
}

/// The lines that are left out.
#[derive(Debug)]
pub(super) struct Boilerplate {
    lines: HashSet<i64>,
    greetings: HashSet<String>,
}

impl Boilerplate {
    /// `text` without its boilerplate.
    pub(super) fn strip(&self, text: &str) -> String {
        let mut dropped: HashSet<usize> = outer_lines(text)
            .filter(|(_, hash)| self.lines.contains(hash))
            .map(|(number, _)| number)
            .collect();
        let greeting = greeting(text).filter(|(_, first)| self.greetings.contains(first));
        dropped.extend(greeting.map(|(number, _)| number));
        let kept = text
            .lines()
            .enumerate()
            .filter(|(number, _)| !dropped.contains(number));
        kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    }
}

/// The number of the line that may be a greeting, and its first word.
fn greeting(text: &str) -> Option<(usize, String)> {
    let mut lines = text.lines().enumerate();
    let (number, line) = lines.find(|(_, line)| !line.trim().is_empty())?;
    let mut words = line.split_whitespace();
    let first = words.next()?.to_lowercase();
    let goes_on = lines.any(|(_, line)| !line.trim().is_empty());
    (goes_on && words.count() < GREETING_WORDS).then_some((number, first))
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

#[cfg(test)]
mod tests {
    use super::LineCounts;

    #[test]
    fn a_greeting_goes_whoever_is_greeted() {
        let mut counts = LineCounts::default();
        for name in ["Ada", "Ben", "Cleo", "Dan"] {
            counts.add(&format!("Hi {name},\n\nthe parcel of {name} left.\nMarta"));
        }
        let boilerplate = counts.boilerplate();
        let stripped = boilerplate.strip("Hi Eve,\n\nthree weeks.\nMarta");
        assert_eq!(stripped.trim(), "three weeks.");
        assert_eq!(boilerplate.strip("Three weeks."), "Three weeks.");
    }
}
