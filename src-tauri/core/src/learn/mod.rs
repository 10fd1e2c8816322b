//! What is learned: pairs of mails and the owner's answers, patterns of them, the owner's style, the people written to;
//! and the ledger that says what was learned already. Knows nothing of jobs.
//!
//! Knowledge is a function of the set of mails that were learned: neither their order nor the jobs that they came in
//! can be read off it.

pub mod contact;
pub mod knowledge;
pub mod learner;
pub mod ledger;
pub mod local;
pub mod pair;
pub mod pattern;
pub mod stem;
pub mod style;
