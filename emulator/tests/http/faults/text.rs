//! Faults as text.

use van_bulk_emulator::faults::{Endpoint, Fault, FaultError, How, Kind, catalogue};

fn error(text: &str) -> String {
    text.parse::<Fault>().unwrap_err().to_string()
}

#[test]
fn every_kind_of_the_catalogue_can_be_written_and_read() {
    for entry in catalogue() {
        let kind: Kind = entry.word.parse().unwrap();
        assert_eq!(kind.word(), entry.word);
        assert_eq!(kind.endpoints(), entry.endpoints);
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(kind.to_string().contains('='), entry.value_name().is_some(), "{kind}");
        for endpoint in entry.endpoints {
            let fault = Fault::new(kind).at(*endpoint).every(3);
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
    }
}

#[test]
fn a_fault_is_read_with_its_value_place_and_count() {
    let fault: Fault = "latency=2s@fetch:chance=0.25".parse().unwrap();
    assert_eq!(fault.kind, Kind::Latency(std::time::Duration::from_secs(2)));
    assert_eq!((fault.at, fault.how), (Some(Endpoint::Fetch), How::Chance(0.25)));
    assert_eq!(fault.to_string(), "latency=2s@fetch:chance=0.25");
    let always: Fault = "429@status:always".parse().unwrap();
    assert_eq!(always, Fault::new(Kind::TooManyRequests { retry_after: Some(1) }).at(Endpoint::Status));
    assert_eq!("clock-skew=-90s".parse(), Ok(Kind::ClockSkew(-90)));
    assert_eq!(Kind::ClockSkew(-7_200).to_string(), "clock-skew=-2h");
    assert_eq!(Kind::Latency(std::time::Duration::ZERO).to_string(), "latency=0ms");
}

#[test]
fn a_slip_is_answered_with_what_was_probably_meant() {
    assert_eq!(error("reset-aftr"), "there is no fault `reset-aftr`; did you mean `reset-after`?");
    assert_eq!(error("503@statsu"), "there is no endpoint `statsu`; did you mean `status`?");
    let unknown = error("gremlins");
    assert!(unknown.starts_with("there is no fault `gremlins`; give one kind of: latency, "), "{unknown}");
    assert!(error("").contains("give one kind of"));
}

#[test]
fn what_does_not_fit_is_told_with_what_does() {
    assert_eq!(
        error("expired-link@submit"),
        "`expired-link` cannot happen at `submit`; give one of: results"
    );
    assert_eq!(error("503=2"), "`503` takes no value; leave out what follows `=`");
    assert_eq!(error("latency=5"), "`latency=5` cannot be read; give a time such as `200ms`, `2s` or `1m`");
    assert_eq!(error("429=soon"), "`429=soon` cannot be read; give a whole number of at least 0");
    assert!(error("clock-skew=5ms").contains("whole seconds"));
    assert!(error("latency=99999999999999999999h").contains("cannot be read"));
    assert!(error("latency=2h").contains("too long"));
    assert!(error("clock-skew=9000h").contains("too far off"));
    for how in ["sometimes", "next=0", "every=-1", "next", "chance=0", "chance=2", "chance=NaN", ""] {
        let error = format!("503:{how}").parse::<Fault>().unwrap_err();
        assert!(matches!(error, FaultError::How(_)), "{error}");
    }
}
