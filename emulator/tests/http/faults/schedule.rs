//! Faults from a seed.

use std::collections::{BTreeMap, BTreeSet};

use van_bulk_emulator::faults::{Endpoint, Faults, Kind, Schedule};
use van_bulk_emulator::record::Event;

use super::{DISCOVERY, STATUS, try_get, try_submit};
use crate::support::World;

async fn chaos(seed: u64, intensity: f64) -> World {
    let world = World::new().await;
    world.emulator.set_faults(Faults::from_seed(seed, intensity)).unwrap();
    world
}

/// The faults of each endpoint's requests, in order.
fn met(world: &World) -> BTreeMap<Option<Endpoint>, Vec<Vec<Kind>>> {
    let mut met: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in world.emulator.record().events {
        if let Event::Received(request) = event {
            met.entry(request.endpoint).or_default().push(request.faults.clone());
        }
    }
    met
}

/// Asks for two things in this order, whatever is answered.
async fn ask(world: &World, paths: &[&str]) {
    for path in paths {
        if let Ok(response) = try_get(world, path).await {
            let _ = response.bytes().await;
        }
    }
}

#[tokio::test]
async fn the_same_seed_and_the_same_requests_give_the_same_faults() {
    let (a, b, other) = (chaos(7, 0.6).await, chaos(7, 0.6).await, chaos(8, 0.6).await);
    // The same requests, whatever comes between them.
    ask(&a, &[[DISCOVERY; 30], [STATUS; 30]].concat()).await;
    ask(&b, &[DISCOVERY, STATUS].repeat(30)).await;
    ask(&other, &[DISCOVERY, STATUS].repeat(30)).await;
    assert_eq!(met(&a), met(&b));
    assert_ne!(met(&a), met(&other));
    assert!(met(&a).values().flatten().flatten().collect::<BTreeSet<_>>().len() > 10);
}

#[tokio::test]
async fn a_seed_that_was_noted_down_draws_the_same_in_every_version() {
    let world = chaos(42, 0.5).await;
    ask(&world, &[DISCOVERY; 12]).await;
    let met = &met(&world)[&Some(Endpoint::Discovery)];
    let text = |kinds: &Vec<Kind>| kinds.first().map_or("-".to_owned(), ToString::to_string);
    let drawn = "- 502-after - - 429=1 - reset-after - 429=0 short-length - -";
    assert_eq!(met.iter().map(text).collect::<Vec<_>>().join(" "), drawn);
}

#[tokio::test]
async fn a_patient_client_gets_through() {
    let attempts = usize::try_from(Schedule::MOST_IN_A_ROW).unwrap() + 1;
    for seed in 0..3 {
        let world = chaos(seed, 1.0).await;
        for _ in 0..15 {
            let mut answered = false;
            for _ in 0..attempts {
                let answer = try_get(&world, DISCOVERY).await;
                let json = match answer {
                    Ok(response) if response.status().is_success() => {
                        response.json::<serde_json::Value>().await
                    }
                    _ => continue,
                };
                answered |= json.is_ok();
                if answered {
                    break;
                }
            }
            assert!(answered, "seed {seed}:\n{}", world.emulator.record());
        }
    }
}

#[tokio::test]
async fn an_intensity_of_nothing_draws_nothing() {
    let world = chaos(1, 0.0).await;
    ask(&world, &[DISCOVERY; 50]).await;
    assert!(met(&world).values().flatten().flatten().next().is_none());
    assert_eq!(Schedule::new(1, f64::NAN), Schedule::new(1, 0.0));
    assert_eq!(Schedule::new(1, 7.0).intensity(), 1.0);
}

#[tokio::test]
async fn a_seed_never_falsifies_the_outcome_of_a_job() {
    let world = chaos(3, 1.0).await;
    for _ in 0..40 {
        let _ = try_submit(&world).await;
    }
    world.emulator.set_faults(Faults::none()).unwrap();
    let jobs = world.emulator.record().jobs_created();
    assert!((5..=40).contains(&jobs.len()), "{jobs:?}");
    for job in &jobs {
        let done = world.wait(*job).await;
        assert_eq!(world.results(&done).await.len(), 5, "{done}");
    }
    assert_eq!(world.emulator.record().rows.len(), jobs.len() * 4);
}

#[test]
fn faults_tell_what_they_are() {
    assert_eq!(Faults::none().to_string(), "none");
    assert_eq!(Faults::from_seed(9, 0.25).to_string(), "chaos from seed 9 with intensity 0.25");
}
