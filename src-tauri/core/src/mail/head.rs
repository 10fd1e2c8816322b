//! The few headers that planning a job needs, parsed without the rest of the mail: a mailbox is looked through much
//! more often than it is learned.

use std::sync::LazyLock;

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};

use crate::clock::Millis;
use crate::mail::key::{Key, hash63};

/// Header sections are read up to this many bytes; what a hostile mail puts after them is not looked at.
pub const HEAD_LIMIT: usize = 256 * 1024;

/// At most this many addresses of one mail count; a mail to ten thousand people is no conversation.
pub const ADDRESS_LIMIT: usize = 64;

/// What planning needs of a mail.
#[derive(Clone, Debug)]
pub struct Head {
    /// `None` where the mail has no Message-ID: the key is then made of all its bytes.
    pub key: Option<Key>,
    /// When it was sent, by its Date, else by its newest Received; 0 where it says neither.
    pub sent_at: Millis,
    /// The author's address, in lower case.
    pub from: Option<String>,
}

/// What finding out whose mailbox it is needs of a mail, beside its head.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// To and Cc, in lower case.
    pub recipients: Vec<String>,
    /// Delivered-To, X-Original-To and their like, in lower case.
    pub delivered_to: Vec<String>,
    /// The author's name, as the mail shows it.
    pub from_name: Option<String>,
    /// Of the Message-ID; 0 where there is none.
    pub id_hash: i64,
    /// Of the Message-ID that In-Reply-To names; 0 where there is none.
    pub parent_hash: i64,
}

static HEAD: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .header_id(HeaderName::MessageId)
        .header_date(HeaderName::Date)
        .header_address(HeaderName::From)
        .default_header_ignore()
});

static RECEIVED: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .header_received(HeaderName::Received)
        .default_header_ignore()
});

const DELIVERY: [&str; 4] = [
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
];

static ENVELOPE: LazyLock<MessageParser> = LazyLock::new(|| {
    let parser = MessageParser::new()
        .header_id(HeaderName::MessageId)
        .header_id(HeaderName::InReplyTo)
        .header_address(HeaderName::From)
        .header_address(HeaderName::To)
        .header_address(HeaderName::Cc);
    DELIVERY
        .into_iter()
        .fold(parser, |parser, name| parser.header_address(named(name)))
        .default_header_ignore()
});

impl Head {
    /// Reads the header section `bytes`; a section without any header still has a head, only an empty one.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let Some(message) = HEAD.parse_headers(bytes) else {
            return Self {
                key: None,
                sent_at: 0,
                from: None,
            };
        };
        let from = message.from().and_then(first_address);
        let date = date_of(&message);
        let key = message
            .message_id()
            .filter(|id| !id.is_empty())
            .map(|id| Key::of_headers(id, date, from.as_deref()));
        let sent_at = date.or_else(|| received_at(bytes)).unwrap_or(0);
        Self { key, sent_at, from }
    }
}

impl Envelope {
    /// Reads the header section `bytes`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let Some(message) = ENVELOPE.parse_headers(bytes) else {
            return Self::default();
        };
        let delivered_to = DELIVERY
            .into_iter()
            .flat_map(|name| message.header_values(named(name)))
            .filter_map(HeaderValue::as_address)
            .filter_map(first_address)
            .take(ADDRESS_LIMIT)
            .collect();
        Self {
            recipients: recipients_of(&message),
            from_name: message
                .from()
                .and_then(|from| from.iter().find_map(|address| address.name()))
                .map(|name| name.trim().to_lowercase()),
            delivered_to,
            id_hash: message.message_id().map_or(0, hash63),
            parent_hash: first_id(message.in_reply_to()).map_or(0, hash63),
        }
    }
}

/// The parser's own name of a header: it knows some by heart, and compares only like with like.
pub(crate) fn named(name: &'static str) -> HeaderName<'static> {
    HeaderName::parse(name).unwrap_or(HeaderName::Other(name.into()))
}

/// When the mail says that it was sent.
pub(crate) fn date_of(message: &Message<'_>) -> Option<Millis> {
    let date = message.date().filter(|date| date.is_valid())?;
    in_bounds(date.to_timestamp())
}

/// When the last server got it: the uppermost Received header.
pub(crate) fn received_at(head: &[u8]) -> Option<Millis> {
    let message = RECEIVED.parse_headers(head)?;
    let date = message.received()?.date()?;
    in_bounds(date.to_timestamp())
}

/// A date within the years 1970 to 2200, in milliseconds: a forged one can neither overflow nor stay on top for ever.
fn in_bounds(seconds: i64) -> Option<Millis> {
    (0..7_258_118_400)
        .contains(&seconds)
        .then(|| seconds * 1000)
}

/// To and Cc of a parsed mail.
pub(crate) fn recipients_of(message: &Message<'_>) -> Vec<String> {
    let lists = [message.to(), message.cc()];
    lists
        .into_iter()
        .flatten()
        .flat_map(Address::iter)
        .filter_map(|address| address.address())
        .filter_map(normal)
        .take(ADDRESS_LIMIT)
        .collect()
}

/// The first address of a header, in lower case.
pub(crate) fn first_address(address: &Address<'_>) -> Option<String> {
    address
        .iter()
        .filter_map(|address| address.address())
        .find_map(normal)
}

/// An address as it is compared: lower case, trimmed, with an @ and of a bounded length (RFC 5321 4.5.3.1.3).
#[must_use]
pub fn normal(address: &str) -> Option<String> {
    let address = address.trim().trim_matches(['<', '>']);
    (address.len() <= 254 && address.contains('@')).then(|| address.to_lowercase())
}

/// The first of a header's message ids.
pub(crate) fn first_id<'a>(value: &'a HeaderValue<'_>) -> Option<&'a str> {
    match value {
        HeaderValue::Text(id) => Some(id),
        HeaderValue::TextList(ids) => ids.first().map(AsRef::as_ref),
        _ => None,
    }
}
