//! How often a fault happens, and what happens where there are several.

use van_bulk_emulator::EmulatorError;
use van_bulk_emulator::faults::{Endpoint, Fault, Kind};
use van_bulk_emulator::{Config, Emulator};

use super::{DISCOVERY, faults, try_get, world};
use crate::support::World;

/// The status of so many requests in a row.
async fn statuses(world: &World, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(try_get(world, DISCOVERY).await.unwrap().status().as_u16());
    }
    statuses
}

#[tokio::test]
async fn a_fault_happens_as_often_as_it_should() {
    let world = world(&["503@discovery"]).await;
    assert_eq!(statuses(&world, 3).await, [503; 3]);
    world.emulator.set_faults(faults(&["503@discovery:next=2"])).unwrap();
    assert_eq!(statuses(&world, 4).await, [503, 503, 200, 200]);
    world.emulator.set_faults(faults(&["503@discovery:every=3"])).unwrap();
    assert_eq!(statuses(&world, 7).await, [200, 200, 503, 200, 200, 503, 200]);
    world.emulator.set_faults(faults(&["503@status"])).unwrap();
    assert_eq!(statuses(&world, 1).await, [200]);
}

#[tokio::test]
async fn a_fault_of_a_given_probability_happens_to_the_same_requests_each_time() {
    let world = world(&["503@discovery:chance=0.3"]).await;
    let first = statuses(&world, 100).await;
    let hit = first.iter().filter(|status| **status == 503).count();
    assert!((15..=45).contains(&hit), "{hit}");
    world.emulator.set_faults(faults(&["503@discovery:chance=0.3"])).unwrap();
    assert_eq!(statuses(&world, 100).await, first);
}

#[tokio::test]
async fn the_first_fault_that_answers_wins_and_the_others_wait() {
    let world = world(&["503@discovery:next=1", "latency=1ms", "502@discovery:next=2"]).await;
    assert_eq!(statuses(&world, 4).await, [503, 502, 502, 200]);
    let record = world.emulator.record().to_string();
    assert!(record.contains("/v4/bulkImportJobs/resources with 503, latency=1ms\n"), "{record}");
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused_and_the_others_stay() {
    let world = world(&["503@discovery"]).await;
    for wrong in [
        Fault::new(Kind::ExpiredLink).at(Endpoint::Submit),
        Fault::new(Kind::ResetAfter).next(0),
        Fault::new(Kind::ResetAfter).every(0),
        Fault::new(Kind::ResetAfter).chance(f64::NAN),
        Fault::new(Kind::ResetAfter).chance(1.1),
        Fault::new(Kind::Latency(std::time::Duration::MAX)),
        Fault::new(Kind::ClockSkew(i64::MIN)),
    ] {
        let error = world.emulator.set_faults(wrong.clone().into()).unwrap_err();
        let config = Config { faults: wrong.clone().into(), ..Config::default() };
        let started = Emulator::start(config).await;
        assert!(matches!(started, Err(EmulatorError::Fault(found)) if found == error), "{wrong}: {error}");
    }
    assert_eq!(statuses(&world, 1).await, [503]);
}
