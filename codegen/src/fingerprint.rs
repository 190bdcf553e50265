//! What generating depends on and what it leaves, in one number: who knows the number of a generation that has been can
//! tell that another one would change nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use van_bulk_schema::snapshot::NAMES_LOCK;

use crate::{CrateConfig, Hashes};

/// What is generated from one snapshot, and what is kept beside it.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The name of the profile in a crate of several; empty in a crate of one.
    pub profile: &'a str,
    /// The documents of the snapshot, by name.
    pub documents: &'a BTreeMap<String, String>,
    /// The text of `names.lock`, as it is after generating.
    pub names_lock: &'a str,
}

/// A SHA-256, in hexadecimal, over everything that is generated from and everything that is generated: the sources of this
/// generator, the configuration, the documents of every snapshot, the files of the crate, and the text of each `names.lock`,
/// which is both. The `names.lock` among the documents, as it was before, does not count.
///
/// `None` if this generator was built away from its sources, and so does not know itself: generate then.
///
/// ```
/// use van_bulk_codegen::{CrateConfig, Inputs, fingerprint, generate};
/// use van_bulk_schema::Snapshot;
///
/// let documents = [("mapping-types.json".to_owned(), r#"{"items": []}"#.to_owned())].into();
/// let (snapshot, _findings) = Snapshot::parse(documents);
/// let config = CrateConfig::new("acme-mappings", "snapshots/acme");
/// let left = generate(&snapshot, &config).unwrap();
///
/// let inputs = [Inputs { profile: "", documents: &snapshot.documents, names_lock: &left.names_lock }];
/// let of = |config| fingerprint(&inputs, config, &left.files.hashes());
/// let other = CrateConfig::new("other-mappings", "snapshots/acme");
/// assert_eq!(of(&config), of(&config));
/// assert_ne!(of(&config), of(&other));
/// ```
pub fn fingerprint(inputs: &[Inputs<'_>], config: &CrateConfig, files: &Hashes) -> Option<String> {
    let mut hash = Sha256::new();
    text(&mut hash, option_env!("VAN_BULK_GENERATOR")?);
    // Every part by its name: whoever adds one is told to add it here.
    let CrateConfig { package, source, command, runtime, inherit_workspace, own_workspace, profile } = config;
    for part in [package, source, command, runtime] {
        text(&mut hash, part);
    }
    hash.update([u8::from(*inherit_workspace), u8::from(*own_workspace)]);
    texts(&mut hash, profile.iter().map(|profile| ("profile", profile.as_str())).collect());
    hash.update((inputs.len() as u64).to_le_bytes());
    for Inputs { profile, documents, names_lock } in inputs {
        text(&mut hash, profile);
        let documents = documents.iter().map(|(name, document)| (name.as_str(), document.as_str()));
        texts(&mut hash, documents.filter(|(name, _)| *name != NAMES_LOCK).collect());
        text(&mut hash, names_lock);
    }
    hash.update((files.iter().len() as u64).to_le_bytes());
    for (path, file) in files.iter() {
        text(&mut hash, path);
        hash.update(file);
    }
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
    use crate::Files;

    #[test]
    fn everything_that_is_put_in_changes_it_but_the_names_of_before() {
        let config = CrateConfig::new("acme-mappings", "snapshots/acme");
        let configs = [
            CrateConfig { package: "other".to_owned(), ..config.clone() },
            CrateConfig { source: "other".to_owned(), ..config.clone() },
            CrateConfig { command: "other".to_owned(), ..config.clone() },
            CrateConfig { runtime: "other".to_owned(), ..config.clone() },
            CrateConfig { inherit_workspace: true, ..config.clone() },
            CrateConfig { own_workspace: true, ..config.clone() },
            CrateConfig { profile: Some(String::new()), ..config.clone() },
        ];
        let texts = |texts: &[(&str, &str)]| -> BTreeMap<String, String> {
            texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let files = |these: &[(&str, &str)]| {
            let mut files = Files::default();
            texts(these).into_iter().for_each(|(path, text)| files.insert(path, text));
            files.hashes()
        };
        let (documents, written) = (texts(&[("a", "b")]), files(&[("c", "d")]));
        let acme = Inputs { profile: "acme", documents: &documents, names_lock: "names" };

        let mut seen = vec![fingerprint(&[acme], &config, &written).unwrap()];
        seen.extend(configs.iter().map(|config| fingerprint(&[acme], config, &written).unwrap()));
        for documents in
            [&[][..], &[("a", "c")], &[("b", "b")], &[("a", ""), ("b", "")], &[("a", "b"), ("c", "d")]]
        {
            let documents = &texts(documents);
            seen.push(fingerprint(&[Inputs { documents, ..acme }], &config, &written).unwrap());
        }
        for written in [&[][..], &[("c", "e")], &[("d", "d")], &[("a", "b"), ("c", "d")]] {
            seen.push(fingerprint(&[acme], &config, &files(written)).unwrap());
        }
        let beta = Inputs { profile: "beta", ..acme };
        let other_names = Inputs { names_lock: "other names", ..acme };
        for inputs in [&[][..], &[other_names], &[beta], &[acme, beta], &[beta, acme], &[acme, acme]] {
            seen.push(fingerprint(inputs, &config, &written).unwrap());
        }
        let mut different = seen.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), seen.len());

        let documents = &texts(&[("a", "b"), (NAMES_LOCK, "names of before")]);
        let before = Inputs { documents, ..acme };
        assert_eq!(fingerprint(&[before], &config, &written), Some(seen.swap_remove(0)));
    }
}
