//! Header blocks above quoted mail (Outlook, forwarded mail) and the separators that announce them.

use super::line::{
    BLANK, CC, FORWARD, FORWARD_END, FROM, Fate, LABEL, Line, Marks, ORIGINAL, QUOTED, RAW_HEADER,
    RULE, SENT, SUBJECT, TO, step,
};

/// A header block is at most so many lines long, wrapped recipients included.
const MOST_LINES: usize = 24;
/// A wrapped header goes on for at most so many lines.
const MOST_WRAPPED: usize = 6;

/// Quoted lines are looked for in so many lines below a block that nothing stands above.
const MOST_BELOW: usize = 40;

/// Marks header blocks, separators and, where it is not marked with ">", the text that they introduce.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let mut at = 0;
    // Set once a closing line was looked for in vain: there is none further down either.
    let mut unclosed = false;
    // Whether the author has said something above.
    let mut spoken = false;
    while at < lines.len() {
        step();
        let line = &lines[at];
        let separator = line.has(ORIGINAL | FORWARD);
        if line.fate != Fate::Kept || !(separator || line.has(LABEL)) {
            spoken |= line.speaks() && !line.has(QUOTED | RULE);
            at += 1;
            continue;
        }
        let block = if separator {
            let first = skip_blank(lines, at + 1, 3);
            Some(header_block(lines, first, true).unwrap_or(at + 1))
        } else if follows_raw_header(lines, at) {
            None
        } else {
            header_block(lines, at, false)
        };
        let Some(block_end) = block else {
            spoken = true;
            at += 1;
            continue;
        };
        let start = if separator {
            at
        } else {
            rule_above(lines, at).unwrap_or(at)
        };
        let next = skip_blank(lines, block_end, 6);
        let marked = lines.get(next).is_some_and(|line| line.has(QUOTED));
        // With nothing above a reply's block, the author answers below it, between quoted lines.
        let below = !spoken
            && !lines[at].has(FORWARD)
            && lines[next..]
                .iter()
                .take(MOST_BELOW)
                .any(|line| line.has(QUOTED));
        if marked || below {
            quote(&mut lines[start..block_end]);
            at = block_end;
            continue;
        }
        let close = if separator && !unclosed {
            lines[at..].iter().position(|line| line.has(FORWARD_END))
        } else {
            None
        };
        unclosed |= close.is_none();
        let end = close.map_or(lines.len(), |close| at + close + 1);
        quote(&mut lines[start..end]);
        at = end;
    }
    for line in lines.iter_mut().filter(|line| line.has(FORWARD_END)) {
        line.fate = Fate::Quote;
    }
}

fn quote(lines: &mut [Line<'_>]) {
    lines.iter_mut().for_each(|line| line.fate = Fate::Quote);
}

/// The first line from `at` on that is not blank, at most `most` lines further.
fn skip_blank(lines: &[Line<'_>], at: usize, most: usize) -> usize {
    let rest = lines.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take(most)
        .take_while(|line| line.has(BLANK))
        .count()
}

/// The rule (or the separator that Outlook draws) right above line `at`.
fn rule_above(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let above = (at.saturating_sub(3)..at)
        .rev()
        .find(|&above| !lines[above].has(BLANK))?;
    (lines[above].has(RULE) && lines[above].fate == Fate::Kept).then_some(above)
}

/// Whether the author pasted the whole raw header of a mail: that is the author's own evidence.
fn follows_raw_header(lines: &[Line<'_>], at: usize) -> bool {
    (at.saturating_sub(2)..at).any(|above| lines[above].has(RAW_HEADER))
}

/// The end of the header block that begins at line `from`.
fn header_block(lines: &[Line<'_>], from: usize, announced: bool) -> Option<usize> {
    let mut seen: Marks = 0;
    let mut end = from;
    let mut wrapped = 0;
    let mut blanks = 0;
    let mut address = false;
    for (at, line) in lines.iter().enumerate().skip(from).take(MOST_LINES) {
        step();
        if line.has(RAW_HEADER) && !announced {
            return None;
        }
        if line.has(LABEL | RAW_HEADER) && line.fate == Fate::Kept {
            let label = line.marks & LABEL;
            if seen & label & (FROM | SUBJECT) != 0 {
                break;
            }
            let value = line.text.split_once(':').map_or("", |(_, value)| value);
            address |= label & (FROM | TO) != 0 && value.bytes().take(400).any(|b| b == b'@');
            let dateless = label == SENT && !value.bytes().take(200).any(|b| b.is_ascii_digit());
            if !dateless {
                seen |= label;
            }
            (end, wrapped, blanks) = (at + 1, 0, 0);
        } else if line.has(BLANK) {
            blanks += 1;
            if blanks > 1 {
                break;
            }
        } else {
            wrapped += 1;
            if wrapped > MOST_WRAPPED || blanks > 0 || line.has(QUOTED) {
                break;
            }
        }
    }
    let has = |mark: Marks| seen & mark != 0;
    let known = if announced {
        seen != 0
    } else {
        has(FROM) && has(SENT) && (has(SUBJECT) || (has(TO | CC) && address))
    };
    known.then_some(end)
}
