//! What starts real things around the app for tests, and ends what it started by its id.

pub mod desktop;
