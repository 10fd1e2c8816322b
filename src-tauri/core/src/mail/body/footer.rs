//! What programs put under a mail: list footers, advertisements, virus notes and legal disclaimers.

use memchr::{memchr_iter, memchr2_iter};

use super::fold::{Initials, after, after_word, fold_into, folded, head};
use super::line::{
    BLANK, COLON, Fate, LINK, LINK_KNOWN, LONG_RULE, Line, RULE, SCRUBBED, SIG_BARE, SIG_EXACT,
    step,
};
use super::phrases::closings::{CLOSINGS, Opening};
use super::phrases::notices::{CONFIDENTIAL, LIST_ADDRESSES, NOTICES};

/// A list footer is looked for in so many last lines.
const FOOTER_WINDOW: usize = 24;
/// The last lines that more than one search looks at.
const LEARNED: usize = 64;
/// A list footer has at most so many lines.
const MOST_FOOTER: usize = 14;
/// A disclaimer is looked for in so many last lines.
const DISCLAIMER_WINDOW: usize = 40;

/// Looks once at the lines that the searches below will look at again and again.
pub(super) fn learn(lines: &mut [Line<'_>]) {
    let from = lines.len().saturating_sub(LEARNED);
    for line in lines[from..]
        .iter_mut()
        .filter(|line| line.opening.is_none())
    {
        line.opening = Some(opening(line));
        line.marks |= if has_link(line) {
            LINK | LINK_KNOWN
        } else {
            LINK_KNOWN
        };
    }
}

/// What a line that stands at the end begins with.
pub(super) fn opening(line: &Line<'_>) -> Option<Opening> {
    if let Some(known) = line.opening {
        return known;
    }
    let text = plain(head(line.text, 300));
    let initials = Initials::of(text);
    // "tel" is the beginning of more words than "Tel.": only contact words must end there.
    let fits = |phrase: &str, kind: Opening| match kind {
        Opening::SentFrom | Opening::Contact if phrase.len() > 5 => after(text, phrase),
        // "mit freundlichen Gr": Grüßen, Grüssen, Gruessen.
        Opening::SignOff if phrase.ends_with(" gr") => after(text, phrase),
        _ if phrase.ends_with([' ', '.', '?']) => after(text, phrase),
        _ => after_word(text, phrase),
    };
    let found = CLOSINGS
        .candidates(initials)
        .chain(NOTICES.candidates(initials))
        .filter(|(phrase, kind)| fits(phrase, *kind).is_some());
    found
        .max_by_key(|(phrase, _)| phrase.len())
        .map(|(_, kind)| kind)
}

/// The text without the dashes and stars around it.
pub(super) fn plain(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        matches!(c, '-' | '*' | '_' | '=' | '~' | '|' | '#' | '[') || c.is_whitespace()
    })
}

/// Whether a line holds a web or mail address.
pub(super) fn has_link(line: &Line<'_>) -> bool {
    if line.has(LINK_KNOWN) {
        return line.has(LINK);
    }
    let bytes = head(line.text, 400).as_bytes();
    memchr2_iter(b'@', b'/', bytes).any(|at| bytes[at] == b'@' || bytes[..at].ends_with(b":/"))
        || memchr_iter(b'.', bytes).any(|at| bytes[..at].ends_with(b"www"))
}

fn has_list_address(line: &Line<'_>) -> bool {
    let text = folded(line.text, 400);
    LIST_ADDRESSES.iter().any(|address| text.contains(address))
}

