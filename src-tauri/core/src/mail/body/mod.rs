//! What the author of a mail wrote in it: quoted and forwarded text, signatures, list footers and
//! legal disclaimers are cut off, in eight languages.
//!
//! `line` and `classify` cut the text into lines and look at each once; `armor`, `forward`, `quote` and
//! `attribution` give lines a fate from the top down; `signature` and `footer` then peel off the
//! end. `phrases` are the words they know, `fold` is how words are compared.
//!
//! The mail is untrusted: every look ahead or back is bounded, so the work is linear. A doubt is
//! decided for the author: a left-over line is better than a lost one.

mod armor;
mod attribution;
mod classify;
mod flowed;
mod fold;
mod footer;
mod forward;
mod line;
mod phrases;
mod quote;
mod reading;
mod signature;
#[cfg(test)]
mod tests;

pub use flowed::unflow;

use fold::head;
use line::{BLANK, Fate, Line};

/// A signature is kept up to so many bytes.
const MOST_SIGNATURE: usize = 1_000;
/// What one pass leaves may look different to the next: lines that were apart now stand together.
const MOST_PASSES: usize = 6;

/// What the author of a mail wrote in it, and what was cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The author's own words: LF line ends, no white space at line ends, no empty line at either
    /// end, never more than two in a row, and one where a quotation was cut out.
    pub text: String,
    /// Quoted or forwarded text was cut off.
    pub quoted: bool,
    /// The signature that was cut off, without its delimiter, at most 1,000 bytes.
    pub signature: Option<String>,
}

/// Cuts a mail down to its author's own words.
///
/// `text` is the text/plain body, after [`unflow`] where it is format=flowed, or HTML already
/// turned to text, where blockquotes are "> " lines.
pub fn own_words(text: &str) -> Body {
    let mut body = Body::default();
    let mut lines = line::split(text);
    for _ in 0..MOST_PASSES {
        let speaking = |lines: &[Line<'_>]| lines.iter().filter(|line| line.speaks()).count();
        let before = speaking(&lines);
        lines = pass(lines, &mut body);
        if speaking(&lines) == before {
            break;
        }
    }
    body.text = join(&lines);
    body
}

/// Cuts once, and leaves the kept lines.
fn pass<'a>(mut lines: Vec<Line<'a>>, body: &mut Body) -> Vec<Line<'a>> {
    let seen = |lines: &[Line<'_>]| lines.iter().fold(0, |seen, line| seen | line.marks);
    if seen(&lines) & line::ARMOR != 0 {
        armor::mark(&mut lines);
    }
    let seen = seen(&lines);
    if seen & line::SCRUBBED != 0 {
        footer::mark_scrubbed(&mut lines);
    }
    if seen & (line::LABEL | line::ORIGINAL | line::FORWARD | line::FORWARD_END) != 0 {
        forward::mark(&mut lines);
    }
    if seen & (line::QUOTED | line::INITIALED | line::SNIP) != 0 {
        quote::mark(&mut lines, seen);
    }
    if seen & (line::COLON | line::NAME_TAG) != 0
        && let Some(cut) = attribution::mark(&mut lines)
    {
        lines[cut..]
            .iter_mut()
            .for_each(|line| line.fate = Fate::Quote);
    }
    body.quoted |= lines
        .iter()
        .any(|line| line.fate == Fate::Quote && !line.has(BLANK));
    let mut lines = tidy(kept(lines));
    footer::learn(&mut lines);
    if peel_parts(&mut lines, body) {
        lines.retain(|line| line.fate == Fate::Kept);
        lines = tidy(lines);
    }
    peel_end(&mut lines, body);
    lines
}

