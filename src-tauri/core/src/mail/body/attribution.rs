//! Attribution lines: "On Tue, 2 Mar 2021 at 10:00, Ann <ann@example.org> wrote:", on one to four lines.

use super::fold::folded;
use super::line::{BLANK, COLON, Fate, Line, NAME_TAG, QUOTED, RULE, SIG_BARE, SIG_EXACT, step};
use super::phrases::attributions::{SAID, WROTE};
use super::reading::{Grade, Reading, knows};

/// An attribution is at most so many lines long.
const MOST_LINES: usize = 4;
/// So many other quotation marks than ">" are taken up in one mail.
const MOST_MARKS: usize = 4;

/// What stands after a line, blanks aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    End,
    Quote,
    Plain,
}

/// Gives attributions the fate of the quotation that they introduce. Returns the first line of
/// unmarked quoted text that reaches to the end of the mail, if there is one.
///
/// Walks upwards, so that of two attributions in a row the upper one finds a quotation below it.
pub(super) fn mark(lines: &mut [Line<'_>]) -> Option<usize> {
    let first = lines.iter().position(Line::speaks)?;
    let mut next = Next::End;
    let mut cut = None;
    let mut marked_otherwise = 0;
    let mut at = lines.len();
    while at > 0 {
        at -= 1;
        step();
        if lines[at].has(BLANK) || lines[at].fate == Fate::Noise {
            continue;
        }
        if lines[at].fate == Fate::Quote {
            next = Next::Quote;
            continue;
        }
        let found = if lines[at].has(COLON) {
            find(lines, at, next)
        } else if lines[at].has(NAME_TAG) && next == Next::Quote {
            Some((at, Grade::Weak))
        } else {
            None
        };
        let Some((start, grade)) = found else {
            next = Next::Plain;
            continue;
        };
        lines[start..=at]
            .iter_mut()
            .for_each(|line| line.fate = Fate::Quote);
        if next == Next::Plain && marked_otherwise < MOST_MARKS && mark_others(&mut lines[at + 1..])
        {
            marked_otherwise += 1;
            next = Next::Quote;
        }
        if grade == Grade::Strong && next == Next::Plain && first < start {
            cut = Some(start);
        }
        next = Next::Quote;
        at = start;
    }
    cut
}

/// Whether a line ends with "wrote:" or the like.
pub(super) fn ends_with_verb(line: &Line<'_>) -> bool {
    let last = line
        .text
        .split_whitespace()
        .rfind(|word| *word != ":")
        .unwrap_or("");
    let verb = folded(last.trim_end_matches([':', '*', ')']), 40);
    line.has(COLON) && (knows(WROTE, &verb) || knows(SAID, &verb) || last.contains('@'))
}

/// Some quote with ")", "|" or "#" instead of ">". If the lines right below an attribution do, all
/// lines that begin so are quoted.
fn mark_others(lines: &mut [Line<'_>]) -> bool {
    let spoken = |line: &&Line<'_>| line.speaks();
    let Some(mark) = lines
        .iter()
        .take(8)
        .find(spoken)
        .map(|line| quote_mark(line.text))
    else {
        return false;
    };
    let near = lines
        .iter()
        .take(40)
        .filter(spoken)
        .take(6)
        .filter(|line| line.text.starts_with(mark))
        .count();
    if mark.is_empty() || near < 2 {
        return false;
    }
    for line in lines
        .iter_mut()
        .filter(|line| line.fate == Fate::Kept && line.text.starts_with(mark))
    {
        step();
        line.fate = Fate::Quote;
    }
    true
}

fn quote_mark(text: &str) -> &str {
    let marks = text
        .bytes()
        .take_while(|b| {
            matches!(
                b,
                b')' | b'|' | b'}' | b'#' | b']' | b':' | b'%' | b'-' | b'='
            )
        })
        .count();
    if (1..=3).contains(&marks) && !text.starts_with("- ") {
        &text[..marks]
    } else {
        ""
    }
}

/// Where the attribution that ends at line `end` begins.
fn find(lines: &[Line<'_>], end: usize, next: Next) -> Option<(usize, Grade)> {
    let least = if next == Next::Quote {
        Grade::Weak
    } else {
        Grade::Strong
    };
    let stop = |line: &Line<'_>| {
        line.fate != Fate::Kept || line.has(BLANK | QUOTED | RULE | SIG_EXACT | SIG_BARE)
    };
    let begins = |at: usize| at == 0 || stop(&lines[at - 1]);
    let top = (end.saturating_sub(MOST_LINES - 1)..end)
        .rev()
        .take_while(|&at| !stop(&lines[at]))
        .last()
        .unwrap_or(end);
    if least == Grade::Strong
        && !lines[top..=end]
            .iter()
            .any(|line| line.text.bytes().any(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let read = |at: usize| Reading::of(&lines[at..=end]);

    for at in (top..=end).rev() {
        step();
        let Some(reading) = read(at) else { break };
        let grade = reading.with_opener(at < end);
        let alone =
            |at: usize| Reading::of(&lines[at..=at]).is_some_and(|line| line.date || line.address);
        if grade < least || (at < end && !alone(at)) {
            continue;
        }
        // "On Tue,\n2 Mar 2021 …": the second line begins like an attribution too.
        let wrapped = !reading.word_opener
            && at > top
            && lines[at - 1].text.len() <= 40
            && !lines[at - 1].text.ends_with(['.', '!', '?'])
            && read(at - 1).is_some_and(|reading| reading.word_opener);
        return Some((if wrapped { at - 1 } else { at }, grade));
    }

    let reading = read(end)?;
    let from = if end > top
        && (reading.starts_late || (begins(top) && end - top <= 2 && !reading.whole))
    {
        top
    } else {
        end
    };
    let reading = if from == end { reading } else { read(from)? };
    if from < end && !begins(from) {
        return None;
    }
    let grade = reading.without_opener(begins(from));
    (grade >= least).then_some((from, grade))
}
