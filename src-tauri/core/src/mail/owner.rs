//! Whose mailbox it is: the addresses from which its owner writes and at which the owner gets mail.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::mail::head::{Envelope, Head};

/// So many mails are asked; more would not change the answer, and memory stays bounded.
const LIMIT: usize = 50_000;

/// An address that may be the owner's, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerAddress {
    /// In lower case.
    pub address: String,
    /// Mails in a Sent folder that are from it.
    pub sent_from: u32,
    /// Mails that were delivered to it (Delivered-To, X-Original-To).
    pub delivered_to: u32,
    /// Mails to it that it answered.
    pub answered_as: u32,
    /// Whether it counts as the owner's.
    pub chosen: bool,
}

#[derive(Clone, Debug, Default)]
struct Evidence {
    sent_from: u32,
    delivered_to: u32,
    answered_as: u32,
    wrote: u32,
    received: u32,
    name: Option<String>,
}

/// Asks mail after mail, and then answers.
#[derive(Debug, Default)]
pub struct Survey {
    mails: usize,
    numbers: HashMap<String, u32>,
    evidence: Vec<(String, Evidence)>,
    recipients: HashMap<i64, Vec<u32>>,
    replies: Vec<(i64, u32)>,
}

impl Survey {
    /// Whether another mail can still change the answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.mails < LIMIT
    }

    /// Takes one mail into account.
    pub fn ask(&mut self, head: &Head, envelope: &Envelope, in_sent_folder: bool) {
        if !self.is_open() {
            return;
        }
        self.mails += 1;
        let recipients: Vec<u32> = envelope
            .recipients
            .iter()
            .map(|to| self.number(to))
            .collect();
        for to in &recipients {
            self.count(*to, |evidence| evidence.received += 1);
        }
        for to in &envelope.delivered_to {
            let to = self.number(to);
            self.count(to, |evidence| evidence.delivered_to += 1);
        }
        if let Some(from) = &head.from {
            let from = self.number(from);
            self.count(from, |evidence| {
                evidence.wrote += 1;
                evidence.sent_from += u32::from(in_sent_folder);
                if evidence.name.is_none() {
                    evidence.name.clone_from(&envelope.from_name);
                }
            });
            if envelope.parent_hash != 0 {
                self.replies.push((envelope.parent_hash, from));
            }
        }
        if envelope.id_hash != 0 {
            self.recipients.insert(envelope.id_hash, recipients);
        }
    }

    /// The addresses that may be the owner's, the likeliest first, at most eight.
    #[must_use]
    pub fn answer(mut self) -> Vec<OwnerAddress> {
        for (parent, from) in std::mem::take(&mut self.replies) {
            if self
                .recipients
                .get(&parent)
                .is_some_and(|to| to.contains(&from))
            {
                self.count(from, |evidence| evidence.answered_as += 1);
            }
        }
        let mails = u32::try_from(self.mails).unwrap_or(u32::MAX);
        let mut candidates: Vec<(String, Evidence)> = self
            .evidence
            .into_iter()
            .filter(|(_, seen)| {
                seen.sent_from > 0
                    || seen.delivered_to > 0
                    || seen.answered_as > 1
                    || seen.received * 2 > mails
            })
            .collect();
        // Who sends from the Sent folder is sure; then who gets the mail and answers it; the address itself last, so
        // that the order never depends on chance.
        candidates.sort_by_key(|(address, seen)| {
            let weight = u64::from(seen.sent_from) * 4
                + u64::from(seen.delivered_to.min(seen.wrote + seen.answered_as * 4)) * 2
                + u64::from(seen.answered_as) * 2
                + u64::from(seen.received) / 4;
            (std::cmp::Reverse(weight), address.clone())
        });
        candidates.truncate(8);
        let chosen = chosen(&candidates, mails);
        candidates
            .into_iter()
            .zip(chosen)
            .map(|((address, seen), chosen)| OwnerAddress {
                address,
                sent_from: seen.sent_from,
                delivered_to: seen.delivered_to,
                answered_as: seen.answered_as,
                chosen,
            })
            .collect()
    }

    fn number(&mut self, address: &str) -> u32 {
        if let Some(number) = self.numbers.get(address) {
            return *number;
        }
        let number = u32::try_from(self.evidence.len()).unwrap_or(u32::MAX);
        self.evidence
            .push((address.to_owned(), Evidence::default()));
        self.numbers.insert(address.to_owned(), number);
        number
    }

    fn count(&mut self, number: u32, add: impl FnOnce(&mut Evidence)) {
        if let Some((_, evidence)) = self.evidence.get_mut(number as usize) {
            add(evidence);
        }
    }
}

/// Which candidates are one and the same owner: the first, and those that speak for themselves as strongly, or that
/// write under the first one's name.
fn chosen(candidates: &[(String, Evidence)], mails: u32) -> Vec<bool> {
    let Some((_, first)) = candidates.first() else {
        return Vec::new();
    };
    let speaks = |seen: &Evidence| {
        seen.sent_from > 0
            || seen.answered_as > 1
            || seen.delivered_to > 0
            || (seen.received * 2 > mails && mails > 1)
    };
    if !speaks(first) {
        return vec![false; candidates.len()];
    }
    candidates
        .iter()
        .enumerate()
        .map(|(index, (_, seen))| {
            let sends = seen.sent_from > 0 && seen.sent_from * 20 >= first.sent_from;
            let gets_and_writes =
                seen.delivered_to * 20 > mails && seen.wrote > 0 && first.sent_from == 0;
            let same_name = seen.name.is_some()
                && seen.name == first.name
                && seen.wrote > 0
                && (seen.delivered_to > 0 || seen.answered_as > 0 || seen.sent_from > 0);
            index == 0 || sends || gets_and_writes || same_name
        })
        .collect()
}
