//! What learning is for: a new mail's best earlier questions, with the owner's own answers to them.

pub mod exam;
pub mod find;

#[cfg(test)]
mod tests;
