//! Words cut to their stems, the same way for every language: what search and comparison of texts stand on.

use std::collections::{HashMap, HashSet};
use std::iter::from_fn;
use std::sync::LazyLock;

/// Longer words are names of files or worse.
const LONGEST: usize = 40;

/// Words that begin alike are the same word: cutting them there does for most languages, and for the compounds of
/// German, what a stemmer does for one (McNamee, Nicholas, Mayfield: Addressing Morphological Variation in Alphabetic
/// Languages, 2009).
const BEGINNING: usize = 6;

/// Endings that only inflect, the longest first. Light on purpose: a stem that is too short joins what does not belong
/// together, and on the owner's own held-out mail a heavier stemmer found no more.
const ENDINGS: [&str; 12] = [
    "ungen", "ings", "ing", "ung", "ies", "ern", "en", "er", "es", "ed", "em", "e",
];

/// Endings before which English doubles a consonant: shipping, ship.
const DOUBLING: [&str; 3] = ["ings", "ing", "ed"];

/// The stems of a question, without the name of who asks: everybody asks under another one, and nobody asks about it.
pub fn asked_stems<'a>(
    subject: &'a str,
    text: &'a str,
    asker: Option<&str>,
) -> impl Iterator<Item = String> + 'a {
    let name: Vec<String> = asker.into_iter().flat_map(stems).collect();
    stems(subject)
        .chain(stems(text))
        .filter(move |stem| !name.contains(stem))
}

/// The stems of `text` in their order: lower case, letters and digits, inflection cut off, function words left out.
pub fn stems(text: &str) -> impl Iterator<Item = String> + '_ {
    words(text)
        .filter(|word| is_telling(word))
        .map(|word| word.to_lowercase())
        .filter(|word| !FUNCTION_WORDS.contains(word.as_str()))
        .map(stem)
}

/// Runs of letters and digits; a price or a time is one word, its separators a point.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut letters = text.chars();
    from_fn(move || {
        let mut word = String::from(letters.find(|letter| letter.is_alphanumeric())?);
        loop {
            let mut ahead = letters.clone();
            match ahead.next() {
                Some(letter) if letter.is_alphanumeric() => word.push(letter),
                Some('.' | ',' | ':')
                    if is_digit(word.chars().next_back()) && is_digit(ahead.next()) =>
                {
                    word.push('.');
                }
                _ => return Some(word),
            }
            letters.next();
        }
    })
}

fn is_digit(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_ascii_digit())
}

fn is_telling(word: &str) -> bool {
    (word.len() > 1 || is_figure(word)) && word.len() <= LONGEST
}

/// Whether a stem states a number: an amount, a time, an order.
#[must_use]
pub fn is_figure(stem: &str) -> bool {
    stem.bytes().any(|byte| byte.is_ascii_digit())
}

/// The stem of one word in lower case.
fn stem(mut word: String) -> String {
    if is_figure(&word) {
        return word;
    }
    if word.len() > 4 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    if let Some(ending) = ENDINGS.iter().find(|ending| word.ends_with(**ending))
        && word.chars().count() >= ending.len() + 4
    {
        word.truncate(word.len() - ending.len());
        if DOUBLING.contains(ending) {
            undouble(&mut word);
        }
    }
    if let Some((end, _)) = word.char_indices().nth(BEGINNING) {
        word.truncate(end);
    }
    word
}

/// Takes back a doubled consonant; those that English words end in by themselves stay (Porter 1980).
fn undouble(word: &mut String) {
    let mut last = word.chars().rev();
    if let (Some(one), Some(other)) = (last.next(), last.next())
        && one == other
        && !"aeioulsz".contains(one)
    {
        word.pop();
    }
}

/// Words without which a mail asks the same: they and the greetings stand in most mails of their languages.
static FUNCTION_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FUNCTION.into());

const FUNCTION: [&str; 188] = [
    "a",
    "aber",
    "about",
    "after",
    "all",
    "als",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "aren",
    "as",
    "at",
    "auch",
    "auf",
    "aus",
    "be",
    "been",
    "bei",
    "best",
    "bin",
    "bis",
    "bitte",
    "but",
    "by",
    "can",
    "could",
    "couldn",
    "da",
    "danke",
    "das",
    "dass",
    "dear",
    "dem",
    "den",
    "der",
    "des",
    "did",
    "didn",
    "die",
    "do",
    "doch",
    "does",
    "doesn",
    "don",
    "ein",
    "eine",
    "einem",
    "einen",
    "einer",
    "er",
    "es",
    "for",
    "frau",
    "freundliche",
    "freundlichem",
    "freundlichen",
    "from",
    "für",
    "geehrte",
    "geehrten",
    "geehrter",
    "get",
    "gruß",
    "grüße",
    "grüßen",
    "habe",
    "haben",
    "had",
    "hallo",
    "has",
    "hat",
    "have",
    "he",
    "hello",
    "her",
    "here",
    "herr",
    "hi",
    "him",
    "his",
    "how",
    "ich",
    "if",
    "ihnen",
    "ihr",
    "ihre",
    "im",
    "in",
    "into",
    "is",
    "isn",
    "ist",
    "it",
    "its",
    "ja",
    "just",
    "kann",
    "kind",
    "können",
    "liebe",
    "lieber",
    "like",
    "ll",
    "man",
    "me",
    "mehr",
    "mein",
    "mich",
    "mir",
    "mit",
    "more",
    "much",
    "my",
    "nach",
    "nicht",
    "no",
    "noch",
    "not",
    "nur",
    "oder",
    "of",
    "on",
    "or",
    "our",
    "out",
    "please",
    "re",
    "regards",
    "sehr",
    "she",
    "shouldn",
    "sich",
    "sie",
    "sind",
    "so",
    "some",
    "than",
    "thank",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "they",
    "this",
    "to",
    "um",
    "und",
    "uns",
    "up",
    "us",
    "ve",
    "very",
    "viele",
    "vielen",
    "vom",
    "von",
    "war",
    "was",
    "wasn",
    "we",
    "wenn",
    "were",
    "weren",
    "what",
    "when",
    "which",
    "who",
    "wie",
    "will",
    "wir",
    "wird",
    "with",
    "won",
    "would",
    "wouldn",
    "wurde",
    "you",
    "your",
    "zu",
    "zum",
    "zur",
    "über",
];

/// How often each stem stands in a text.
#[must_use]
pub fn counts(stems: impl Iterator<Item = String>) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for stem in stems {
        *counts.entry(stem).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::stems;

    fn of(text: &str) -> Vec<String> {
        stems(text).collect()
    }

    #[test]
    fn inflection_and_compounds_meet() {
        assert_eq!(of("shipping shipped ship"), ["ship", "ship", "ship"]);
        assert_eq!(of("Versandkosten"), of("Versand"));
        assert_eq!(of("Rechnungen"), of("Rechnung"));
    }

    #[test]
    fn a_price_is_one_word_however_it_is_written() {
        assert_eq!(of("14,90 €"), of("€14.90."));
        assert_eq!(of("5 to 7"), ["5", "7"]);
    }
}
