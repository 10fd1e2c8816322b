//! What makes a mail the same mail, wherever it lies.

use std::fmt;

use crate::clock::Millis;

/// A message's key: when it was sent, then 96 bits of BLAKE3 over its Message-ID, Date and From, or over its bytes where
/// it has no Message-ID. The same mail in two folders has one key, and a forged Message-ID alone hides no other mail.
///
/// The time comes first because jobs learn in the order of time: the ledger then grows at its end, where keys of
/// nothing but hash would touch a page of it for every mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of a mail that has a Message-ID.
    #[must_use]
    pub fn of_headers(message_id: &str, date: Option<Millis>, from: Option<&str>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(b"id\0")
            .update(message_id.as_bytes())
            .update(b"\0");
        hasher.update(&date.unwrap_or(i64::MIN).to_le_bytes());
        hasher.update(from.unwrap_or_default().as_bytes());
        Self::at(date.unwrap_or(0), &hasher.finalize())
    }

    /// The key of a mail without a Message-ID, from all its bytes; line ends and blank ends do not count, since
    /// mailboxes differ in them.
    #[must_use]
    pub fn of_bytes(sent_at: Millis, mail: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"bytes\0");
        for piece in mail.trim_ascii_end().split(|byte| *byte == b'\r') {
            hasher.update(piece);
        }
        Self::at(sent_at, &hasher.finalize())
    }

    /// The key of a mail that could not be read at all, from the place where it lies.
    #[must_use]
    pub fn of_place(place: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"place\0").update(place.as_bytes());
        Self::at(0, &hasher.finalize())
    }

    /// A key as the database keeps it; `None` where it is not 16 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// The bytes, as the database keeps them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn at(sent_at: Millis, hash: &blake3::Hash) -> Self {
        let seconds = u32::try_from(sent_at / 1000).unwrap_or(0);
        let mut key = [0; 16];
        key[..4].copy_from_slice(&seconds.to_be_bytes());
        key[4..].copy_from_slice(&hash.as_bytes()[..12]);
        Self(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&crate::db::hex(&self.0))
    }
}

/// 63 bits of BLAKE3, never negative and never zero, for indexes over long texts.
#[must_use]
pub fn hash63(text: &str) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
    (i64::from_le_bytes(first) & i64::MAX).max(1)
}
