//! What one mail teaches, ready to be kept.

use crate::learn::style::{self, Counted};
use crate::mail::key::{Key, hash63};
use crate::mail::message::{Message, Origin, Person, Turn, clipped};

/// So much of a received mail is kept, in bytes: enough to know the question by.
const QUESTION_LIMIT: usize = 4 * 1024;

/// So much of the owner's own mail is kept, in bytes.
const ANSWER_LIMIT: usize = 16 * 1024;

/// What one mail teaches.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub(super) key_hash: i64,
    pub(super) kind: &'static str,
    /// The author of a received mail, the first recipient of a sent one.
    pub(super) contact: Option<Person>,
    pub(super) sent_at: i64,
    pub(super) message_id: String,
    pub(super) id_hash: i64,
    pub(super) subject: String,
    pub(super) subject_hash: i64,
    pub(super) text: String,
    pub(super) sent: Option<Sent>,
}

/// What only a mail of the owner's own teaches.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) recipients: Vec<Person>,
    pub(super) parents: Vec<i64>,
    /// 0 where the subject does not say that it is a reply.
    pub(super) reply_subject_hash: i64,
    pub(super) counted: Counted,
}

impl Lesson {
    /// What `message` teaches the owner of the addresses `me`.
    pub(super) fn of(key: Key, message: Message, me: &[String]) -> Self {
        let is_mine = |person: &Person| me.binary_search(&person.address).is_ok();
        // An automatic answer in the owner's name says nothing of how the owner answers.
        let is_sent =
            message.origin != Origin::Automatic && message.from.as_ref().is_some_and(is_mine);
        let kind = match message.origin {
            _ if is_sent => "sent",
            Origin::Personal => "personal",
            Origin::List => "list",
            Origin::Newsletter => "newsletter",
            Origin::Automatic => "automatic",
        };
        let text = clipped(
            &message.text,
            if is_sent {
                ANSWER_LIMIT
            } else {
                QUESTION_LIMIT
            },
        );
        let subject_hash = hash_or_zero(&message.base_subject);
        let mut key_hash = [0; 8];
        key_hash.copy_from_slice(&key.as_bytes()[8..]);
        let sent = is_sent.then(|| Sent {
            reply_subject_hash: if message.turn == Turn::Reply {
                subject_hash
            } else {
                0
            },
            parents: match message.turn {
                Turn::Forward => Vec::new(),
                Turn::Opening | Turn::Reply => {
                    message.parents.iter().map(|id| hash63(id)).collect()
                }
            },
            counted: style::count(&text),
            recipients: message.recipients.clone(),
        });
        Self {
            key_hash: i64::from_le_bytes(key_hash) & i64::MAX,
            kind,
            contact: if is_sent {
                message.recipients.into_iter().next()
            } else {
                message.from
            },
            sent_at: message.sent_at,
            id_hash: hash_or_zero(&message.message_id),
            message_id: message.message_id,
            subject: message.subject,
            subject_hash,
            text,
            sent,
        }
    }
}

fn hash_or_zero(text: &str) -> i64 {
    if text.is_empty() { 0 } else { hash63(text) }
}
