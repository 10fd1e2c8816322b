//! The words that the cutter knows, in English, German, French, Spanish, Italian, Dutch,
//! Portuguese and Polish. All are folded (see `fold`): lower case, no accents.

pub(super) mod attributions;
pub(super) mod closings;
pub(super) mod headers;
pub(super) mod notices;
