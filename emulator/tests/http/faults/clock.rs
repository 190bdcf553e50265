//! A server whose clock is off.

use reqwest::Response;
use reqwest::header::DATE;
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::{STATUS, faults, try_get, try_submit, world};

fn date(response: &Response) -> OffsetDateTime {
    let text = response.headers()[DATE].to_str().unwrap().replace("GMT", "+0000");
    OffsetDateTime::parse(&text, &Rfc2822).unwrap()
}

fn expires(job: &Json) -> OffsetDateTime {
    OffsetDateTime::parse(job["resultFiles"][0]["dateExpired"].as_str().unwrap(), &Rfc3339).unwrap()
}

#[tokio::test]
async fn dates_are_off_in_the_header_and_in_the_body() {
    let world = world(&[]).await;
    try_submit(&world).await.unwrap();
    let true_end = expires(&world.wait(1001).await);
    for (skew, seconds) in [("clock-skew=-2h", -7_200), ("clock-skew=+90s", 90)] {
        world.emulator.set_faults(faults(&[skew])).unwrap();
        let response = try_get(&world, STATUS).await.unwrap();
        let skew = time::Duration::seconds(seconds);
        let off = date(&response) - (OffsetDateTime::now_utc() + skew);
        assert!(off.abs() <= time::Duration::seconds(2), "{off}");
        let job: Json = response.json().await.unwrap();
        assert_eq!(expires(&job), true_end + skew);
        // The link itself knows the time.
        world.download(job["resultFiles"][0]["url"].as_str().unwrap()).await;
    }
}
