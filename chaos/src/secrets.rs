//! Looks for the key in everything that a run has written.

use std::fs;
use std::path::Path;

use crate::ChaosError;
use crate::program::KEY;

/// The files that hold the key, or what is made of it for a request.
pub(crate) fn found(folder: &Path) -> Result<Vec<String>, ChaosError> {
    let mut files = Vec::new();
    search(folder, &mut files)?;
    Ok(files)
}

fn search(folder: &Path, files: &mut Vec<String>) -> Result<(), ChaosError> {
    for entry in fs::read_dir(folder).map_err(ChaosError::io("read", folder))? {
        let path = entry.map_err(ChaosError::io("read", folder))?.path();
        if path.is_dir() {
            search(&path, files)?;
            continue;
        }
        let bytes = fs::read(&path).map_err(ChaosError::io("read", &path))?;
        let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        if needles().iter().any(|needle| holds(needle)) {
            files.push(format!("the key is in {}", path.display()));
        }
    }
    Ok(())
}

/// The key, and parts of what it looks like in base64 wherever it begins.
fn needles() -> [&'static str; 2] {
    // `chaos:KEY|1` is what Basic authentication sends; this is the middle of it.
    [KEY, "YzRhMDUtOWQ0MS1rZXk"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("clean"), "nothing").unwrap();
        assert_eq!(found(folder.path()).unwrap().len(), 0);
        fs::write(folder.path().join("deep/log"), format!("key={KEY}|1")).unwrap();
        fs::write(folder.path().join("token"), "Basic Y2hhb3M6YzRhMDUtOWQ0MS1rZXktdGhhdA==").unwrap();
        assert_eq!(found(folder.path()).unwrap().len(), 2);
    }
}
