//! Turns a mail's HTML into text, quotes as `> ` lines. Nothing in it is run, and nothing is loaded.

/// So many bytes of HTML are read: the words come first, and a hostile tree stays small.
const LIMIT: usize = 128 * 1024;

/// Wide enough that paragraphs stay on one line, as their author wrote them.
const WIDTH: usize = 2000;

/// The text of `html`; empty where there is none, or where it cannot be laid out.
#[must_use]
pub fn to_text(html: &str) -> String {
    let html = &html[..html.floor_char_boundary(LIMIT)];
    html2text::config::plain_no_decorate()
        .link_footnotes(false)
        .raw_mode(true)
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH)
        .unwrap_or_default()
}
