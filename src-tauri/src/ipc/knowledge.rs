//! What was learned of an account.

use serde::Serialize;
use specta::Type;
use specta_typescript::Number;
use tauri::State;
use understudy_core::jobs::Engine;
use understudy_core::learn::{contact, knowledge as known, pattern, style};

use super::{CommandError, count, rfc3339};

/// So many patterns and contacts are told.
const TOP: i64 = 50;

/// Texts of mails are told up to this many bytes.
const TEXT_LIMIT: usize = 4000;

/// What was learned of an account.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Knowledge {
    messages: u32,
    pairs: u32,
    patterns: u32,
    contacts: u32,
    /// Absent where the owner wrote nothing.
    style: Option<Style>,
    top_patterns: Vec<Pattern>,
    top_contacts: Vec<Contact>,
}

/// How often something was counted.
#[derive(Debug, Serialize, Type)]
pub struct Share {
    /// A phrase, or a language (ISO 639-3).
    text: String,
    count: u32,
}

impl From<style::Share> for Share {
    fn from(share: style::Share) -> Self {
        Self {
            text: share.text,
            count: count(share.count),
        }
    }
}

/// The owner's style, counted.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Style {
    mails: u32,
    greetings: Vec<Share>,
    sign_offs: Vec<Share>,
    median_words: u32,
    #[specta(type = Number)]
    words_per_sentence: f64,
    #[specta(type = Number)]
    formal_share: f64,
    #[specta(type = Number)]
    emoji_share: f64,
    languages: Vec<Share>,
}

impl From<style::Style> for Style {
    fn from(style: style::Style) -> Self {
        let shares = |shares: Vec<style::Share>| shares.into_iter().map(Share::from).collect();
        Self {
            mails: count(style.mails),
            greetings: shares(style.greetings),
            sign_offs: shares(style.sign_offs),
            languages: shares(style.languages),
            median_words: count(style.median_words),
            words_per_sentence: style.words_per_sentence,
            formal_share: style.formal_share,
            emoji_share: style.emoji_share,
        }
    }
}

/// What is asked again and again, with the owner's answer.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Pattern {
    id: String,
    question: String,
    answer: String,
    times: u32,
    /// Between 0 and 1; 0 where it is not proven.
    #[specta(type = Number)]
    confidence: f64,
    last_answered: String,
}

impl From<pattern::Pattern> for Pattern {
    fn from(pattern: pattern::Pattern) -> Self {
        Self {
            id: pattern.id.to_string(),
            question: clipped(pattern.question),
            answer: clipped(pattern.answer),
            times: count(pattern.times),
            confidence: pattern.confidence,
            last_answered: rfc3339(pattern.last_answered),
        }
    }
}

/// Somebody whom the owner answers.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    address: String,
    name: Option<String>,
    received: u32,
    sent: u32,
    answered: u32,
    median_answer_seconds: Option<u32>,
}

impl From<contact::Contact> for Contact {
    fn from(contact: contact::Contact) -> Self {
        Self {
            address: contact.address,
            name: contact.name,
            received: count(contact.received),
            sent: count(contact.sent),
            answered: count(contact.answered),
            median_answer_seconds: contact.median_answer_seconds.map(count),
        }
    }
}

fn clipped(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(TEXT_LIMIT));
    text
}

/// What was learned of an account.
#[tauri::command]
#[specta::specta]
pub async fn knowledge(
    engine: State<'_, Engine>,
    account_id: u32,
) -> Result<Knowledge, CommandError> {
    let (pool, account) = (engine.db().read(), i64::from(account_id));
    let extent = known::extent(pool, account).await?;
    let patterns = pattern::most_used(pool, account, TOP).await?;
    let contacts = contact::most_answered(pool, account, TOP).await?;
    Ok(Knowledge {
        messages: count(extent.messages),
        pairs: count(extent.pairs),
        patterns: count(extent.patterns),
        contacts: count(extent.contacts),
        style: style::of(pool, account, None).await?.map(Style::from),
        top_patterns: patterns.into_iter().map(Pattern::from).collect(),
        top_contacts: contacts.into_iter().map(Contact::from).collect(),
    })
}
