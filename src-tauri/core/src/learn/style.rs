//! Style: counted in the owner's own mails, never guessed.

use sqlx::SqlitePool;

use crate::db::DbError;

/// How formal a mail is by its greeting and its sign-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formality {
    /// "Sehr geehrte", "Yours sincerely".
    Formal,
    /// "Hi", "Cheers".
    Casual,
    /// Neither.
    Neutral,
}

impl Formality {
    /// As the database keeps it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Formal => "formal",
            Self::Casual => "casual",
            Self::Neutral => "neutral",
        }
    }
}

/// What is counted in one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The phrase that it begins with, as the table of phrases writes it.
    pub greeting: Option<&'static str>,
    /// The phrase that it ends with, as the table of phrases writes it.
    pub sign_off: Option<&'static str>,
    /// Words.
    pub words: i64,
    /// Sentences; at least one where there are words.
    pub sentences: i64,
    /// By greeting and sign-off.
    pub formality: Formality,
    /// ISO 639-3, where the text is long enough to tell.
    pub language: Option<&'static str>,
    /// Whether there is an emoji or a smiley in it.
    pub emoji: bool,
}

use Formality::{Casual, Formal, Neutral};

/// Longer phrases stand before those that they begin with.
const GREETINGS: [(&str, Formality); 44] = [
    ("Sehr geehrte Damen und Herren", Formal),
    ("Sehr geehrter Herr", Formal),
    ("Sehr geehrte Frau", Formal),
    ("Sehr geehrte", Formal),
    ("Guten Morgen", Neutral),
    ("Guten Tag", Formal),
    ("Guten Abend", Neutral),
    ("Hallo", Casual),
    ("Liebe", Casual),
    ("Moin", Casual),
    ("Servus", Casual),
    ("Grüezi", Neutral),
    ("Dear Sir or Madam", Formal),
    ("Dear", Formal),
    ("Good morning", Neutral),
    ("Good afternoon", Neutral),
    ("Good evening", Neutral),
    ("Hello", Casual),
    ("Hi", Casual),
    ("Hey", Casual),
    ("Greetings", Neutral),
    ("Bonjour", Neutral),
    ("Bonsoir", Neutral),
    ("Salut", Casual),
    ("Madame, Monsieur", Formal),
    ("Chère", Casual),
    ("Cher", Casual),
    ("Estimado", Formal),
    ("Estimada", Formal),
    ("Buenos días", Neutral),
    ("Buenas tardes", Neutral),
    ("Hola", Casual),
    ("Gentile", Formal),
    ("Egregio", Formal),
    ("Buongiorno", Neutral),
    ("Ciao", Casual),
    ("Geachte", Formal),
    ("Beste", Neutral),
    ("Hoi", Casual),
    ("Prezado", Formal),
    ("Bom dia", Neutral),
    ("Olá", Casual),
    ("Szanowni Państwo", Formal),
    ("Dzień dobry", Neutral),
];

const SIGN_OFFS: [(&str, Formality); 50] = [
    ("Mit freundlichen Grüßen", Formal),
    ("Mit freundlichem Gruß", Formal),
    ("Freundliche Grüße", Formal),
    ("Mit besten Grüßen", Formal),
    ("Beste Grüße", Neutral),
    ("Viele Grüße", Casual),
    ("Liebe Grüße", Casual),
    ("Herzliche Grüße", Casual),
    ("Schöne Grüße", Casual),
    ("Vielen Dank", Neutral),
    ("Gruß", Casual),
    ("MfG", Formal),
    ("LG", Casual),
    ("VG", Casual),
    ("Bis bald", Casual),
    ("Yours sincerely", Formal),
    ("Yours faithfully", Formal),
    ("Yours truly", Formal),
    ("Sincerely", Formal),
    ("Kind regards", Formal),
    ("Best regards", Formal),
    ("Warm regards", Neutral),
    ("With best wishes", Neutral),
    ("Best wishes", Neutral),
    ("All the best", Casual),
    ("Regards", Neutral),
    ("Best", Casual),
    ("Cheers", Casual),
    ("Many thanks", Neutral),
    ("Thank you", Neutral),
    ("Thanks", Casual),
    ("Take care", Casual),
    ("See you", Casual),
    ("Love", Casual),
    ("Cordialement", Formal),
    ("Bien cordialement", Formal),
    ("Bien à vous", Neutral),
    ("Bises", Casual),
    ("Atentamente", Formal),
    ("Saludos cordiales", Formal),
    ("Un saludo", Neutral),
    ("Saludos", Casual),
    ("Cordiali saluti", Formal),
    ("Distinti saluti", Formal),
    ("Saluti", Neutral),
    ("Met vriendelijke groet", Formal),
    ("Groeten", Casual),
    ("Atenciosamente", Formal),
    ("Abraços", Casual),
    ("Pozdrawiam", Neutral),
];

/// A greeting or a sign-off stands on a short line of its own.
const PHRASE_LINE: usize = 80;

/// Language is told from so many bytes, and not from fewer than these words.
const LANGUAGE_LIMIT: usize = 1000;
const LANGUAGE_WORDS: i64 = 4;

