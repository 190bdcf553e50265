//! Submissions whose answer was lost.

use van_bulk::payload::ColumnName;
use van_bulk_emulator::Config;
use van_bulk_emulator::faults::{Endpoint, Fault, Faults, Kind};
use van_bulk_emulator::record::Event;
use van_bulk_import::ImportError;
use van_bulk_import::client::JobId;
use van_bulk_import::import::{Assumption, Import, Problem, Report, Resume};
use van_bulk_import::ledger::PartState;

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
        |event| matches!(event, Event::Received(request) if request.endpoint == Some(Endpoint::Submit)),
    );
    assert_eq!(submissions.count(), 3);
}