/// The kept lines, those after a quotation marked.
fn kept(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut out = Vec::with_capacity(lines.len());
    let (mut gap, mut noise) = (false, false);
    for mut line in lines {
        match line.fate {
            Fate::Quote => gap = true,
            Fate::Noise => noise = true,
            // The empty lines above and below what was cut are one.
            Fate::Kept
                if line.has(BLANK)
                    && noise
                    && out.last().is_none_or(|last: &Line<'_>| last.has(BLANK)) => {}
            Fate::Kept if line.has(BLANK) => out.push(line),
            Fate::Kept => {
                line.gap = gap && !out.is_empty();
                (gap, noise) = (false, false);
                out.push(line);
            }
        }
    }
    out
}

/// Marks the signature of each part of the author's text that a quotation follows. Whether there is any.
fn peel_parts(lines: &mut [Line<'_>], body: &mut Body) -> bool {
    let mut end = lines.len();
    let mut last = true;
    let mut cut = false;
    for at in (0..lines.len()).rev() {
        if !lines[at].gap {
            continue;
        }
        if !last {
            cut |= peel_part(lines, at, end, body);
        }
        last = false;
        end = at;
    }
    if !last {
        cut |= peel_part(lines, 0, end, body);
    }
    cut
}

fn peel_part(lines: &mut [Line<'_>], from: usize, end: usize, body: &mut Body) -> bool {
    let mut end = end;
    let mut cut = false;
    loop {
        end = from + spoken(&lines[from..end]);
        let part = &lines[from..end];
        let Some(at) = signature::sent_from(part).or_else(|| signature::delimiter(part)) else {
            return cut;
        };
        cut = true;
        note(&mut body.signature, &part[at..]);
        lines[from + at..end]
            .iter_mut()
            .for_each(|line| line.fate = Fate::Noise);
        end = from + at;
    }
}

/// Cuts footers, disclaimers and signatures off the end, one after the other.
fn peel_end(lines: &mut Vec<Line<'_>>, body: &mut Body) {
    let Some(first) = lines.iter().position(Line::speaks) else {
        lines.clear();
        return;
    };
    loop {
        lines.truncate(spoken(lines));
        footer::learn(lines);
        // A mail may be nothing but a quotation and a footer; else something has to stay.
        let fits = |at: &usize| *at > first || body.quoted;
        let noise = footer::list_footer(lines)
            .or_else(|| footer::disclaimer(lines))
            .filter(fits);
        if let Some(at) = noise {
            lines.truncate(at);
            continue;
        }
        let found = signature::sent_from(lines)
            .or_else(|| signature::delimiter(lines))
            .filter(fits)
            .or_else(|| signature::business_card(lines));
        let Some(at) = found else { return };
        note(&mut body.signature, &lines[at..]);
        lines.truncate(at);
    }
}

/// How many lines there are up to the last one that is not blank.
fn spoken(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .rposition(Line::speaks)
        .map_or(0, |last| last + 1)
}

/// Remembers a signature; the one nearest to the author's text wins over what stands below it.
fn note(signature: &mut Option<String>, lines: &[Line<'_>]) {
    let lines = match lines {
        [first, rest @ ..] if first.has(line::SIG_EXACT | line::SIG_BARE) => rest,
        all => all,
    };
    let mut text = String::new();
    for line in lines {
        text.push_str(head(line.text, MOST_SIGNATURE));
        text.push('\n');
        if text.len() >= MOST_SIGNATURE {
            break;
        }
    }
    let text = head(text.trim(), MOST_SIGNATURE).trim_end();
    if !text.is_empty() {
        *signature = Some(text.to_owned());
    }
}

/// Sets an empty line where a quotation was, and drops empty lines that are too many.
fn tidy(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut out: Vec<Line<'_>> = Vec::with_capacity(lines.len() + 1);
    let mut blanks = 0;
    for line in lines {
        if line.has(BLANK) {
            blanks += 1;
            continue;
        }
        if !out.is_empty() {
            let wanted = if line.gap { 1 } else { blanks.min(2) };
            out.extend(std::iter::repeat_n(Line::blank(), wanted));
        }
        blanks = 0;
        out.push(line);
    }
    out
}

fn join(lines: &[Line<'_>]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for line in lines {
        if !out.is_empty() {
            out.push('\n');
        }
        // Trimmed, an indented "> x" would look quoted.
        let first = out.is_empty() && !line.text.trim_start().starts_with('>');
        out.push_str(if first {
            line.text.trim_start()
        } else {
            line.text
        });
    }
    out
}
