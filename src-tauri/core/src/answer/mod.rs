//! What learning is for: a new mail's best earlier questions, with the owner's own answers to them.

pub mod exam;
pub mod find;
mod rank;
pub mod scale;

#[cfg(test)]
mod tests;
