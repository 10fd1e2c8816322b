//! format=flowed text (RFC 3676) made whole again.

/// Joins format=flowed lines (RFC 3676 4.1 to 4.5; `del_sp` is the DelSp parameter). Quote marks
/// stay, as ">>" and one space, and so does the signature delimiter "-- ".
pub fn unflow(text: &str, del_sp: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    // The quote depth of the paragraph that still goes on.
    let mut open: Option<usize> = None;
    for (at, raw) in text.split('\n').enumerate() {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        let content = raw.trim_start_matches('>');
        let depth = raw.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let delimiter = content == "-- ";

        if open == Some(depth) && !delimiter {
            // The line goes on.
        } else {
            if at > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            // Stuffing stays where the text would else look quoted.
            if (depth > 0 && !content.is_empty()) || (depth == 0 && content.starts_with('>')) {
                out.push(' ');
            }
        }
        if content.ends_with(' ') && !delimiter {
            open = Some(depth);
            out.push_str(if del_sp {
                &content[..content.len() - 1]
            } else {
                content
            });
        } else {
            open = None;
            out.push_str(content);
        }
    }
    out
}
