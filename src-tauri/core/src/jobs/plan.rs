//! Looks through a mailbox and says which mails a job is to look at, in which order. Reads heads only, and holds no more
//! than the mails that are wanted.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::sync_channel;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use tokio_util::sync::CancellationToken;

use super::job::{Direction, Options, Order};
use crate::clock::{DAY, Millis};
use crate::learn::learner::Mail;
use crate::mail::head::{Envelope, Head};
use crate::mail::key::Key;
use crate::mail::owner::{OwnerAddress, Survey};
use crate::mail::source::{Found, Mailbox, MailboxError, Place};

/// So many mails are handed from the reading thread at once, and so many of these handfuls wait at most.
const HANDFUL: usize = 128;
const WAITING: usize = 8;

/// The mails that a job looks at.
#[derive(Debug)]
pub(super) struct Plan {
    /// In the order in which they are learned; each key once.
    pub(super) mails: Vec<Mail>,
    /// Mails that are in the mailbox once more.
    pub(super) twice: usize,
}

/// What a plan is made by.
pub(super) struct Wanted<'a> {
    pub(super) options: &'a Options,
    /// The owner's addresses.
    pub(super) me: &'a [String],
    pub(super) now: Millis,
}

/// One mail's head, read.
struct Seen {
    mail: Mail,
    head: Head,
    envelope: Option<Envelope>,
    in_sent_folder: bool,
}

/// Whose mailbox it is.
pub(super) fn survey(
    mailbox: &Mailbox,
    stop: &CancellationToken,
) -> Result<(Vec<OwnerAddress>, usize), MailboxError> {
    let mut survey = Survey::default();
    let mut mails = 0;
    look_through(mailbox, stop, true, |seen| {
        mails += 1;
        if let Some(envelope) = &seen.envelope {
            survey.ask(&seen.head, envelope, seen.in_sent_folder);
        }
    })?;
    Ok((survey.answer(), mails))
}

/// Which mails are wanted; `found` hears how many were looked at so far.
pub(super) fn plan(
    mailbox: &Mailbox,
    wanted: &Wanted<'_>,
    stop: &CancellationToken,
    found: &mut dyn FnMut(usize),
) -> Result<Plan, MailboxError> {
    let mut picks = Picks::new(wanted.options);
    let mut looked = 0;
    look_through(mailbox, stop, false, |seen| {
        looked += 1;
        if looked % HANDFUL == 0 {
            found(looked);
        }
        if wanted.wants(&seen) {
            picks.add(seen.head.sent_at, seen.mail);
        }
    })?;
    found(looked);
    Ok(picks.done())
}

impl Wanted<'_> {
    fn wants(&self, seen: &Seen) -> bool {
        let from = seen.head.from.as_deref().unwrap_or_default();
        let is_mine = self.me.iter().any(|me| me == from);
        let by_kind = match self.options.kind {
            Direction::Both => true,
            Direction::Sent => is_mine,
            Direction::Received => !is_mine,
        };
        let oldest = self
            .options
            .days
            .map(|days| self.now - Millis::from(days) * DAY);
        by_kind
            && oldest.is_none_or(|oldest| seen.head.sent_at >= oldest)
            && !self
                .options
                .exclude
                .iter()
                .any(|excluded| is_at(from, excluded))
    }
}

/// Whether `address` is `excluded`, or in that domain or below it.
fn is_at(address: &str, excluded: &str) -> bool {
    let excluded = excluded.trim().trim_start_matches('@').to_lowercase();
    if excluded.contains('@') {
        return address == excluded;
    }
    let domain = address.rsplit('@').next().unwrap_or_default();
    !excluded.is_empty()
        && (domain == excluded
            || domain
                .strip_suffix(&excluded)
                .is_some_and(|sub| sub.ends_with('.')))
}

/// The best so far: never more than twice as many as are wanted.
struct Picks {
    most: usize,
    order: Order,
    mails: Vec<(Millis, Mail)>,
}

