//! One run, from the first start of the program to the comparison in the end.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};
use van_bulk_emulator::faults::{Faults, Kind};
use van_bulk_emulator::record::{Event, Observer, Record};
use van_bulk_emulator::{Config, Emulator, FileHost};
use van_bulk_import::client::JobId;
use van_bulk_import::import::Assumption;
use van_bulk_import::ledger::{self, ImportId, ImportState, Ledger, PartRecord};

use crate::check::{self, Finished};
use crate::kills::Watch;
use crate::plan::{Place, Plan, When};
use crate::program::{KEY, Program, Task};
use crate::report::Told;
use crate::{ChaosError, Options, rows, secrets};

/// How often the program is started before the faults end, so that it can come to its end.
const PATIENT_STARTS: usize = 20;
/// How often it is started at most.
const STARTS: usize = 40;
/// How often it is started to wait for a job that never ends.
const NEVER_ENDING_STARTS: usize = 4;
/// How long a program may run before that counts as hanging.
const LONGEST: Duration = Duration::from_secs(120);
/// How often the program is looked at.
const LOOK: Duration = Duration::from_millis(3);

pub(crate) struct Scenario<'a> {
    plan: &'a Plan,
    emulator: Emulator,
    watch: Arc<Watch>,
    restarts: UnboundedReceiver<()>,
    program: Program<'a>,
    starts: usize,
    told: Told,
}

/// How the program ended.
enum Ended {
    Killed,
    Code(i32),
}

