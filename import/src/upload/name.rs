//! The names of parts: relative, beneath their prefix, and such that a folder, a URL and every object store can hold them.

use super::UploadError;

/// The longest name with its prefix, in bytes: what Amazon S3, Google Cloud Storage and Azure all take.
const MAX_NAME: usize = 1024;
/// The longest name of a file or folder, in bytes, for places that are folders.
const MAX_SEGMENT: usize = 255;

/// The name of a part beneath its prefix, both checked. An empty prefix adds nothing.
pub(super) fn full_name(prefix: &str, name: &str) -> Result<String, UploadError> {
    let full = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
    // Apart from each other, so that one cannot undo the other.
    let problem = [prefix, name].into_iter().filter(|part| !part.is_empty()).find_map(problem_of);
    let problem = match problem {
        None if name.is_empty() => Some("it is empty"),
        None if full.len() > MAX_NAME => Some("it is too long"),
        problem => problem,
    };
    match problem {
        None => Ok(full),
        Some(problem) => Err(UploadError::Name { name: full, problem }),
    }
}

fn problem_of(path: &str) -> Option<&'static str> {
    path.split('/').find_map(|segment| match segment {
        "" => Some("it begins or ends with a slash, or has two in a row"),
        "." | ".." => Some("it leads out of its folder"),
        _ if segment.len() > MAX_SEGMENT => Some("it is too long"),
        // What a path of Windows, a URL or an object store reads as something else.
        _ if segment.contains(|c: char| c.is_control() || "\\:*?\"<>|#%[]{}^`~".contains(c)) => {
            Some("it has a character that not every place takes")
        }
        _ if segment.ends_with(['.', ' ']) => Some("a part of it ends with a dot or a space"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(prefix: &str, name: &str) -> String {
        full_name(prefix, name).unwrap_err().to_string()
    }

    #[test]
    fn names_are_put_beneath_their_prefix() {
        assert_eq!(full_name("", "codes-001.zip").unwrap(), "codes-001.zip");
        assert_eq!(full_name("van/imports", "3f9c…/Größe 1.zip").unwrap(), "van/imports/3f9c…/Größe 1.zip");
    }

    #[test]
    fn names_that_lead_out_of_their_prefix_are_refused() {
        for name in ["../a.zip", "a/../../b.zip", "..", ".", "a/./b"] {
            assert!(problem("p", name).contains("leads out of its folder"), "{name}");
            assert!(problem(name, "p").contains("leads out of its folder"), "{name}");
        }
        for name in ["/etc/passwd", "a//b", "a/"] {
            assert!(problem("", name).contains("a slash"), "{name}");
        }
        for name in ["C:a.zip", "a\\..\\b", "a%2e%2e/b", "a\0b", "a?b", "a#b", "a\nb"] {
            assert!(problem("", name).contains("a character"), "{name}");
        }
        assert!(problem("p", "").contains("it is empty"));
        assert!(problem("", "a. ").contains("a dot or a space"));
    }

    #[test]
    fn names_that_are_too_long_are_refused() {
        assert!(full_name("", &"x".repeat(255)).is_ok());
        assert!(problem("", &"x".repeat(256)).contains("too long"));
        assert!(problem(&"x/".repeat(511), "xxx").contains("a slash"));
        assert!(problem(&format!("{}x", "x/".repeat(511)), "xxx").contains("too long"));
    }
}
