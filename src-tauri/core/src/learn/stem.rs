//! Words cut to their stems, the same way for every language: what search and comparison of texts stand on.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Longer words are names of files or worse.
const LONGEST: usize = 40;

/// Endings that only inflect, the longest first. Light on purpose: a stem that is too short joins what does not belong
/// together, and on the owner's own held-out mail a heavier stemmer found no more.
const ENDINGS: [&str; 12] = [
    "ungen", "ings", "ing", "ung", "ies", "ern", "en", "er", "es", "ed", "em", "e",
];

/// The stems of `text` in their order: lower case, letters and digits, inflection cut off, function words left out.
pub fn stems(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.len() > 1 && word.len() <= LONGEST)
        .map(str::to_lowercase)
        .filter(|word| !FUNCTION_WORDS.contains(word.as_str()))
        .map(stem)
}

/// The stem of one word in lower case.
fn stem(mut word: String) -> String {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word;
    }
    if word.len() > 4 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    if let Some(ending) = ENDINGS.iter().find(|ending| word.ends_with(**ending))
        && word.chars().count() >= ending.len() + 4
    {
        word.truncate(word.len() - ending.len());
    }
    word
}

/// Words without which a sentence asks the same: they stand in most mails of their languages.
static FUNCTION_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FUNCTION.into());

const FUNCTION: [&str; 142] = [
    "a", "aber", "about", "after", "all", "als", "also", "am", "an", "and", "any", "are", "as",
    "at", "auch", "auf", "aus", "be", "been", "bei", "bin", "bis", "but", "by", "can", "could",
    "da", "das", "dass", "dem", "den", "der", "des", "did", "die", "do", "doch", "does", "ein",
    "eine", "einem", "einen", "einer", "er", "es", "for", "from", "für", "get", "habe", "haben",
    "had", "has", "hat", "have", "he", "her", "here", "him", "his", "how", "ich", "if", "ihnen",
    "ihr", "ihre", "im", "in", "into", "is", "ist", "it", "its", "ja", "just", "kann", "können",
    "like", "man", "me", "mein", "mich", "mir", "mit", "my", "nach", "nicht", "no", "noch", "not",
    "nur", "oder", "of", "on", "or", "our", "out", "she", "sich", "sie", "sind", "so", "some",
    "than", "that", "the", "their", "them", "then", "there", "they", "this", "to", "um", "und",
    "uns", "up", "us", "vom", "von", "war", "was", "we", "wenn", "were", "what", "when", "which",
    "who", "wie", "will", "wir", "wird", "with", "would", "wurde", "you", "your", "zu", "zum",
    "zur", "über",
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