/// Marks a list's notes about attachments that it took away, wherever they stand.
pub(super) fn mark_scrubbed(lines: &mut [Line<'_>]) {
    let mut at = 0;
    while let Some(found) = lines[at..].iter().position(|line| line.has(SCRUBBED)) {
        at += found;
        lines[at].fate = Fate::Noise;
        at += 1;
        if !lines[at - 1].text.ends_with("...") {
            continue;
        }
        let labels = [
            "name:", "type:", "size:", "desc:", "url:", "from:", "subject:", "date:", "to:",
            "url :", "<http",
        ];
        for line in lines[at..].iter_mut().take(10) {
            step();
            if !labels.iter().any(|label| after(line.text, label).is_some()) {
                break;
            }
            line.fate = Fate::Noise;
            at += 1;
        }
    }
}

/// Where the footer begins that the lines end with.
pub(super) fn list_footer(lines: &[Line<'_>]) -> Option<usize> {
    let (mut sure, mut maybe, mut listed, mut links, mut spoken) = (false, false, false, 0, 0);
    for at in (lines.len().saturating_sub(FOOTER_WINDOW)..lines.len()).rev() {
        step();
        let line = &lines[at];
        if line.has(BLANK) {
            continue;
        }
        if line.has(RULE | SIG_EXACT | SIG_BARE) {
            let advertised =
                line.has(LONG_RULE) && line.text.starts_with('_') && links > 0 && spoken <= 6;
            if (1..=MOST_FOOTER).contains(&spoken)
                && (sure || listed || (maybe && links > 0) || advertised)
            {
                return Some(at);
            }
            if line.has(RULE) && spoken == 0 {
                continue;
            }
            // Beyond the rule the author's text begins.
            return None;
        }
        spoken += 1;
        let kind = opening(line);
        let link = has_link(line);
        links += usize::from(link);
        listed |= link && has_list_address(line);
        maybe |= kind == Some(Opening::MaybeFooter);
        sure |= kind == Some(Opening::Footer);
        let begins =
            at == 0 || lines[at - 1].has(BLANK | RULE | SIG_EXACT | SIG_BARE) || lines[at - 1].gap;
        let starts = match kind {
            Some(Opening::Footer) => true,
            Some(Opening::MaybeFooter) => begins && listed && spoken <= 4,
            _ => begins && listed && spoken == 1 && is_bare_link(line) && !introduced(lines, at),
        };
        if starts && spoken <= MOST_FOOTER {
            return Some(with_rule(lines, at));
        }
    }
    None
}

fn is_bare_link(line: &Line<'_>) -> bool {
    !line.text.trim().contains(char::is_whitespace)
}

/// Whether the paragraph above ends with a colon: the author shows what follows.
fn introduced(lines: &[Line<'_>], at: usize) -> bool {
    let above = lines[..at]
        .iter()
        .rev()
        .take(3)
        .find(|line| !line.has(BLANK));
    above.is_some_and(|line| line.has(COLON))
}

/// The rule or delimiter right above line `at`, else `at`.
fn with_rule(lines: &[Line<'_>], at: usize) -> usize {
    let above = (at.saturating_sub(2)..at)
        .rev()
        .find(|&above| !lines[above].has(BLANK));
    above
        .filter(|&above| {
            lines[above].has(RULE | SIG_EXACT | SIG_BARE)
                || matches!(lines[above].text, "---" | "----")
        })
        .unwrap_or(at)
}

/// Where the legal disclaimer begins that the lines end with.
pub(super) fn disclaimer(lines: &[Line<'_>]) -> Option<usize> {
    for at in (lines.len().saturating_sub(DISCLAIMER_WINDOW)..lines.len()).rev() {
        step();
        let begins = at == 0 || lines[at - 1].has(BLANK | RULE) || lines[at - 1].gap;
        if begins && opening(&lines[at]) == Some(Opening::Disclaimer) && is_legal(&lines[at..]) {
            return Some(with_rule(lines, at));
        }
    }
    None
}

/// Whether the words after a disclaimer's opening are a lawyer's.
fn is_legal(lines: &[Line<'_>]) -> bool {
    let mut text = String::new();
    for line in lines.iter().take(8) {
        fold_into(line.text, 700, &mut text);
        text.push(' ');
    }
    // Broken across lines, a phrase of two words still has to match.
    let found = CONFIDENTIAL
        .iter()
        .filter(|word| text.contains(*word))
        .count();
    found >= 2 || (found == 1 && text.len() >= 120)
}
