//! stub
pub struct Body { pub text: String }
pub fn own_words(text: &str) -> Body { Body { text: text.trim().to_string() } }
pub fn unflow(text: &str, _del_sp: bool) -> String { text.to_string() }
