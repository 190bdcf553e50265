//! Submissions whose answer was lost.

use std::time::Duration;

use van_bulk::payload::ColumnName;
use van_bulk_emulator::faults::{Endpoint, Fault, Faults, Kind};
use van_bulk_emulator::{Config, Memory, record};
use van_bulk_import::ImportError;
use van_bulk_import::client::{JobId, WaitOptions};
use van_bulk_import::import::{Assumption, Event, Import, Problem, Report, Resume};
use van_bulk_import::ledger::{FILE, PartState};

use crate::support::{World, row, wait};

/// A world whose next submission meets a fault.
async fn world(kind: Kind) -> World {
    let fault = Fault::new(kind).at(Endpoint::Submit).next(1);
    World::new(Config { faults: Faults::from(fault), ..Config::default() }).await
}

/// Runs an import of one part whose submission is unknown.
async fn lose(world: &World) -> (Report, Problem) {
    let error = world.import(&[row(1), row(2)]).run(&world.client, &world.target).await.unwrap_err();
    let ImportError::Unfinished { report, mut problems } = error else { panic!("{error}") };
    assert_eq!(problems.len(), 1);
    (*report, problems.remove(0).problem)
}

fn resume(world: &World) -> Resume {
    let id = world.ledger.imports().unwrap().pop().unwrap().id;
    Import::resume(&world.ledger, id).wait(wait())
}

