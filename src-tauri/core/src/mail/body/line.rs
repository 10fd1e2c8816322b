//! A mail as lines, each looked at once: what it may be is written down as marks.

use memchr::memchr2;

use super::classify::classify;
use super::phrases::closings::Opening;

/// What a line may be, as bits.
pub(super) type Marks = u32;

pub(super) const BLANK: Marks = 1;
/// Begins with ">".
pub(super) const QUOTED: Marks = 1 << 1;
/// Begins with ">>> " as a Python prompt does (or a third level of quoting).
pub(super) const PROMPT: Marks = 1 << 2;
/// Ends with a colon, as attributions do.
pub(super) const COLON: Marks = 1 << 3;
/// Five or more dashes, underscores, stars and the like, and nothing else.
pub(super) const RULE: Marks = 1 << 4;
/// A rule of thirty or more.
pub(super) const LONG_RULE: Marks = 1 << 5;
/// "-----Original Message-----".
pub(super) const ORIGINAL: Marks = 1 << 6;
/// The line that opens a forwarded mail.
pub(super) const FORWARD: Marks = 1 << 7;
/// The line that closes a forwarded mail.
pub(super) const FORWARD_END: Marks = 1 << 8;
/// "-- ", the signature delimiter of RFC 3676.
pub(super) const SIG_EXACT: Marks = 1 << 9;
/// "--" without its space.
pub(super) const SIG_BARE: Marks = 1 << 10;
/// "AB> text" or "Ann> text", the quoting of Supercite.
pub(super) const INITIALED: Marks = 1 << 11;
/// "[...]", "<snip>".
pub(super) const SNIP: Marks = 1 << 12;
/// "[Tim]".
pub(super) const NAME_TAG: Marks = 1 << 13;
/// "Message-ID:", "Received:": a header that only a raw mail has.
pub(super) const RAW_HEADER: Marks = 1 << 14;
/// A mailing list's note about an attachment that it took away.
pub(super) const SCRUBBED: Marks = 1 << 15;
/// "-----BEGIN PGP …-----" and "-----END PGP …-----".
pub(super) const ARMOR: Marks = 1 << 16;

pub(super) const FROM: Marks = 1 << 20;
pub(super) const SENT: Marks = 1 << 21;
pub(super) const TO: Marks = 1 << 22;
pub(super) const CC: Marks = 1 << 23;
pub(super) const SUBJECT: Marks = 1 << 24;
pub(super) const OTHER: Marks = 1 << 25;
/// Has a web or mail address, and whether that was looked for.
pub(super) const LINK: Marks = 1 << 17;
pub(super) const LINK_KNOWN: Marks = 1 << 18;
/// "From:", "Betreff:" and so on.
pub(super) const LABEL: Marks = FROM | SENT | TO | CC | SUBJECT | OTHER;

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It is the author's.
    Kept,
    /// It is somebody else's text, or introduces it.
    Quote,
    /// It was put there by a program.
    Noise,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Without white space at its end.
    pub text: &'a str,
    pub marks: Marks,
    pub fate: Fate,
    /// Quoted text was cut right before this line.
    pub gap: bool,
    /// What it begins with, if that was asked before; see `footer::opening`.
    pub opening: Option<Option<Opening>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(raw: &'a str) -> Self {
        let text = raw.trim_end();
        let mut marks = classify(text);
        if raw == "-- " {
            marks = SIG_EXACT;
        }
        Line {
            text,
            marks,
            fate: Fate::Kept,
            gap: false,
            opening: None,
        }
    }

    pub(super) fn blank() -> Self {
        Line {
            text: "",
            marks: BLANK,
            fate: Fate::Kept,
            gap: false,
            opening: None,
        }
    }

    pub(super) fn has(&self, marks: Marks) -> bool {
        self.marks & marks != 0
    }

    /// The author's, and not empty.
    pub(super) fn speaks(&self) -> bool {
        self.fate == Fate::Kept && !self.has(BLANK)
    }
}

/// Cuts the text at LF, CRLF and CR.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::with_capacity(text.len() / 40 + 1);
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(end) = memchr2(b'\n', b'\r', rest.as_bytes()) {
        step();
        lines.push(Line::new(&rest[..end]));
        let breaks = &rest[end..];
        let after_cr = breaks.trim_start_matches('\r');
        if let Some(next) = after_cr.strip_prefix('\n') {
            rest = next;
        } else {
            // All lone CRs of a row at once: walking it again for every one would be quadratic.
            if breaks.len() - after_cr.len() > 1 {
                lines.push(Line::blank());
            }
            rest = after_cr;
        }
    }
    lines.push(Line::new(rest));
    lines
}

#[cfg(test)]
thread_local! {
    /// Lines looked at, so that a test can see that the work is linear.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts one look at a line, in tests only.
#[inline(always)]
pub(super) fn step() {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}
