//! What a line may be, from its first and last characters.

use memchr::memchr;

use super::fold::{Initials, after, after_word, head};
use super::line::{
    ARMOR, BLANK, CC, COLON, FORWARD, FORWARD_END, FROM, INITIALED, LONG_RULE, Marks, NAME_TAG,
    ORIGINAL, OTHER, PROMPT, QUOTED, RAW_HEADER, RULE, SCRUBBED, SENT, SIG_BARE, SNIP, SUBJECT, TO,
};
use super::phrases::headers::{BEGIN_FORWARD, DASHED, Dashed, LABELS, Label, RAW_HEADERS, SNIPS};

/// The marks of a line without white space at its end.
pub(super) fn classify(text: &str) -> Marks {
    let body = text.trim_start();
    let Some(&first) = body.as_bytes().first() else {
        return BLANK;
    };
    let mut marks = 0;
    if body.ends_with(':') {
        marks |= COLON;
    }
    match first {
        b'>' if text.len() - body.len() <= 2 => return quoted(body),
        b'-' | b'_' | b'=' | b'*' | b'~' | b'#' | b'+' => marks |= drawn(body),
        b'[' | b'<' | b'(' | b'.' => marks |= bracketed(body),
        0xE2 if matches!(
            body,
            "\u{2014}" | "\u{2013}" | "\u{2026}" | "\u{2014}\u{2014}"
        ) =>
        {
            marks |= if body == "\u{2026}" { SNIP } else { SIG_BARE };
        }
        _ => {}
    }
    if first.is_ascii_alphabetic() || first >= 0x80 || matches!(first, b'*' | b'_' | b'|') {
        marks |= label(body);
        if marks & COLON != 0
            && body.len() <= 80
            && BEGIN_FORWARD
                .iter()
                .any(|phrase| after_word(body, phrase).is_some())
        {
            marks |= FORWARD;
        }
        if initialed(body).is_some() {
            marks |= INITIALED;
        }
        if first | 32 == b'a' && body.ends_with("scrubbed...") {
            marks |= SCRUBBED;
        }
    }
    marks
}

fn quoted(body: &str) -> Marks {
    let prompt = body == ">>>" || body.starts_with(">>> ");
    if prompt { QUOTED | PROMPT } else { QUOTED }
}

/// A line that begins with dashes, underscores or stars.
fn drawn(body: &str) -> Marks {
    if body == "--" {
        return SIG_BARE;
    }
    let is_ink = |b: u8| {
        matches!(
            b,
            b'-' | b'_' | b'=' | b'*' | b'~' | b'#' | b'+' | b'<' | b'>' | b'^'
        )
    };
    if body.len() <= 300 && body.bytes().all(|b| is_ink(b) || b == b' ' || b == b'\t') {
        let ink = body.bytes().filter(|&b| is_ink(b)).count();
        return match ink {
            0..5 => 0,
            5..30 => RULE,
            _ => RULE | LONG_RULE,
        };
    }
    if after(body, "-----begin pgp ").is_some() || after(body, "-----end pgp ").is_some() {
        return ARMOR;
    }
    let stripped = body.trim_start_matches(|c: char| c.is_ascii_punctuation() || c == ' ');
    if !head(body, body.len() - stripped.len()).contains("--") {
        return 0;
    }
    for (phrase, (kind, open)) in DASHED.candidates(Initials::of(stripped)) {
        let Some(rest) = after_word(stripped, phrase) else {
            continue;
        };
        if open
            || rest
                .trim_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace())
                .is_empty()
        {
            return match kind {
                Dashed::Original => ORIGINAL,
                Dashed::Forward => FORWARD,
                Dashed::ForwardEnd => FORWARD_END,
                Dashed::NextPart => SCRUBBED,
            };
        }
    }
    let bare = body.trim_end_matches(['-', ' ']);
    // "---- On Tue, 2 Mar 2021 Ann wrote ----"
    if bare.len() < body.len() && bare.ends_with("wrote") {
        COLON
    } else {
        0
    }
}

fn bracketed(body: &str) -> Marks {
    if body.len() > 60 {
        return 0;
    }
    if SNIPS.iter().any(|snip| after(body, snip) == Some("")) {
        return SNIP;
    }
    if after(
        body,
        "[non-text portions of this message have been removed]",
    )
    .is_some()
    {
        return SCRUBBED;
    }
    let name = body
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or("");
    let is_name = name.len() <= 40
        && !name.is_empty()
        && name
            .split(' ')
            .all(|word| word.starts_with(char::is_uppercase))
        && name
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\''))
        && name.chars().any(char::is_lowercase);
    if is_name { NAME_TAG } else { 0 }
}

fn label(body: &str) -> Marks {
    let start = head(body, 30);
    let Some(colon) = memchr(b':', start.as_bytes()) else {
        return 0;
    };
    let bold = ['*', '_', '|', ' ', '\t', '\u{a0}'];
    let key = start[..colon].trim_matches(bold);
    for (phrase, label) in LABELS.candidates(Initials::of(key)) {
        if after(key, phrase) == Some("") {
            return match label {
                Label::From => FROM,
                Label::Sent => SENT,
                Label::To => TO,
                Label::Cc => CC,
                Label::Subject => SUBJECT,
                Label::Other => OTHER,
            };
        }
    }
    if key.len() < 4 || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return 0;
    }
    let raw = key.as_bytes()[1] == b'-' && key.as_bytes()[0] | 32 == b'x';
    if raw
        || RAW_HEADERS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(key))
    {
        RAW_HEADER
    } else {
        0
    }
}

/// The name or the initials of "AB> text".
pub(super) fn initialed(body: &str) -> Option<&str> {
    let start = &body.as_bytes()[..body.len().min(13)];
    let letters = start.iter().position(|&b| b == b'>')?;
    let marked = letters > 0 && start[..letters].iter().all(u8::is_ascii_alphabetic);
    marked.then(|| &body[..letters])
}
