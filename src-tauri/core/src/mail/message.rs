//! One mail, parsed for learning: who, when, in which thread, and its author's own words.

use std::sync::LazyLock;

use mail_parser::{Address, HeaderName, HeaderValue, MessageParser, MimeHeaders, PartType};

use crate::clock::Millis;
use crate::mail::head::{ADDRESS_LIMIT, date_of, first_id, named, normal, received_at};
use crate::mail::source::end_of_head;
use crate::mail::{body, html};

/// A thread's ids beyond this many are not followed.
const PARENT_LIMIT: usize = 20;

/// Ids and subjects are kept up to this many bytes; RFC 5322 2.1.1 allows lines of 998.
const LINE_LIMIT: usize = 998;

/// So much text of one mail is looked at for its author's words.
const TEXT_LIMIT: usize = 256 * 1024;

/// Mails within mails are parsed up to this many; what follows is attachments of attachments.
const NESTED_LIMIT: usize = 64;

/// Whether a person wrote the mail to people, to a list, or a machine did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A person wrote it to somebody.
    Personal,
    /// It came through a mailing list (RFC 2369 List-Post, RFC 2919 List-Id).
    List,
    /// It was sent to many, who can only unsubscribe.
    Newsletter,
    /// A machine wrote it (RFC 3834 Auto-Submitted, reports, no-reply senders).
    Automatic,
}

/// What a subject says of a mail's place in its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It begins a thread.
    Opening,
    /// It answers, by `Re:` or its like.
    Reply,
    /// It passes on, by `Fwd:` or its like.
    Forward,
}

/// Somebody's name and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// In lower case.
    pub address: String,
    /// As the mail shows it.
    pub name: Option<String>,
}

/// A parsed mail.
#[derive(Clone, Debug)]
pub struct Message {
    /// The Message-ID without its angle brackets; empty where there is none.
    pub message_id: String,
    /// When it was sent; 0 where it does not say.
    pub sent_at: Millis,
    /// Its author.
    pub from: Option<Person>,
    /// To, then Cc.
    pub recipients: Vec<Person>,
    /// The subject as it stands.
    pub subject: String,
    /// The subject without its `Re:` and `Fwd:` (RFC 5256 2.1), in lower case.
    pub base_subject: String,
    /// What the subject says that this is.
    pub turn: Turn,
    /// Message-IDs that it follows, nearest first: In-Reply-To, then References from the last to the first.
    pub parents: Vec<String>,
    /// Who or what wrote it.
    pub origin: Origin,
    /// The author's own words; empty for a newsletter.
    pub text: String,
}

/// Why bytes are no mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has none of the headers that a mail has")]
pub struct NotAMail;

static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    let parser = MessageParser::new()
        .with_mime_headers()
        .with_message_ids()
        .header_date(HeaderName::Date)
        .header_address(HeaderName::From)
        .header_address(HeaderName::To)
        .header_address(HeaderName::Cc)
        .header_text(HeaderName::Subject)
        .header_raw(HeaderName::Received)
        .header_raw(HeaderName::ReturnPath);
    TELLING
        .into_iter()
        .fold(parser, |parser, name| parser.header_text(named(name)))
        .default_header_ignore()
});

/// Headers that tell who or what wrote a mail.
const TELLING: [&str; 10] = [
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "Mailing-List",
    "X-BeenThere",
    "X-Mailman-Version",
    "Precedence",
    "Auto-Submitted",
    "X-Autoreply",
    "X-Auto-Response-Suppress",
];

impl Message {
    /// Parses a whole mail.
    ///
    /// # Errors
    /// Where `raw` has none of the headers that a mail has.
    pub fn parse(raw: &[u8]) -> Result<Self, NotAMail> {
        let raw = without_deep_nesting(raw);
        let mail = PARSER.parse(raw).ok_or(NotAMail)?;
        if !mail
            .headers()
            .iter()
            .any(|header| is_of_a_mail(&header.name))
        {
            return Err(NotAMail);
        }
        let origin = origin_of(&mail);
        let subject = clipped(mail.subject().unwrap_or_default(), LINE_LIMIT);
        let base = mail.thread_name().unwrap_or_default().trim().to_lowercase();
        let text = match origin {
            Origin::Newsletter => String::new(),
            _ => body::own_words(&plain_text(&mail)).text,
        };
        let head = &raw[..end_of_head(raw, 0).unwrap_or(raw.len())];
        Ok(Self {
            message_id: clipped(mail.message_id().unwrap_or_default(), LINE_LIMIT),
            sent_at: date_of(&mail).or_else(|| received_at(head)).unwrap_or(0),
            from: mail.from().and_then(|from| people(from).next()),
            recipients: [mail.to(), mail.cc()]
                .into_iter()
                .flatten()
                .flat_map(people)
                .take(ADDRESS_LIMIT)
                .collect(),
            turn: turn_of(&subject, &base),
            base_subject: clipped(&base, LINE_LIMIT),
            subject,
            parents: parents_of(&mail),
            origin,
            text,
        })
    }
}

/// Headers of which every mail has one.
fn is_of_a_mail(name: &HeaderName<'_>) -> bool {
    matches!(
        name,
        HeaderName::From
            | HeaderName::To
            | HeaderName::Date
            | HeaderName::Subject
            | HeaderName::MessageId
            | HeaderName::Received
            | HeaderName::ReturnPath
            | HeaderName::MimeVersion
            | HeaderName::ContentType
    )
}

