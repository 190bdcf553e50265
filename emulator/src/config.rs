//! How an emulator behaves.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::SecretString;
use van_bulk_schema::Schema;

use crate::contacts::Contact;
use crate::emulator::EmulatorError;
use crate::faults::Faults;
use crate::record::Observer;

/// The most items of a page, from what VAN's other endpoints answer.
pub(crate) const MAX_PAGE_SIZE: usize = 200;

const MAX_LINK_LIFETIME: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How an emulator behaves. [`Config::default`] is a fast VAN on a free loopback port, with an empty schema.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the key may import.
    pub schema: Schema,
    /// Where to listen. Default: a free port of 127.0.0.1.
    pub address: SocketAddr,
    /// Whether `address` may be reached from other machines. The emulator fetches whatever URL a job names, so leave
    /// this off on a shared network. Default: no.
    pub allow_remote: bool,
    /// The key that is accepted, without the `|0` or `|1` at its end. Default: any key that is not empty.
    pub api_key: Option<SecretString>,
    /// The time from one status of a job to the next. Default: 300 ms.
    pub step: Duration,
    /// How long result files can be fetched after the job ended, at most 366 days. Default: 24 hours, as VAN's docs say.
    pub link_lifetime: Duration,
    /// How many requests for a new job answer 404 before it is found. Whether VAN ever does this is not certain; a
    /// client should bear it. Default: 0.
    pub early_not_found: u32,
    /// The items of a page where the request has no `$top`, 1 to 200. Default: 50.
    pub page_size: usize,
    /// The largest zip that is fetched, in bytes. Default: 100 MB, as VAN's docs say.
    pub max_zip_bytes: u64,
    /// The largest delimited file that is unzipped, in bytes. Default: 1 GB; VAN's limit is not known.
    pub max_file_bytes: u64,
    /// The time that fetching a zip may take. Default: 60 s.
    pub fetch_timeout: Duration,
    /// Splits result files at this many bytes, if that is less than the job's limit; VAN allows no limit below 5,000 KB,
    /// so this is how small jobs get several files. Default: none.
    pub max_result_file_bytes: Option<u64>,
    /// The contacts that exist at the start.
    pub seed_contacts: Vec<Contact>,
    /// What goes wrong from the start. Default: nothing.
    pub faults: Faults,
    /// Is called with every event at the moment it happens. Default: none.
    pub observer: Option<Observer>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schema: Schema::default(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_remote: false,
            api_key: None,
            step: Duration::from_millis(300),
            link_lifetime: Duration::from_secs(24 * 60 * 60),
            early_not_found: 0,
            page_size: 50,
            max_zip_bytes: 100_000_000,
            max_file_bytes: 1_000_000_000,
            fetch_timeout: Duration::from_secs(60),
            max_result_file_bytes: None,
            seed_contacts: Vec::new(),
            faults: Faults::none(),
            observer: None,
        }
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), EmulatorError> {
        if !self.address.ip().is_loopback() && !self.allow_remote {
            return Err(EmulatorError::NotLoopback(self.address));
        }
        if !(1..=MAX_PAGE_SIZE).contains(&self.page_size) {
            return Err(EmulatorError::PageSize(self.page_size));
        }
        if self.link_lifetime > MAX_LINK_LIFETIME {
            return Err(EmulatorError::LinkLifetime(self.link_lifetime));
        }
        self.faults.check()?;
        Ok(())
    }
}
