//! Signatures: after "-- ", "Sent from my …", and the business card under a sign-off.

use super::fold::folded;
use super::footer::{has_link, opening, plain};
use super::line::{BLANK, Line, SIG_BARE, SIG_EXACT, step};
use super::phrases::closings::{DEVICES, Opening};

/// After "-- " at most so many lines are a signature, and after a bare "--".
const MOST_AFTER_EXACT: usize = 30;
const MOST_AFTER_BARE: usize = 12;
/// A line after a bare "--" is at most so long.
const MOST_WIDE: usize = 120;
/// A sign-off and the business card under it take at most so many lines.
const MOST_CARD: usize = 16;

/// Where the signature begins that these lines end with: its delimiter.
pub(super) fn delimiter(lines: &[Line<'_>]) -> Option<usize> {
    let window = lines.len().saturating_sub(MOST_AFTER_EXACT + 1);
    let at = window
        + lines[window..]
            .iter()
            .rposition(|line| line.has(SIG_EXACT | SIG_BARE))?;
    let after = &lines[at + 1..];
    let spoken = after.iter().filter(|line| !line.has(BLANK)).count();
    // A removed line of a patch looks like a delimiter.
    let patch = |line: &Line<'_>| {
        ["@@ ", "+++ ", "--- a/", "diff "]
            .iter()
            .any(|mark| line.text.starts_with(mark))
    };
    if after.iter().any(patch) {
        return None;
    }
    if lines[at].has(SIG_EXACT) {
        return Some(at);
    }
    // More than one "--": they part sections, not a signature.
    let single = !lines[..at]
        .iter()
        .rev()
        .take(60)
        .any(|line| line.has(SIG_BARE));
    let slim = spoken <= MOST_AFTER_BARE && after.iter().all(|line| line.text.len() <= MOST_WIDE);
    (single && slim && at > 0).then_some(at)
}

/// Where the "Sent from my iPhone" begins that these lines end with.
pub(super) fn sent_from(lines: &[Line<'_>]) -> Option<usize> {
    step();
    let at = lines.len().checked_sub(1)?;
    let line = &lines[at];
    if line.text.len() > 160 {
        return None;
    }
    let sent = match opening(line) {
        Some(Opening::App) => line.text.len() <= 120,
        Some(Opening::SentFrom) => names_device(plain(line.text)),
        _ => false,
    };
    sent.then_some(at)
}

/// Whether the first clause names a device or a mail program.
fn names_device(text: &str) -> bool {
    let text = folded(text, 160);
    let clause = text.split([',', ';']).next().unwrap_or("");
    let mut words = clause
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '&' | '-')))
        .filter(|word| !word.is_empty());
    let known = |word: &str| {
        let word = word.trim_matches(['.', '-']);
        DEVICES.contains(&word) || word.split('-').any(|part| DEVICES.contains(&part))
    };
    words.by_ref().skip(2).take(6).any(known) && words.count() <= 10
}

/// Where the business card begins under the sign-off and name that these lines end with.
pub(super) fn business_card(lines: &[Line<'_>]) -> Option<usize> {
    let window = lines.len().saturating_sub(MOST_CARD);
    let signed = (window..lines.len()).rev().find(|&at| {
        step();
        opening(&lines[at]) == Some(Opening::SignOff) && is_short(lines[at].text)
    })?;
    let spoken = |from: usize| (from..lines.len()).find(|&at| !lines[at].has(BLANK));
    let name = spoken(signed + 1)?;
    let card = spoken(name + 1)?;
    // A name is short and no contact line itself.
    if !is_short(lines[name].text) || is_contact(&lines[name]) {
        return None;
    }
    let mut contacts = 0;
    for line in lines[card..].iter().filter(|line| !line.has(BLANK)) {
        step();
        let contact = is_contact(line);
        contacts += usize::from(contact);
        let sentence = line.text.ends_with(['!', '?', ':'])
            || (line.text.ends_with('.') && line.text.len() > 40);
        let postscript = ["ps", "p.s", "pd:", "p.d."]
            .iter()
            .any(|mark| folded(line.text, 5).starts_with(mark));
        if line.text.len() > 100 || postscript || (sentence && !contact) {
            return None;
        }
    }
    (contacts >= 2).then_some(card)
}

/// A few words that are no sentence.
fn is_short(text: &str) -> bool {
    text.len() <= 60 && !text.ends_with(['.', ':', '?']) && text.split_whitespace().count() <= 5
}

/// A phone number, a web or mail address, or a line that only a business card has.
fn is_contact(line: &Line<'_>) -> bool {
    let text = line.text;
    if text.len() > 100 {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let labelled = opening(line) == Some(Opening::Contact)
        && (digits >= 3 || text.contains(':') || has_link(line));
    let number = digits >= 7 && letters <= 12;
    let link = has_link(line) && text.split_whitespace().count() <= 6;
    labelled || number || link
}
