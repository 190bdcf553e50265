//! Disks that are full and folders that cannot be written to: nothing is left under its final name.

use std::path::{Path, PathBuf};
use std::process::Command;

use van_bulk_import::rows::{MIN_PART_BYTES, RowsError};

use super::support::{Rng, leave_out, names, packing, text};

/// Tells the tests below, which run on a small disk, where it is.
const DISK: &str = "VAN_BULK_TEST_DISK";

/// Runs one of the tests below with a file system in memory of its own, mounted with these options.
fn run_on_a_disk(test: &str, options: &str) {
    if !has_namespaces() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o {options} tmpfs \"$0\" && exec \"$@\"");
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(DISK, folder.path())
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("1 passed"), "{stdout}{stderr}");
}

/// Whether a file system can be mounted here.
fn has_namespaces() -> bool {
    let script = "mount -t tmpfs -o size=64k tmpfs /tmp";
    let found = Command::new("unshare").args(["-rm", "sh", "-c", script]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("SKIPPED: no file system can be mounted here, so no disk was full");
    }
    found
}

fn disk() -> PathBuf {
    std::env::var_os(DISK).map(PathBuf::from).unwrap()
}

/// Packs rows of about so many bytes in all, half of them bad, onto the disk.
fn pack(disk: &Path, bytes: usize) -> Result<usize, RowsError> {
    let mut rng = Rng(1);
    let mut file = "A,B\n".to_owned();
    while file.len() < bytes {
        file.push_str(&format!("{},{}\n", rng.noise(50), rng.noise(50)));
        file.push_str(&format!("{}\n", rng.noise(50)));
    }
    let packing = packing(disk, &["A", "B"]).policy(leave_out(disk)).part_bytes(MIN_PART_BYTES);
    packing.csv(text(file)).map(|packed| packed.parts.len())
}

#[test]
fn a_full_disk_is_told_and_nothing_is_left() {
    run_on_a_disk("rows::full_disk::on_a_small_disk_files_are_whole_or_not_there", "size=256k");
}

#[test]
#[ignore = "is run by another test, which gives it a small disk"]
fn on_a_small_disk_files_are_whole_or_not_there() {
    let disk = disk();
    let (mut fit, mut did_not) = (0, 0);
    // In small steps, so that the disk is full at each stage of the work.
    for bytes in (60_000..210_000).step_by(5_000) {
        match pack(&disk, bytes) {
            Ok(parts) => {
                fit += 1;
                assert_eq!(names(&disk).len(), parts + 1, "{bytes} bytes");
                names(&disk).iter().for_each(|name| std::fs::remove_file(disk.join(name)).unwrap());
            }
            Err(error) => {
                did_not += 1;
                assert_eq!(names(&disk), [""; 0], "{bytes} bytes: {error}");
                assert!(error.to_string().contains("No space left on device"), "{error}");
            }
        }
    }
    assert!(fit > 5 && did_not > 5, "{fit} fit, {did_not} did not");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    run_on_a_disk("rows::full_disk::on_a_disk_that_can_only_be_read_nothing_is_begun", "size=64k,ro");
}

#[test]
#[ignore = "is run by another test, which gives it a disk that can only be read"]
fn on_a_disk_that_can_only_be_read_nothing_is_begun() {
    let disk = disk();
    let error = pack(&disk, 1_000).unwrap_err().to_string();
    assert!(error.starts_with("could not write beside ") && error.contains("Read-only"), "{error}");
    assert_eq!(names(&disk), [""; 0]);
}