impl Scenario<'_> {
    /// Makes a run. Its folder is removed if it found nothing.
    pub(crate) async fn run(options: &Options, number: u64, plan: Plan) -> Result<Told, ChaosError> {
        let folder = options.folder.join(format!("run-{number}"));
        let _ = std::fs::remove_dir_all(&folder);
        let uploads = folder.join("uploads");
        std::fs::create_dir_all(&uploads).map_err(ChaosError::io("create", &uploads))?;
        let host = FileHost::start(&uploads).await?;
        let restart = plan.restart.map(|restart| restart.when);
        let (watch, restarts) = Watch::new(&plan.kills, restart);
        let observer = Arc::clone(&watch);
        let emulator = Emulator::start(Config {
            schema: options.schema.clone(),
            api_key: Some(SecretString::from(KEY)),
            step: Duration::from_millis(20),
            faults: plan.faults.clone(),
            max_result_file_bytes: plan.max_result_file_bytes,
            observer: Some(Observer::new(move |event| observer.on_event(event))),
            ..Config::default()
        })
        .await?;
        let program = Program {
            program: &options.program,
            base_url: emulator.base_url(),
            folder: &folder,
            uploads: (plan.place == Place::Folder).then(|| (uploads.clone(), host.url(""))),
            parts_at_once: plan.parts_at_once,
        };
        let told = Told::new(&plan);
        let mut scenario = Scenario { plan: &plan, emulator, watch, restarts, program, starts: 0, told };
        scenario.go(&folder).await?;
        let Scenario { emulator, told, .. } = scenario;
        emulator.stop().await;
        host.stop().await;
        if told.faults.is_empty() {
            std::fs::remove_dir_all(&folder).map_err(ChaosError::io("remove", &folder))?;
        }
        Ok(told)
    }

    async fn go(&mut self, folder: &Path) -> Result<(), ChaosError> {
        self.program.prepare(&rows::text(&self.plan.rows))?;
        match self.finish(folder).await? {
            Some(import) => {
                let finished = Finished { folder, import, plan: self.plan, record: &self.emulator.record() };
                self.told.faults.extend(check::all(&finished)?);
                if self.plan.again {
                    self.import_again(folder).await?;
                }
            }
            None if self.never_ends() => self.told.never_ended += 1,
            None => self.told.faults.push(format!("the import did not come to its end in {STARTS} starts")),
        }
        self.told.faults.extend(secrets::found(folder)?);
        self.told.count(&self.emulator.record(), self.watch.killed(), self.starts);
        Ok(())
    }

    /// Starts the program until an import is finished.
    async fn finish(&mut self, folder: &Path) -> Result<Option<ImportId>, ChaosError> {
        let mut task = Task::Import;
        while self.starts < STARTS {
            if self.starts == PATIENT_STARTS {
                // What is drawn does not change this.
                let _ = self.emulator.set_faults(Faults::none());
            }
            self.start(&task).await?;
            let Some((import, state)) = last_import(folder)? else {
                task = Task::Import;
                continue;
            };
            task = match state {
                ImportState::Finished => return Ok(Some(import)),
                ImportState::GivenUp => Task::Import,
                ImportState::Packing => {
                    // Resuming tells that nothing was sent, and gives it up.
                    self.start(&Task::Resume { import: import.0, assume: None }).await?;
                    Task::Import
                }
                _ if self.never_ends() && self.starts > NEVER_ENDING_STARTS => return Ok(None),
                _ => Task::Resume { import: import.0, assume: self.assumption(folder, import).await? },
            };
        }
        Ok(None)
    }

    /// Starts the program, and waits for its end.
    async fn start(&mut self, task: &Task) -> Result<Ended, ChaosError> {
        self.starts += 1;
        let started = Instant::now();
        self.watch.start(self.program.start(task, self.starts)?);
        let clock = self.plan.kills.iter().filter_map(|kill| match kill {
            When::After(time) => Some(*time),
            When::At { .. } => None,
        });
        let clock = clock.collect::<Vec<_>>().get(self.starts - 1).copied();
        let restart = self.plan.restart.and_then(|restart| match restart.when {
            When::After(time) if self.starts == 1 => Some(time),
            _ => None,
        });
        let mut restart = restart.map(|time| started + time);
        loop {
            if let Some(code) =
                self.watch.ended().map_err(ChaosError::io("wait for", self.program.program))?
            {
                return Ok(code.map_or(Ended::Killed, Ended::Code));
            }
            let now = Instant::now();
            if clock.is_some_and(|time| now >= started + time) {
                self.watch.kill();
            }
            if restart.take_if(|at| now >= *at).is_some() || self.restarts.try_recv().is_ok() {
                self.restart().await?;
            }
            if now >= started + LONGEST {
                self.told.faults.push(format!("the program ran for more than {} s", LONGEST.as_secs()));
                self.watch.kill();
            }
            sleep(LOOK).await;
        }
    }

    async fn restart(&mut self) -> Result<(), ChaosError> {
        if let Some(restart) = self.plan.restart {
            self.emulator.restart(restart.memory, restart.down).await?;
        }
        Ok(())
    }

    /// What the user would find out in VAN about the first part that is unknown.
    async fn assumption(
        &mut self,
        folder: &Path,
        import: ImportId,
    ) -> Result<Option<(u32, Assumption)>, ChaosError> {
        let parts = open(folder)?.parts(import)?;
        let Some(part) = parts.iter().find(|part| part.state.is_unknown()) else { return Ok(None) };
        // A submission of the program that was killed may be about to take effect.
        let record = self.settled().await;
        let assumption = match job_of(&record, part) {
            Some(job) => Assumption::Submitted(JobId(u64::from(job))),
            None => Assumption::Lost,
        };
        self.told.assumptions += 1;
        Ok(Some((part.number, assumption)))
    }

    /// The record once no request is being answered.
    async fn settled(&self) -> Record {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let record = self.emulator.record();
            let number = |event: &Event| match event {
                Event::Received(request) => Some((request.number, true)),
                Event::Answered { request, .. } => Some((request.number, false)),
                _ => None,
            };
            let mut open = HashSet::new();
            for (request, begins) in record.events.iter().filter_map(number) {
                if begins {
                    open.insert(request)
                } else {
                    open.remove(&request)
                };
            }
            if open.is_empty() || Instant::now() >= until {
                return record;
            }
            sleep(LOOK).await;
        }
    }

    fn never_ends(&self) -> bool {
        let record = self.emulator.record();
        record.events.iter().any(
            |event| matches!(event, Event::JobCreated { faults, .. } if faults.contains(&Kind::NeverEnds)),
        )
    }

    /// The same rows once more: they are refused, and nothing is sent.
    async fn import_again(&mut self, folder: &Path) -> Result<(), ChaosError> {
        let _ = self.emulator.set_faults(Faults::none());
        let before = self.emulator.record().jobs_created().len();
        let ended = self.start(&Task::Import).await?;
        let after = self.emulator.record().jobs_created().len();
        let refused = matches!(ended, Ended::Code(1)) && before == after;
        let refused = refused && last_import(folder)?.is_some_and(|(_, state)| state == ImportState::GivenUp);
        // A kill that was left over may have come first.
        if !refused && !matches!(ended, Ended::Killed) {
            self.told.faults.push("the same rows were imported again".to_owned());
        }
        Ok(())
    }
}

pub(crate) fn open(folder: &Path) -> Result<Ledger, ChaosError> {
    Ok(Ledger::open_existing(folder.join("ledger"))?)
}

/// The last import, if there is a ledger.
fn last_import(folder: &Path) -> Result<Option<(ImportId, ImportState)>, ChaosError> {
    let path: PathBuf = folder.join("ledger").join(ledger::FILE);
    if !path.is_file() {
        return Ok(None);
    }
    Ok(open(folder)?.imports()?.last().map(|import| (import.id, import.state)))
}

/// The job that was created for a part and is not forgotten.
fn job_of(record: &Record, part: &PartRecord) -> Option<u32> {
    check::jobs(record)
        .into_iter()
        .find(|job| !job.is_forgotten && job.source_path.ends_with(&part.object))
        .map(|job| job.id)
}