async fn run(world: &World, resume: Resume) -> Result<Report, ImportError> {
    resume.run(&world.client, &world.target).await
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_not_sent_again_until_the_user_says_what_became_of_it() {
    let world = world(Kind::ResetAfter).await;
    let (report, problem) = lose(&world).await;
    assert_eq!((report.unknown, report.sent), (2, 0));
    assert!(matches!(problem, Problem::Unknown { fetched: true, .. }), "{problem}");
    assert!(problem.to_string().contains("VAN has fetched the file, which proves that it did"), "{problem}");
    assert_eq!(world.emulator.jobs_received(), 1);

    // Resuming alone changes nothing.
    let error = run(&world, resume(&world)).await.unwrap_err();
    assert!(error.to_string().contains("unknown"), "{error}");
    assert_eq!(world.emulator.jobs_received(), 1);
    // That VAN has no job is refused, since it fetched the file.
    let error = run(&world, resume(&world).assume(1, Assumption::Lost)).await.unwrap_err();
    assert!(error.to_string().contains("proves that it accepted a job"), "{error}");

    let known = resume(&world).assume(1, Assumption::Submitted(JobId(1001)));
    let report = run(&world, known).await.unwrap();
    assert_eq!((report.processed, world.emulator.jobs_received()), (2, 1));
    assert!(report.parts[0].record.assumed);
}

#[tokio::test]
async fn a_submission_that_never_arrived_is_sent_again_by_the_users_word() {
    let world = world(Kind::ResetBefore).await;
    let (_, problem) = lose(&world).await;
    assert!(matches!(problem, Problem::Unknown { fetched: false, .. }), "{problem}");
    assert_eq!(world.emulator.jobs_received(), 0);
    let report = run(&world, resume(&world).assume(1, Assumption::Lost)).await.unwrap();
    assert_eq!((report.processed, world.emulator.jobs_received()), (2, 1));
}

#[tokio::test]
async fn the_number_of_a_job_that_does_not_exist_or_is_another_is_found_out() {
    let world = world(Kind::ResetAfter).await;
    lose(&world).await;
    let wrong = resume(&world).assume(1, Assumption::Submitted(JobId(4711)));
    let wrong = wrong
        .wait(van_bulk_import::client::WaitOptions { not_found_grace: std::time::Duration::ZERO, ..wait() });
    let error = run(&world, wrong).await.unwrap_err();
    assert!(error.to_string().contains("VAN does not know job 4711"), "{error}");

    // Three rows do not fit a part of two.
    let rows: Vec<String> = (11..14).map(row).collect();
    let other = Import::new(crate::support::contacts(), input(&world, &rows));
    let folder = tempfile::tempdir().unwrap();
    let ledger = van_bulk_import::Ledger::open(folder.path()).unwrap();
    let other = other.ledger(&ledger).wait(wait()).run(&world.client, &world.target).await.unwrap();
    let job = other.parts[0].record.job.unwrap();
    let error = run(&world, resume(&world).assume(1, Assumption::Submitted(job))).await.unwrap_err();
    assert!(error.to_string().contains("is not that of this part"), "{error}");

    let record = world.ledger.parts(world.ledger.imports().unwrap()[0].id).unwrap().remove(0);
    assert_eq!((record.state, record.job), (PartState::Unknown, None));
    let right = resume(&world).assume(1, Assumption::Submitted(JobId(1001)));
    assert_eq!(run(&world, right).await.unwrap().processed, 2);
}

fn input(world: &World, rows: &[String]) -> van_bulk_import::delimited::Input {
    van_bulk_import::delimited::Input::open(&world.file(rows)).unwrap()
}

#[tokio::test]
async fn a_job_of_another_part_is_not_taken_for_this_one() {
    let world = World::new(Config::default()).await;
    world.import(&[row(9)]).run(&world.client, &world.target).await.unwrap();
    let fault = Fault::new(Kind::ResetAfter).at(Endpoint::Submit).next(1);
    world.emulator.set_faults(Faults::from(fault)).unwrap();
    lose(&world).await;
    let error = run(&world, resume(&world).assume(1, Assumption::Submitted(JobId(1001)))).await.unwrap_err();
    assert!(error.to_string().contains("job 1001 is that of part 1 of import 1"), "{error}");
}

#[tokio::test]
async fn what_result_files_echo_of_the_rows_proves_whose_job_it_is() {
    let with_echo = |rows: &[String]| {
        let mut payload = crate::support::contacts().payload("rows.csv", "");
        payload.actions[0].columns_to_include_in_results_file = vec![ColumnName { name: "Email".into() }];
        (payload, rows.to_vec())
    };
    let world = world(Kind::ResetAfter).await;
    let (payload, rows) = with_echo(&[row(1), row(2)]);
    let lost = Import::of_payload(payload, input(&world, &rows)).ledger(&world.ledger).wait(wait());
    lost.run(&world.client, &world.target).await.unwrap_err();

    // Another import, from another ledger, with as many rows.
    let (payload, rows) = with_echo(&[row(3), row(4)]);
    let folder = tempfile::tempdir().unwrap();
    let ledger = van_bulk_import::Ledger::open(folder.path()).unwrap();
    let other = Import::of_payload(payload, input(&world, &rows)).ledger(&ledger).wait(wait());
    let job = other.run(&world.client, &world.target).await.unwrap().parts[0].record.job.unwrap();

    let error = run(&world, resume(&world).assume(1, Assumption::Submitted(job))).await.unwrap_err();
    assert!(
        error.to_string().contains("of 2 rows that its result files echo, 0 are rows of this part"),
        "{error}"
    );
    let right = resume(&world).assume(1, Assumption::Submitted(JobId(1001)));
    assert_eq!(run(&world, right).await.unwrap().processed, 2);
}

#[tokio::test]
async fn assumptions_about_what_is_known_are_refused() {
    let world = World::new(Config::default()).await;
    world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    for (part, expected) in [(1, "it is accounted"), (7, "there is no such part")] {
        let error = run(&world, resume(&world).assume(part, Assumption::Lost)).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_busy_van_is_waited_for_and_the_job_is_submitted_once() {
    let fault = Fault::new(Kind::TooManyRequests { retry_after: None }).at(Endpoint::Submit).next(2);
    let world = World::new(Config { faults: Faults::from(fault), ..Config::default() }).await;
    let report = world.import(&[row(1)]).run(&world.client, &world.target).await.unwrap();
    assert_eq!((report.processed, world.emulator.jobs_received()), (1, 1));
    let submissions = world.emulator.record().events.into_iter();
    let submissions = submissions.filter(
        |event| matches!(event, record::Event::Received(request) if request.endpoint == Some(Endpoint::Submit)),
    );
    assert_eq!(submissions.count(), 3);
}

fn rows(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(row).collect()
}

/// Runs an import of several parts, each of which loses its answer before it reaches VAN.
async fn lose_all(world: &World) -> usize {
    let lost = Fault::new(Kind::ResetBefore).at(Endpoint::Submit);
    world.emulator.set_faults(Faults::from(lost)).unwrap();
    let import = world.import(&rows(1..12_000));
    let error = import.run(&world.client, &world.target).await.unwrap_err();
    let ImportError::Unfinished { report, .. } = error else { panic!("{error}") };
    assert!(report.parts.iter().all(|part| part.record.state == PartState::Unknown), "{report}");
    world.emulator.set_faults(Faults::none()).unwrap();
    report.parts.len()
}

#[tokio::test]
async fn a_number_cannot_be_that_of_two_parts() {
    let world = World::new(Config::default()).await;
    assert!(lose_all(&world).await >= 2);
    let number = Assumption::Submitted(JobId(1001));
    let error = run(&world, resume(&world).assume(1, number).assume(2, number)).await.unwrap_err();
    assert!(error.to_string().contains("job 1001 is given for part 2, too"), "{error}");
    assert!(parts(&world).iter().all(|part| part.job.is_none()));
}

fn parts(world: &World) -> Vec<van_bulk_import::ledger::PartRecord> {
    world.ledger.parts(world.ledger.imports().unwrap().pop().unwrap().id).unwrap()
}

#[tokio::test]
async fn of_several_words_none_is_taken_if_one_does_not_fit() {
    let world = World::new(Config::default()).await;
    lose_all(&world).await;
    let words = resume(&world).assume(1, Assumption::Lost).assume(99, Assumption::Lost);
    let error = run(&world, words).await.unwrap_err();
    assert!(error.to_string().contains("part 99 of import 1: there is no such part"), "{error}");
    assert!(parts(&world).iter().all(|part| part.state == PartState::Unknown));
    assert_eq!(world.emulator.jobs_received(), 0);
}

#[tokio::test]
async fn a_number_that_no_ledger_can_hold_is_refused() {
    let world = world(Kind::ResetBefore).await;
    lose(&world).await;
    let word = resume(&world).assume(1, Assumption::Submitted(JobId(u64::MAX)));
    let error = run(&world, word).await.unwrap_err();
    assert!(error.to_string().contains("larger than any number that a ledger can hold"), "{error}");
}

#[tokio::test]
async fn a_number_that_turns_out_to_be_wrong_can_be_corrected_while_its_job_runs() {
    let never = Fault::new(Kind::NeverEnds).at(Endpoint::Job).next(1);
    let world = World::new(Config { faults: Faults::from(never), ..Config::default() }).await;
    // The job of somebody else, which does not end.
    let stranger = contacts_payload(&world).await;
    assert_eq!(stranger, JobId(1001));
    let lost = Fault::new(Kind::ResetBefore).at(Endpoint::Submit).next(1);
    world.emulator.set_faults(Faults::from(lost)).unwrap();
    lose(&world).await;

    let brief = WaitOptions { deadline: Duration::from_millis(50), ..wait() };
    let wrong = resume(&world).wait(brief).assume(1, Assumption::Submitted(stranger));
    let error = run(&world, wrong).await.unwrap_err();
    assert!(error.to_string().contains("job 1001 could not be followed"), "{error}");
    let report = run(&world, resume(&world).assume(1, Assumption::Lost)).await.unwrap();
    assert_eq!((report.processed, report.parts[0].record.job), (2, Some(JobId(1002))));
}

/// A job that is in no ledger.
async fn contacts_payload(world: &World) -> JobId {
    let payload = crate::support::contacts().payload("rows.csv", "http://127.0.0.1:9/rows.zip");
    world.client.create_job(&payload).await.unwrap()
}

#[tokio::test]
async fn a_job_that_van_accepted_all_the_same_finds_nothing_once_its_part_is_sent_again() {
    let world = World::new(Config::default()).await;
    // VAN accepts the job, its answer is lost, and it fetches the zip later than anybody watches, but while the part that is
    // sent again waits to be fetched.
    let lost = Fault::new(Kind::ResetAfter).at(Endpoint::Submit).next(1);
    let late = Fault::new(Kind::Latency(Duration::from_secs(5))).at(Endpoint::Fetch).next(2);
    world.emulator.set_faults(Faults::from(lost).with(late)).unwrap();
    let (_, problem) = lose(&world).await;
    assert!(matches!(problem, Problem::Unknown { fetched: false, .. }), "{problem}");

    // The user did not find it.
    let report = run(&world, resume(&world).assume(1, Assumption::Lost)).await.unwrap();
    assert_eq!((report.processed, world.emulator.jobs_received()), (2, 2));
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while world.emulator.job(1001).unwrap().status != van_bulk_emulator::Status::Failed {
        assert!(std::time::Instant::now() < until, "{:?}", world.emulator.job(1001));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(world.applied().values().all(|times| *times == 1), "{:?}", world.applied());
}

/// A world whose job runs, and an import of one part that VAN stops to know.
async fn forgotten() -> World {
    let world = World::new(Config::default()).await;
    let gone = Fault::new(Kind::HtmlNotFound).at(Endpoint::Status);
    world.emulator.set_faults(Faults::from(gone)).unwrap();
    let impatient = WaitOptions { not_found_grace: Duration::ZERO, ..wait() };
    let import = world.import(&[row(1), row(2)]).wait(impatient);
    let error = import.run(&world.client, &world.target).await.unwrap_err();
    assert!(error.to_string().contains("VAN accepted its job under the number 1001"), "{error}");
    world
}

#[tokio::test]
async fn the_number_of_a_job_that_van_accepted_is_kept_when_van_does_not_know_it_for_a_while() {
    let world = forgotten().await;
    let part = parts(&world).remove(0);
    assert_eq!((part.state, part.job), (PartState::Unknown, Some(JobId(1001))));
    world.emulator.set_faults(Faults::none()).unwrap();
    let report = run(&world, resume(&world)).await.unwrap();
    assert_eq!((report.processed, world.emulator.jobs_received()), (2, 1));
}

#[tokio::test]
async fn a_job_that_van_accepted_and_knows_is_not_lost_by_anybodys_word() {
    let world = forgotten().await;
    world.emulator.set_faults(Faults::none()).unwrap();
    let error = run(&world, resume(&world).assume(1, Assumption::Lost)).await.unwrap_err();
    assert!(error.to_string().contains("VAN accepted its job under the number 1001 and knows it"), "{error}");
    assert_eq!(world.emulator.jobs_received(), 1);
}

#[tokio::test]
async fn a_job_that_van_accepted_and_lost_is_sent_again_by_the_users_word() {
    let mut world = World::new(Config::default()).await;
    let never = Fault::new(Kind::NeverEnds).at(Endpoint::Job);
    world.emulator.set_faults(Faults::from(never)).unwrap();
    let brief =
        WaitOptions { deadline: Duration::from_millis(50), not_found_grace: Duration::ZERO, ..wait() };
    world.import(&[row(1)]).wait(brief.clone()).run(&world.client, &world.target).await.unwrap_err();
    world.emulator.set_faults(Faults::none()).unwrap();
    world.emulator.restart(Memory::Lost, Duration::ZERO).await.unwrap();

    let error = run(&world, resume(&world).wait(brief)).await.unwrap_err();
    assert!(error.to_string().contains("does not know that job now"), "{error}");
    let report = run(&world, resume(&world).assume(1, Assumption::Lost)).await.unwrap();
    assert_eq!(report.processed, 1);
    assert!(world.applied().values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_404_between_two_statuses_does_not_end_an_import() {
    let gone = Fault::new(Kind::HtmlNotFound).at(Endpoint::Status).every(2);
    let world = World::new(Config { faults: Faults::from(gone), ..Config::default() }).await;
    let impatient = WaitOptions { not_found_grace: Duration::ZERO, ..wait() };
    let import = world.import(&[row(1)]).wait(impatient);
    assert_eq!(import.run(&world.client, &world.target).await.unwrap().processed, 1);
}

#[tokio::test]
async fn numbers_that_the_ledger_does_not_take_are_all_told() {
    let world = World::new(Config::default()).await;
    let database = rusqlite::Connection::open(world.ledger.folder().join(FILE)).unwrap();
    // As a full disk would.
    let full = "CREATE TRIGGER full BEFORE UPDATE ON parts WHEN NEW.state = 'submitted' \
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    database.execute_batch(full).unwrap();
    let import = world.import(&rows(1..12_000));
    let error = import.run(&world.client, &world.target).await.unwrap_err();
    let ImportError::NotRecorded { jobs, .. } = &error else { panic!("{error}") };
    assert_eq!(jobs.len(), world.emulator.jobs_received());
    assert!(jobs.len() >= 2, "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(error.to_string().contains("is job 1002"), "{error}");

    database.execute_batch("DROP TRIGGER full").unwrap();
    let words = jobs
        .iter()
        .fold(resume(&world), |resume, (part, job)| resume.assume(*part, Assumption::Submitted(*job)));
    let report = run(&world, words).await.unwrap();
    assert_eq!((report.processed, world.emulator.jobs_received()), (11_999, jobs.len()));
}

#[tokio::test]
async fn van_is_waited_for_ten_minutes_at_the_most_before_a_job_is_submitted_again() {
    let busy = Fault::new(Kind::TooManyRequests { retry_after: Some(u32::MAX) }).at(Endpoint::Submit);
    let world = World::new(Config { faults: Faults::from(busy), ..Config::default() }).await;
    let (sender, mut pauses) = tokio::sync::mpsc::unbounded_channel();
    let import = world.import(&[row(1)]).observer(move |event: &Event<'_>| {
        if let Event::Delayed { pause, .. } = event {
            sender.send(*pause).unwrap();
        }
    });
    tokio::select! {
        pause = pauses.recv() => assert_eq!(pause, Some(Duration::from_secs(600))),
        ended = import.run(&world.client, &world.target) => panic!("{ended:?}"),
    }
}

#[tokio::test]
async fn an_upload_is_looked_for_where_it_was_put() {
    let world = world(Kind::ResetBefore).await;
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = |folder: &std::path::Path| {
        van_bulk_import::UploadTarget::directory(folder, "https://files.example.org").unwrap()
    };
    let import = world.import(&[row(1)]);
    import.run(&world.client, &place(here.path())).await.unwrap_err();
    assert_eq!(std::fs::read_dir(here.path()).unwrap().count(), 1);

    let lost = resume(&world).assume(1, Assumption::Lost);
    let error = lost.run(&world.client, &place(there.path())).await.unwrap_err().to_string();
    let expected = format!("it was put into {}", here.path().display());
    assert!(error.contains(&expected), "{error}");
    assert_eq!(std::fs::read_dir(here.path()).unwrap().count(), 1);
}