impl Picks {
    fn new(options: &Options) -> Self {
        Self {
            most: usize::try_from(options.most).unwrap_or(usize::MAX),
            order: options.order,
            mails: Vec::new(),
        }
    }

    fn add(&mut self, sent_at: Millis, mail: Mail) {
        self.mails.push((sent_at, mail));
        if self.mails.len() >= self.most.saturating_mul(2).max(HANDFUL) {
            self.cut();
        }
    }

    /// Sorts, and drops what is too much. The key breaks ties, so that the order in which files were found cannot matter.
    fn cut(&mut self) {
        match self.order {
            Order::Newest => {
                self.mails
                    .sort_unstable_by_key(|(at, mail)| (std::cmp::Reverse(*at), mail.key));
            }
            Order::Oldest => self
                .mails
                .sort_unstable_by_key(|(at, mail)| (*at, mail.key)),
        }
        self.mails.truncate(self.most);
    }

    fn done(mut self) -> Plan {
        self.cut();
        let all = self.mails.len();
        let mut keys = HashSet::with_capacity(all);
        let mails: Vec<Mail> = self
            .mails
            .into_iter()
            .map(|(_, mail)| mail)
            .filter(|mail| keys.insert(mail.key))
            .collect();
        Plan {
            twice: all - mails.len(),
            mails,
        }
    }
}

/// Reads every head: one thread reads the mailbox, the others parse.
fn look_through(
    mailbox: &Mailbox,
    stop: &CancellationToken,
    with_envelope: bool,
    mut each: impl FnMut(Seen),
) -> Result<(), MailboxError> {
    let (hand, take) = sync_channel::<Vec<Found>>(WAITING);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut handful = Vec::with_capacity(HANDFUL);
            let read = mailbox.scan(|found| {
                handful.push(found);
                if handful.len() < HANDFUL {
                    return true;
                }
                let full = std::mem::replace(&mut handful, Vec::with_capacity(HANDFUL));
                hand.send(full).is_ok() && !stop.is_cancelled()
            });
            // A receiver that is gone has seen enough.
            let _ = hand.send(handful);
            read
        });
        for handful in take {
            let seen: Vec<Seen> = handful
                .into_par_iter()
                .map(|found| see(mailbox, found, with_envelope))
                .collect();
            seen.into_iter().for_each(&mut each);
        }
        reader.join().unwrap_or(Ok(()))
    })
}

fn see(mailbox: &Mailbox, found: Found, with_envelope: bool) -> Seen {
    let Found { place, head: bytes } = found;
    let in_sent_folder = mailbox.is_sent_folder(&place);
    // A head that makes the parser panic is planned like any other mail: its report comes from learning it.
    let parsed = bytes.ok().and_then(|bytes| {
        catch_unwind(AssertUnwindSafe(|| {
            (
                Head::parse(&bytes),
                with_envelope.then(|| Envelope::parse(&bytes)),
            )
        }))
        .ok()
    });
    let (head, envelope) = parsed.unwrap_or((
        Head {
            key: None,
            sent_at: 0,
            from: None,
        },
        None,
    ));
    let key = head
        .key
        .unwrap_or_else(|| key_without_id(mailbox, &place, head.sent_at));
    Seen {
        mail: Mail { key, place },
        head,
        envelope,
        in_sent_folder,
    }
}

fn key_without_id(mailbox: &Mailbox, place: &Place, sent_at: Millis) -> Key {
    match mailbox.read(place) {
        Ok(mail) => Key::of_bytes(sent_at, &mail),
        Err(_) => Key::of_place(&mailbox.name_of(place)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_at;

    #[test]
    fn a_domain_excludes_its_subdomains_and_no_lookalikes() {
        assert!(is_at("a@shop.example", "shop.example"));
        assert!(is_at("a@news.shop.example", "@Shop.Example"));
        assert!(!is_at("a@myshop.example", "shop.example"));
        assert!(is_at("a@shop.example", "a@shop.example"));
        assert!(!is_at("b@shop.example", "a@shop.example"));
        assert!(!is_at("b@shop.example", ""));
    }
}
