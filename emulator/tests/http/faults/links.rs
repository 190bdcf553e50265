//! Links to result files that expire early.

use reqwest::StatusCode;

use super::{faults, try_submit, world};
use crate::support::errors;

#[tokio::test]
async fn a_link_expires_at_its_first_use_and_the_job_has_a_fresh_one() {
    let world = world(&[]).await;
    try_submit(&world).await.unwrap();
    let old = world.wait(1001).await["resultFiles"][0].clone();
    world.emulator.set_faults(faults(&["expired-link:next=1"])).unwrap();
    let old_url = old["url"].as_str().unwrap();
    for _ in 0..2 {
        let refused = errors(world.http.get(old_url).send().await.unwrap(), StatusCode::FORBIDDEN).await;
        assert_eq!(refused[0]["code"], "FORBIDDEN");
    }
    let fresh = world.wait(1001).await["resultFiles"][0].clone();
    assert_ne!(fresh["url"], old["url"]);
    assert_eq!(fresh["dateExpired"], old["dateExpired"]);
    assert!(world.download(fresh["url"].as_str().unwrap()).await.starts_with("BulkUploadDataID"));
}
