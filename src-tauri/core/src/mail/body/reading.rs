//! What a text says that may be an attribution: a verb, a name, a date, an address.

use super::fold::{after, fold_into};
use super::line::Line;
use super::phrases::attributions::{
    AUXILIARIES, MONTHS, MYSELF, OPENERS, QUOTING, SAID, SHORT_WEEKDAYS, WEEKDAYS, WROTE,
};

/// An attribution is at most so many bytes long.
const MOST_BYTES: usize = 600;

/// How sure it is that a text is an attribution.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(super) enum Grade {
    No,
    /// Only with quoted lines right after it.
    Weak,
    /// Whatever follows is quoted.
    Strong,
}

/// The parts of an attribution that were found in a text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Begins with "On", "Am", "Le" …, capitalised.
    pub word_opener: bool,
    /// Begins with a weekday or a number.
    date_opener: bool,
    /// Begins with an address or with the verb: its name stands on the line above.
    pub starts_late: bool,
    /// Has a verb and somebody who wrote.
    pub whole: bool,
    wrote: bool,
    said: bool,
    /// The verb, or a name after it, is the last thing said.
    closed: bool,
    /// Says "the following" after a name and the verb.
    following: bool,
    /// A capitalised name beside the verb, which is not "I".
    named: bool,
    all_names: bool,
    pub date: bool,
    time: bool,
    pub address: bool,
    address_last: bool,
    quoting: bool,
    listed: bool,
    words: usize,
}

