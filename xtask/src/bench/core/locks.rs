//! The versions that lock files hold.

/// What the benches are built with.
pub(in crate::bench) const BENCHES: &str = include_str!("../../../../benches/Cargo.lock");
/// What generating is measured beside.
pub(in crate::bench) const PROGENITOR: &str = include_str!("../../../../benches/progenitor/Cargo.lock");
/// What the repository is built with.
pub(in crate::bench) const REPOSITORY: &str = include_str!("../../../../Cargo.lock");

/// The version of a package in the text of a lock file; `unknown` if it is not there.
pub(in crate::bench) fn version<'l>(lock: &'l str, package: &str) -> &'l str {
    let name = format!("name = \"{package}\"");
    // Cargo writes the version below the name.
    let line = lock.lines().skip_while(|line| *line != name).nth(1);
    line.and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_that_of_the_package_of_this_name() {
        let lock = "[[package]]\nname = \"csv-core\"\nversion = \"0.1.13\"\n\n[[package]]\nname = \"csv\"\nversion = \"1.4.0\"\n";
        assert_eq!(version(lock, "csv"), "1.4.0");
        assert_eq!(version(lock, "simd-csv"), "unknown");
    }

    #[test]
    fn the_lock_files_hold_what_is_measured_beside() {
        let told = [
            (BENCHES, "csv"),
            (PROGENITOR, "progenitor-impl"),
            (REPOSITORY, "prettyplease"),
            (REPOSITORY, "serde"),
            (REPOSITORY, "serde_json"),
        ];
        for (lock, package) in told {
            assert_ne!(version(lock, package), "unknown", "{package}");
        }
    }
}
