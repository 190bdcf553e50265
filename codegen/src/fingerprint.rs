//! What generating depends on and what it leaves, in one number: who knows the number of a generation that has been can
//! tell that another one would change nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use van_bulk_schema::snapshot::NAMES_LOCK;

use crate::{Config, Files};

/// A SHA-256, in hexadecimal, over everything that is generated from and everything that is generated: the sources of this
/// generator, the configuration, the documents of the snapshot, the files of the crate, and the text of `names.lock`, which
/// is both. The `names.lock` among the documents, as it was before, does not count.
///
/// `None` if this generator was built away from its sources, and so does not know itself: generate then.
///
/// ```
/// use van_bulk_codegen::{Config, fingerprint, generate};
/// use van_bulk_schema::Snapshot;
///
/// let documents = [("mapping-types.json".to_owned(), r#"{"items": []}"#.to_owned())].into();
/// let (snapshot, _findings) = Snapshot::parse(documents);
/// let config = Config::new("acme-mappings", "snapshots/acme");
/// let left = generate(&snapshot, &config).unwrap();
///
/// let of = |config| fingerprint(&snapshot.documents, config, &left.files, &left.names_lock);
/// let other = Config::new("other-mappings", "snapshots/acme");
/// assert_eq!(of(&config), of(&config));
/// assert_ne!(of(&config), of(&other));
/// ```
pub fn fingerprint(
    documents: &BTreeMap<String, String>,
    config: &Config,
    files: &Files,
    names_lock: &str,
) -> Option<String> {
    let mut hash = Sha256::new();
    text(&mut hash, option_env!("VAN_BULK_GENERATOR")?);
    // Every part by its name: whoever adds one is told to add it here.
    let Config { package, source, command, runtime, inherit_workspace, own_workspace } = config;
    for part in [package, source, command, runtime] {
        text(&mut hash, part);
    }
    hash.update([u8::from(*inherit_workspace), u8::from(*own_workspace)]);
    let documents = documents.iter().map(|(name, document)| (name.as_str(), document.as_str()));
    texts(&mut hash, documents.filter(|(name, _)| *name != NAMES_LOCK).collect());
    texts(&mut hash, files.iter().collect());
    text(&mut hash, names_lock);
    let mut hexadecimal = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a string never fails.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    Some(hexadecimal)
}

/// Adds names and texts, with their number in front.
fn texts(hash: &mut Sha256, texts: Vec<(&str, &str)>) {
    hash.update((texts.len() as u64).to_le_bytes());
    for (name, content) in texts {
        text(hash, name);
        text(hash, content);
    }
}

/// Adds a text, with its length in front, so that two texts are never taken for one.
fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_put_in_changes_it_but_the_names_of_before() {
        let config = Config::new("acme-mappings", "snapshots/acme");
        let configs = [
            Config { package: "other".to_owned(), ..config.clone() },
            Config { source: "other".to_owned(), ..config.clone() },
            Config { command: "other".to_owned(), ..config.clone() },
            Config { runtime: "other".to_owned(), ..config.clone() },
            Config { inherit_workspace: true, ..config.clone() },
            Config { own_workspace: true, ..config.clone() },
        ];
        let texts = |texts: &[(&str, &str)]| -> BTreeMap<String, String> {
            texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let files = |these: &[(&str, &str)]| {
            let mut files = Files::default();
            texts(these).into_iter().for_each(|(path, text)| files.insert(path, text));
            files
        };
        let (documents, written) = (texts(&[("a", "b")]), files(&[("c", "d")]));

        let mut seen = vec![fingerprint(&documents, &config, &written, "names").unwrap()];
        seen.extend(configs.iter().map(|config| fingerprint(&documents, config, &written, "names").unwrap()));
        for documents in
            [&[][..], &[("a", "c")], &[("b", "b")], &[("a", ""), ("b", "")], &[("a", "b"), ("c", "d")]]
        {
            seen.push(fingerprint(&texts(documents), &config, &written, "names").unwrap());
        }
        for written in [&[][..], &[("c", "e")], &[("d", "d")], &[("a", "b"), ("c", "d")]] {
            seen.push(fingerprint(&documents, &config, &files(written), "names").unwrap());
        }
        seen.push(fingerprint(&documents, &config, &written, "other names").unwrap());
        let mut different = seen.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), seen.len());

        let before = texts(&[("a", "b"), (NAMES_LOCK, "names of before")]);
        assert_eq!(fingerprint(&before, &config, &written, "names"), Some(seen.swap_remove(0)));
    }
}
