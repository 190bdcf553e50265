//! Imports whose disk is full at some moment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use van_bulk_emulator::Config;
use van_bulk_import::import::{Assumption, Import, Report};
use van_bulk_import::ledger::{FILE, ImportId, Ledger};
use van_bulk_import::{ImportError, LedgerError};

use crate::support::{World, row, wait};

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

/// Fills the disk up, but for so many bytes.
fn fill_but(disk: &Path, bytes: usize) {
    fs::write(disk.join("ballast"), vec![0; SIZE - bytes]).unwrap();
}

/// The size of the disk, in bytes.
const SIZE: usize = 4 * 1024 * 1024;

#[test]
fn an_import_whose_disk_is_full_at_any_moment_is_resumed_without_loss_or_repetition() {
    let test = "full_disk::on_a_small_disk_no_part_is_sent_twice_and_none_is_forgotten";
    run_on_a_disk(test, &format!("size={SIZE}"));
}

#[tokio::test]
#[ignore = "is run by another test, which gives it a small disk"]
async fn on_a_small_disk_no_part_is_sent_twice_and_none_is_forgotten() {
    let disk = disk();
    let (mut finished, mut given_up, mut resumed) = (0, 0, 0);
    // In small steps, so that the disk is full at each stage of the work.
    for free in (100_000..1_900_000).step_by(90_000) {
        let mut world = World::new(Config::default()).await;
        world.ledger = Ledger::open(disk.join("ledger")).unwrap();
        fill_but(&disk, free);
        let rows: Vec<String> = (1..=6_000).map(row).collect();
        let result = world.import(&rows).run(&world.client, &world.target).await;
        fs::remove_file(disk.join("ballast")).unwrap();
        let report = match result {
            Ok(report) => {
                finished += 1;
                Some(report)
            }
            Err(error) => resume(&world, error).await.inspect(|_| resumed += 1),
        };
        match report {
            Some(report) => {
                assert_eq!(report.processed, 6_000, "{free} bytes free");
                assert_eq!(world.emulator.jobs_received(), report.parts.len(), "{free} bytes free");
                assert!(world.applied().values().all(|times| *times == 1), "{free} bytes free");
            }
            None => {
                given_up += 1;
                assert_eq!(world.emulator.jobs_received(), 0, "{free} bytes free");
            }
        }
        drop(world);
        fs::remove_dir_all(disk.join("ledger")).unwrap();
    }
    eprintln!("{finished} finished, {given_up} sent nothing, {resumed} were resumed");
    assert!(finished > 0 && given_up > 0 && resumed > 0);
}

/// Goes on with the import, with what the error tells. `None` if nothing was sent.
async fn resume(world: &World, error: ImportError) -> Option<Report> {
    let import = world.ledger.imports().unwrap().pop().map_or(ImportId(1), |import| import.id);
    let mut resume = Import::resume(&world.ledger, import).wait(wait());
    if let ImportError::NotRecorded { jobs, .. } = &error {
        for (part, job) in jobs {
            resume = resume.assume(*part, Assumption::Submitted(*job));
        }
    }
    match resume.run(&world.client, &world.target).await {
        Ok(report) => Some(report),
        Err(ImportError::NothingSent(_) | ImportError::Ledger(LedgerError::NoSuchImport { .. })) => None,
        Err(again) => panic!("{error}\n{again}"),
    }
}

#[test]
fn a_ledger_on_a_disk_that_can_only_be_read_is_named() {
    run_on_a_disk("full_disk::on_a_disk_that_can_only_be_read_nothing_is_begun", "size=64k,ro");
}

#[test]
#[ignore = "is run by another test, which gives it a disk that can only be read"]
fn on_a_disk_that_can_only_be_read_nothing_is_begun() {
    let error = Ledger::open(disk()).unwrap_err().to_string();
    assert!(error.contains(FILE) && error.contains("Read-only"), "{error}");
}
