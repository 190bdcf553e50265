//! Links in texts of others, which may open something to everyone who reads them: signatures are in queries.

/// How the address of a link begins, also in JSON whose slashes are escaped.
const STARTS: [&str; 2] = ["://", ":\\/\\/"];

/// The text with user, password, query and fragment cut out of every link.
pub(crate) fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = STARTS.iter().filter_map(|start| Some(rest.find(start)? + start.len())).min() {
        let (before, link) = rest.split_at(at);
        clean.push_str(before);
        let is_end = |c: char| c.is_whitespace() || "\"'`)>".contains(c);
        let (link, after) = link.split_at(link.find(is_end).unwrap_or(link.len()));
        // What ends a sentence or a clause is none of it.
        let (link, end) = link.split_at(link.trim_end_matches([',', '.', ':', ';']).len());
        let (place, query) = link.split_at(link.find(['?', '#']).unwrap_or(link.len()));
        let host_end = place.find(['/', '\\']).unwrap_or(place.len());
        let host_start = place[..host_end].rfind('@').map_or(0, |at| at + 1);
        clean.push_str(&place[host_start..]);
        if !query.is_empty() {
            clean.push_str("?…");
        }
        clean.push_str(end);
        rest = after;
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_its_host_and_path_alone() {
        for (text, shown) in [
            ("no :// at all", "no :// at all"),
            ("https://a.example.org/b.zip?sig=pw, or so", "https://a.example.org/b.zip?…, or so"),
            ("http://a/?…: no. See http://b.", "http://a/?…: no. See http://b."),
            ("(s3://me:pw@bucket/b#pw) and http://b", "(s3://bucket/b?…) and http://b"),
            (r#"{"url":"https:\/\/me:pw@a.org\/b?sig=pw"}"#, r#"{"url":"https:\/\/a.org\/b?…"}"#),
            ("https://a/?x=https://b/?pw", "https://a/?…"),
            ("why? because", "why? because"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }
}