/// Counts what `text`, the owner's own words, shows of their style.
#[must_use]
pub fn count(text: &str) -> Counted {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let greeting = lines().next().and_then(|line| phrase(line, &GREETINGS));
    let sign_off = lines()
        .rev()
        .take(4)
        .find_map(|line| phrase(line, &SIGN_OFFS));
    let words = i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX);
    let language = (words >= LANGUAGE_WORDS)
        .then(|| whatlang::detect(&text[..text.floor_char_boundary(LANGUAGE_LIMIT)]))
        .flatten()
        .filter(|info| info.is_reliable() || info.confidence() > 0.5)
        .map(|info| info.lang().code());
    let formality = match (greeting.map(|found| found.1), sign_off.map(|found| found.1)) {
        (Some(Casual), _) | (None | Some(Neutral), Some(Casual)) => Casual,
        (Some(Formal), _) | (None | Some(Neutral), Some(Formal)) => Formal,
        _ => Neutral,
    };
    Counted {
        greeting: greeting.map(|found| found.0),
        sign_off: sign_off.map(|found| found.0),
        words,
        sentences: sentences(text).max(i64::from(words > 0)),
        formality,
        language,
        emoji: text.chars().any(is_emoji)
            || [":-)", ":)", ";-)", ";)", ":-("]
                .iter()
                .any(|smile| text.contains(smile)),
    }
}

fn phrase(line: &str, phrases: &[(&'static str, Formality)]) -> Option<(&'static str, Formality)> {
    if line.len() > PHRASE_LINE {
        return None;
    }
    let line = line.to_lowercase();
    phrases
        .iter()
        .find(|(phrase, _)| {
            line.strip_prefix(&phrase.to_lowercase())
                .is_some_and(|rest| {
                    !rest.starts_with(char::is_alphanumeric)
                        || *phrase == "Liebe" && rest.starts_with('r')
                })
        })
        .copied()
}

/// Ends of sentences: a mark at the end of a word.
fn sentences(text: &str) -> i64 {
    let ends = text
        .split_whitespace()
        .filter(|word| word.ends_with(['.', '!', '?', '…']))
        .count();
    i64::try_from(ends).unwrap_or(i64::MAX)
}

fn is_emoji(letter: char) -> bool {
    matches!(letter, '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}')
}

/// How often something was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// What.
    pub text: String,
    /// In so many mails.
    pub count: i64,
}

/// The owner's style: overall, or towards one correspondent.
#[derive(Clone, Debug)]
pub struct Style {
    /// Mails that were counted.
    pub mails: i64,
    /// The commonest first.
    pub greetings: Vec<Share>,
    /// The commonest first.
    pub sign_offs: Vec<Share>,
    /// The commonest first, ISO 639-3.
    pub languages: Vec<Share>,
    /// Half of the mails have at most so many words.
    pub median_words: i64,
    /// On average.
    pub words_per_sentence: f64,
    /// Formal ones, of those that are formal or casual; between 0 and 1.
    pub formal_share: f64,
    /// Mails with an emoji or a smiley; between 0 and 1.
    pub emoji_share: f64,
}

/// The owner's style in an account, or only towards `correspondent` (an address in lower case); `None` where the owner
/// wrote nothing.
///
/// # Errors
/// Where the database fails.
pub async fn of(
    pool: &SqlitePool,
    account: i64,
    correspondent: Option<&str>,
) -> Result<Option<Style>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT greeting, sign_off, language, words, sentences, formality, emoji
           FROM messages JOIN sent_mails ON sent_mails.message = messages.id
           WHERE messages.account_id = ?1 AND messages.kind = 'sent'
             AND (?2 IS NULL OR contact_id = (SELECT id FROM contacts WHERE account_id = ?1 AND address = ?2))"#,
        account,
        correspondent
    )
    .fetch_all(pool)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut words: Vec<i64> = rows.iter().map(|row| row.words).collect();
    words.sort_unstable();
    let number = |counted: i64| counted as f64;
    let of_formality = |formality: Formality| {
        number(
            rows.iter()
                .filter(|row| row.formality == formality.as_str())
                .map(|_| 1)
                .sum(),
        )
    };
    let (formal, casual) = (of_formality(Formal), of_formality(Casual));
    Ok(Some(Style {
        mails: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        greetings: commonest(rows.iter().filter_map(|row| row.greeting.as_deref())),
        sign_offs: commonest(rows.iter().filter_map(|row| row.sign_off.as_deref())),
        languages: commonest(rows.iter().filter_map(|row| row.language.as_deref())),
        median_words: words[words.len() / 2],
        words_per_sentence: number(words.iter().sum())
            / number(rows.iter().map(|row| row.sentences).sum::<i64>().max(1)),
        formal_share: formal / (formal + casual).max(1.0),
        emoji_share: number(rows.iter().map(|row| row.emoji).sum()) / number(rows.len() as i64),
    }))
}

fn commonest<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Share> {
    let mut counts = std::collections::BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_insert(0) += 1;
    }
    let mut shares: Vec<Share> = counts
        .into_iter()
        .map(|(text, count)| Share {
            text: text.to_owned(),
            count,
        })
        .collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.count));
    shares.truncate(6);
    shares
}
