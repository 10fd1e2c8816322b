//! Where mail comes from, and what a mail says. Every mail is untrusted input: whatever its bytes are, these modules
//! answer in bounded time and memory, and never panic. They know neither learning nor jobs.

pub mod account;
pub mod body;
pub mod head;
pub mod html;
pub mod key;
pub mod message;
pub mod owner;
pub mod sample;
pub mod source;
