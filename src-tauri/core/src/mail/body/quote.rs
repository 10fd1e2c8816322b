//! Lines marked as quoted, and the marked lines that are not quotes: prompts and mbox's ">From ".

use super::attribution::ends_with_verb;
use super::classify::initialed;
use super::line::{
    BLANK, COLON, Fate, INITIALED, Line, Marks, NAME_TAG, PROMPT, QUOTED, SNIP, step,
};

/// Gives every quoted line its fate. `seen` are the marks of all lines together.
pub(super) fn mark(lines: &mut [Line<'_>], seen: Marks) {
    let prompts_only = seen & PROMPT != 0
        && !lines
            .iter()
            .any(|line| line.has(QUOTED) && !line.has(PROMPT));
    let mut at = 0;
    // The last line that was not blank.
    let mut above: Option<usize> = None;
    let mut initials: Option<&str> = None;
    while at < lines.len() {
        step();
        let line = lines[at];
        if line.fate != Fate::Kept || line.has(BLANK) {
            at += 1;
            continue;
        }
        let asked = line.has(PROMPT | INITIALED);
        let introduced = asked
            && above
                .is_some_and(|above| lines[above].has(NAME_TAG) || ends_with_verb(&lines[above]));
        if line.has(QUOTED) {
            let end = run(lines, at, QUOTED);
            if !is_session(&lines[at..end], prompts_only, introduced) && !unescape(lines, at, end) {
                lines[at..end]
                    .iter_mut()
                    .for_each(|line| line.fate = Fate::Quote);
            }
            above = Some(end - 1);
            at = end;
            continue;
        }
        if line.has(INITIALED) {
            let who = initialed(line.text.trim_start());
            let below_quote = above.is_some_and(|above| lines[above].fate == Fate::Quote);
            if introduced || below_quote || (who.is_some() && who == initials) {
                initials = who;
                lines[at].fate = Fate::Quote;
            }
        }
        above = Some(at);
        at += 1;
    }
    if seen & SNIP != 0 {
        snips(lines);
    }
}

/// The end of the lines with `mark` that begin at `from`.
fn run(lines: &[Line<'_>], from: usize, mark: u32) -> usize {
    let more = lines[from..]
        .iter()
        .take_while(|line| line.has(mark) && line.fate == Fate::Kept)
        .count();
    from + more
}

/// Whether quoted-looking lines are a Python session that the author typed.
fn is_session(run: &[Line<'_>], prompts_only: bool, introduced: bool) -> bool {
    if !run.iter().all(|line| line.has(PROMPT)) {
        return false;
    }
    let typed = |line: &Line<'_>| {
        let code = line.text.trim_start().trim_start_matches('>').trim_start();
        let code_at_start = [
            "import ", "from ", "print", "def ", "for ", "with ", "help(", "class ",
        ];
        code_at_start.iter().any(|start| code.starts_with(start))
            || code.contains(" = ")
            || (code.ends_with(')') && code.contains('('))
    };
    (prompts_only && !introduced) || run.iter().take(20).any(typed)
}

/// Takes the mark that mbox files put before "From " off a line in the author's own paragraph.
fn unescape(lines: &mut [Line<'_>], from: usize, end: usize) -> bool {
    if end - from != 1 || !lines[from].text.starts_with(">From ") {
        return false;
    }
    let own = |line: Option<&Line<'_>>| {
        line.is_some_and(|line| line.speaks() && !line.has(QUOTED | COLON))
    };
    let before = from.checked_sub(1).and_then(|at| lines.get(at));
    let opens = before.is_none_or(|line| line.has(BLANK));
    let in_paragraph = own(before) || (opens && own(lines.get(end)));
    if !in_paragraph {
        return false;
    }
    lines[from] = Line::new(&lines[from].text[1..]);
    true
}

/// "[...]" beside a quotation belongs to it.
fn snips(lines: &mut [Line<'_>]) {
    for backwards in [false, true] {
        let mut beside = false;
        for step_at in 0..lines.len() {
            step();
            let at = if backwards {
                lines.len() - 1 - step_at
            } else {
                step_at
            };
            let line = &mut lines[at];
            if line.has(SNIP) && beside {
                line.fate = Fate::Quote;
            }
            if !line.has(BLANK) {
                beside = line.fate == Fate::Quote;
            }
        }
    }
}
