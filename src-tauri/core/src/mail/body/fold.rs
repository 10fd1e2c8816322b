//! Text as the phrase tables see it: lower case, no accents, one kind of space, quote and dash.

/// One folded character; `None` for what a reader does not see.
fn fold_char(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(if c == '\t' {
            ' '
        } else {
            c.to_ascii_lowercase()
        });
    }
    Some(match c {
        'à'..='å' | 'À'..='Å' | 'ą' | 'Ą' | 'ă' | 'ā' => 'a',
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => 'c',
        'è'..='ë' | 'È'..='Ë' | 'ę' | 'Ę' | 'ě' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ł' | 'Ł' => 'l',
        'ñ' | 'Ñ' | 'ń' | 'Ń' => 'n',
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' => 'o',
        'ś' | 'Ś' | 'š' | 'Š' | 'ß' => 's',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => 'z',
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\u{3000}' => ' ',
        '\u{2018}' | '\u{2019}' | '\u{b4}' => '\'',
        '\u{201c}'..='\u{201f}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {
            return None;
        }
        other => other,
    })
}

/// At most the first `limit` bytes, cut between characters.
pub(super) fn head(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// The folded text of at most the first `limit` bytes, runs of spaces as one, appended to `out`.
pub(super) fn fold_into(text: &str, limit: usize, out: &mut String) {
    let text = head(text, limit);
    if text.is_ascii() && !text.contains([' ', '\t']) {
        let from = out.len();
        out.push_str(text);
        out[from..].make_ascii_lowercase();
        return;
    }
    for c in text.chars().filter_map(fold_char) {
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
}

/// The folded text of at most the first `limit` bytes.
pub(super) fn folded(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    fold_into(text, limit, &mut out);
    out
}

/// What follows `phrase` (already folded) where `text` begins with it.
///
/// A space in the phrase stands for any run of spaces, and the sign of a broken charset (U+FFFD)
/// stands for any letter, so that "a \u{fffd}crit" is still "a écrit".
pub(super) fn after<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    // Most texts differ in the first two letters.
    for (have, want) in text.bytes().zip(phrase.bytes()).take(2) {
        if have.is_ascii_alphanumeric() && have.to_ascii_lowercase() != want {
            return None;
        }
        if !have.is_ascii_alphanumeric() {
            break;
        }
    }
    let mut rest = text.chars();
    let mut after_space = false;
    for want in phrase.chars() {
        loop {
            let c = rest.next()?;
            let Some(c) = fold_char(c) else { continue };
            if c == ' ' && after_space && want != ' ' {
                continue;
            }
            if c == want || (c == '\u{fffd}' && want.is_ascii_alphabetic()) {
                break;
            }
            return None;
        }
        after_space = want == ' ';
    }
    Some(rest.as_str())
}

/// Like [`after`], and the phrase ends where a word ends.
pub(super) fn after_word<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    after(text, phrase).filter(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Phrases with a meaning, sorted by first letter and found by it.
pub(super) struct Table<T: 'static> {
    entries: &'static [(&'static str, T)],
    /// Where the phrases with a first byte begin.
    index: [u16; 129],
}

impl<T: Copy> Table<T> {
    /// `entries` must be folded and sorted by their first byte, else the program does not compile.
    pub(super) const fn new(entries: &'static [(&'static str, T)]) -> Self {
        let mut index = [0; 129];
        let (mut byte, mut at) = (0, 0);
        while byte < 129 {
            while at < entries.len() && (entries[at].0.as_bytes()[0] as usize) < byte {
                at += 1;
            }
            index[byte] = at as u16;
            byte += 1;
        }
        let mut at = 1;
        while at < entries.len() {
            assert!(
                entries[at - 1].0.as_bytes()[0] <= entries[at].0.as_bytes()[0],
                "a table is out of order"
            );
            at += 1;
        }
        Table { entries, index }
    }

    /// The phrases that a text with these first letters may begin with.
    pub(super) fn candidates(
        &self,
        initials: Initials,
    ) -> impl Iterator<Item = (&'static str, T)> + use<T> {
        let Initials { first, second } = initials;
        let group =
            &self.entries[usize::from(self.index[first])..usize::from(self.index[first + 1])];
        let fits = move |phrase: &str| match (second, phrase.as_bytes().get(1)) {
            (Some(have), Some(want)) => have == *want,
            _ => true,
        };
        group.iter().copied().filter(move |entry| fits(entry.0))
    }
}

/// The first two letters of a text, by which a [`Table`] finds its phrases.
#[derive(Clone, Copy)]
pub(super) struct Initials {
    /// Below 128; 0 stands for none.
    first: usize,
    second: Option<u8>,
}

impl Initials {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = text.chars().take(8).filter_map(fold_char);
        let first = folded
            .next()
            .filter(char::is_ascii)
            .map_or(0, |c| c as usize);
        let second = folded
            .next()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c as u8);
        Initials { first, second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_matches_through_case_accents_and_spaces() {
        assert_eq!(
            after("Envoyé\u{a0} de  mon iPhone", "envoye de mon "),
            Some("iPhone")
        );
        assert_eq!(after("a \u{fffd}crit :", "a ecrit"), Some(" :"));
        assert_eq!(after("e\u{301}crit", "ecrit"), Some(""));
        assert_eq!(after("On", "on monday"), None);
        assert_eq!(after_word("Betreffzeile", "betreff"), None);
    }

    #[test]
    fn a_table_offers_the_phrases_that_fit() {
        static TABLE: Table<u8> = Table::new(&[("a", 1), ("an", 2), ("ecrit", 3)]);
        let offered = |text: &str| {
            TABLE
                .candidates(Initials::of(text))
                .map(|entry| entry.1)
                .collect::<Vec<_>>()
        };
        assert_eq!(offered("An"), [1, 2]);
        assert_eq!(offered("Écrit"), [3]);
        assert!(offered("").is_empty() && offered("日本").is_empty());
    }

    #[test]
    fn head_never_splits_a_character() {
        assert_eq!(head("aé", 2), "a");
        assert_eq!(head("é", 40), "é");
    }
}