impl Reading {
    pub(super) fn of(lines: &[Line<'_>]) -> Option<Self> {
        if lines.iter().map(|line| line.text.len()).sum::<usize>() > MOST_BYTES {
            return None;
        }
        let mut reading = Reading {
            all_names: true,
            ..Reading::default()
        };
        let first = lines.first()?.text.trim_start();
        reading.listed = first.starts_with("* ")
            && lines.last()?.text.ends_with("]:")
            && first.contains(|c: char| c.is_ascii_digit());

        let mut folded = String::with_capacity(40);
        let (mut day_number, mut month) = (None, None);
        // The word before the current one, and what the verb was followed by.
        let mut before: Option<Word> = None;
        let mut verb_at = None;
        for token in lines.iter().flat_map(|line| line.text.split_whitespace()) {
            let bare = token.trim_matches(|c: char| {
                matches!(
                    c,
                    '"' | '\''
                        | '*'
                        | '_'
                        | ','
                        | ';'
                        | ':'
                        | '('
                        | ')'
                        | '<'
                        | '>'
                        | '['
                        | ']'
                        | '-'
                        | '\u{201c}'
                        | '\u{201d}'
                )
            });
            if !bare.contains(char::is_alphanumeric) {
                continue;
            }
            folded.clear();
            fold_into(bare, 60, &mut folded);
            let at = reading.words;
            reading.words += 1;
            let word = Word::of(token, bare, &folded);

            if at == 0 {
                let weekday = bare.len() <= 13 && is_weekday(&folded);
                reading.word_opener =
                    OPENERS.contains(&folded.as_str()) && bare.starts_with(char::is_uppercase);
                reading.date_opener = weekday || bare.starts_with(|c: char| c.is_ascii_digit());
                reading.quoting = QUOTING.contains(&folded.as_str());
                reading.starts_late = word.address || knows(WROTE, &folded);
            }
            reading.address |= word.address;
            reading.address_last = word.address;
            reading.time |= is_time(bare);
            reading.date |= is_numeric_date(bare);
            if is_day(bare) {
                day_number = Some(at);
            } else if bare.len() <= 12
                && folded.get(..3).is_some_and(|three| MONTHS.contains(&three))
            {
                month = Some(at);
            }
            if let (Some(day), Some(month)) = (day_number, month) {
                reading.date |= usize::abs_diff(day, month) <= 2;
            }

            // Names are capitalised, verbs are not.
            let verb = !word.name && folded.len() >= 3;
            let wrote = verb && knows(WROTE, &folded);
            if wrote || (verb && knows(SAID, &folded)) {
                reading.wrote |= wrote;
                reading.said = true;
                reading.named |= before.is_some_and(|word| word.name);
                verb_at = Some(at);
            } else {
                reading.named |= verb_at == Some(at.wrapping_sub(1)) && word.name;
                reading.all_names &= word.name;
            }
            if !AUXILIARIES.contains(&folded.as_str()) {
                before = Some(word);
            }
        }
        if let Some(verb_at) = verb_at {
            let behind = reading.words - 1 - verb_at;
            let named_behind =
                reading.named && (behind <= 6 || (behind <= 9 && reading.date && reading.time));
            let following = behind <= 2 && after(last_word(lines), "following").is_some();
            reading.following = following && reading.named;
            reading.closed = behind == 0 || named_behind || following;
        }
        reading.whole = reading.said && (reading.named || reading.address);
        Some(reading)
    }

    /// How sure it is of a text that begins like an attribution.
    pub(super) fn with_opener(&self, wrapped: bool) -> Grade {
        if self.word_opener || self.date_opener {
            if self.wrote && self.date && (self.address || (self.time && self.named)) {
                return Grade::Strong;
            }
            if self.date && self.time && self.address_last {
                return Grade::Strong;
            }
            if self.said
                && (self.date
                    || (!wrapped && self.closed && (self.wrote || self.named) && self.words <= 16))
            {
                return Grade::Weak;
            }
        }
        Grade::No
    }

    /// How sure it is of a text that begins with a name, or anyhow.
    pub(super) fn without_opener(&self, begins: bool) -> Grade {
        if begins && self.wrote && self.address && self.date && self.time {
            return Grade::Strong;
        }
        let known = self.address || self.date || (self.all_names && self.words <= 6);
        let says = self.said
            && self.closed
            && (known || (begins && self.words <= 8 && (self.wrote || self.following)));
        let verbless = self.listed
            || (self.quoting && (self.address || self.words <= 6))
            || (self.date && self.time && self.address_last);
        if says || verbless {
            Grade::Weak
        } else {
            Grade::No
        }
    }
}

/// What one word of an attribution can be.
#[derive(Clone, Copy)]
struct Word {
    name: bool,
    address: bool,
}

impl Word {
    fn of(token: &str, bare: &str, folded: &str) -> Self {
        let address = bare.contains('@') && bare.len() > 2;
        let marked = token.starts_with(['"', '<', '(', '\'']) || address;
        let name = (marked || bare.starts_with(char::is_uppercase)) && !MYSELF.contains(&folded);
        Word { name, address }
    }
}

/// Whether a table has a word, in which a broken charset may have lost letters.
pub(super) fn knows(table: &[&str], word: &str) -> bool {
    if !word.contains('\u{fffd}') {
        return table.contains(&word);
    }
    let alike = |known: &&str| {
        known.len() == word.chars().count()
            && known
                .chars()
                .zip(word.chars())
                .all(|(a, b)| a == b || b == '\u{fffd}')
    };
    word.chars().any(|c| c != '\u{fffd}') && table.iter().any(alike)
}

fn last_word<'a>(lines: &[Line<'a>]) -> &'a str {
    lines
        .last()
        .and_then(|line| line.text.split_whitespace().next_back())
        .unwrap_or("")
}

fn is_weekday(folded: &str) -> bool {
    let name = folded.trim_end_matches('.');
    SHORT_WEEKDAYS.contains(&name) || WEEKDAYS.contains(&name)
}

fn is_day(bare: &str) -> bool {
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
        && matches!(
            &bare[digits..],
            "" | "." | "st" | "nd" | "rd" | "th" | "er" | "º"
        )
}

fn is_time(bare: &str) -> bool {
    let Some((hour, rest)) = bare.split_once([':', 'h']) else {
        return false;
    };
    matches!(hour.len(), 1 | 2)
        && hour.bytes().all(|b| b.is_ascii_digit())
        && rest.len() >= 2
        && rest.bytes().take(2).all(|b| b.is_ascii_digit())
}

fn is_numeric_date(bare: &str) -> bool {
    let bytes = bare.trim_end_matches('.').as_bytes();
    let marks = bytes
        .iter()
        .filter(|b| matches!(b, b'.' | b'/' | b'-'))
        .count();
    (6..=10).contains(&bytes.len())
        && marks == 2
        && bytes[0].is_ascii_digit()
        && bytes
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'/' | b'-'))
}