fn people<'a>(address: &'a Address<'_>) -> impl Iterator<Item = Person> + 'a {
    address.iter().filter_map(|addr| {
        Some(Person {
            address: normal(addr.address()?)?,
            name: addr
                .name()
                .map(|name| clipped(name.trim(), 200))
                .filter(|name| !name.is_empty()),
        })
    })
}

fn turn_of(subject: &str, base: &str) -> Turn {
    const FORWARD: [&str; 9] = ["fwd", "fw", "wg", "tr", "rv", "enc", "doorst", "pd", "i"];
    let first = subject
        .split(':')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    if base.len() >= subject.trim().len() {
        Turn::Opening
    } else if FORWARD.contains(&first.as_str()) {
        Turn::Forward
    } else {
        Turn::Reply
    }
}

fn parents_of(mail: &mail_parser::Message<'_>) -> Vec<String> {
    let direct = first_id(mail.in_reply_to());
    let references: Vec<&str> = match mail.references() {
        HeaderValue::Text(id) => vec![id],
        HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    let mut parents: Vec<String> = Vec::new();
    for id in direct
        .into_iter()
        .chain(references.into_iter().rev())
        .take(PARENT_LIMIT)
    {
        let id = clipped(id, LINE_LIMIT);
        if !id.is_empty() && !parents.contains(&id) {
            parents.push(id);
        }
    }
    parents
}

fn header<'a>(mail: &'a mail_parser::Message<'_>, name: &'static str) -> Option<&'a str> {
    mail.header(named(name))?.as_text()
}

fn origin_of(mail: &mail_parser::Message<'_>) -> Origin {
    let has = |name: &'static str| mail.header(named(name)).is_some();
    let precedence = header(mail, "Precedence")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let auto_submitted =
        header(mail, "Auto-Submitted").is_some_and(|by| !by.trim().eq_ignore_ascii_case("no"));
    let is_report = mail.content_type().is_some_and(|kind| {
        kind.c_type.eq_ignore_ascii_case("multipart")
            && kind
                .c_subtype
                .as_deref()
                .is_some_and(|sub| sub.eq_ignore_ascii_case("report"))
    });
    let from = mail
        .from()
        .and_then(|from| people(from).next())
        .map(|person| person.address);
    if auto_submitted
        || is_report
        || has("X-Autoreply")
        || has("X-Auto-Response-Suppress")
        || precedence.trim() == "auto_reply"
        || from.as_deref().is_some_and(is_machine)
    {
        Origin::Automatic
    } else if has("List-Post")
        || has("Mailing-List")
        || has("X-BeenThere")
        || has("X-Mailman-Version")
        || precedence.trim() == "list"
    {
        Origin::List
    } else if has("List-Unsubscribe")
        || has("List-Id")
        || precedence.trim() == "bulk"
        || precedence.trim() == "junk"
    {
        Origin::Newsletter
    } else {
        Origin::Personal
    }
}

/// Addresses that nobody reads.
fn is_machine(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    let plain: String = local
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .collect();
    [
        "noreply",
        "donotreply",
        "dontreply",
        "mailerdaemon",
        "nichtantworten",
        "neantwoord",
        "nepasrepondre",
    ]
    .iter()
    .any(|name| plain.starts_with(name) || plain.ends_with(name))
        || plain == "postmaster"
}

/// The text parts one after another, HTML turned to text, flowed lines joined.
fn plain_text(mail: &mail_parser::Message<'_>) -> String {
    let mut text = String::new();
    for part in mail.text_bodies() {
        let piece = match &part.body {
            PartType::Html(page) => html::to_text(page),
            PartType::Text(plain) => {
                let plain = &plain[..plain.floor_char_boundary(TEXT_LIMIT)];
                let attribute = |name| part.content_type().and_then(|kind| kind.attribute(name));
                if attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
                    let del_sp =
                        attribute("delsp").is_some_and(|yes| yes.eq_ignore_ascii_case("yes"));
                    body::unflow(plain, del_sp)
                } else {
                    plain.to_owned()
                }
            }
            _ => continue,
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&piece);
        if text.len() >= TEXT_LIMIT {
            break;
        }
    }
    text
}

/// Cuts `raw` before mails nest deeper than anybody sends them: a tree of ten thousand mails is a trap, and what a mail
/// says stands before its attachments.
fn without_deep_nesting(raw: &[u8]) -> &[u8] {
    let nesting = memchr::memchr_iter(b'/', raw).filter(|at| {
        let before = |word: &[u8]| {
            at.checked_sub(word.len())
                .is_some_and(|start| raw[start..*at].eq_ignore_ascii_case(word))
        };
        before(b"message") || before(b"multipart")
    });
    nesting
        .into_iter()
        .nth(NESTED_LIMIT)
        .map_or(raw, |at| &raw[..at])
}

/// At most `limit` bytes of `text`, without control characters, which neither a terminal nor SQL should meet.
#[must_use]
pub fn clipped(text: &str, limit: usize) -> String {
    let text = &text[..text.floor_char_boundary(limit)];
    let unwanted = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    text.replace(unwanted, "")
}
