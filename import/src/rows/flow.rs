//! Checks blocks side by side, and gives what became of them in their order.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use van_bulk::Header;

use super::RowsError;
use super::check::{Done, Work, Worker};
use super::columns::difference;
use crate::delimited::split::{Block, Splitter, Start, count_lines};
use crate::delimited::{DelimitedError, Input, Problem, Row};

/// A block, and where to send what became of it.
type Job = (Block, SyncSender<io::Result<Done>>);

/// Threads that check blocks. Which of them takes a block makes no difference to what becomes of it.
pub(super) struct Flow {
    jobs: Option<SyncSender<Job>>,
    /// For every block on its way, in order.
    pending: VecDeque<Receiver<io::Result<Done>>>,
    /// How many blocks may be on their way.
    most: usize,
    threads: Vec<JoinHandle<()>>,
}

impl Flow {
    /// Starts so many threads, as a rule one for each core.
    pub(super) fn start(work: Work, threads: Option<NonZero<usize>>) -> Result<Self, RowsError> {
        let threads = threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
        let (jobs, queue) = sync_channel::<Job>(threads);
        let (work, queue) = (Arc::new(work), Arc::new(Mutex::new(queue)));
        let spawn = |_| {
            let (work, queue) = (Arc::clone(&work), Arc::clone(&queue));
            thread::Builder::new().name("van-bulk-rows".to_owned()).spawn(move || run(&work, &queue))
        };
        let threads = (0..threads).map(spawn).collect::<io::Result<Vec<_>>>().map_err(RowsError::Threads)?;
        Ok(Self { jobs: Some(jobs), pending: VecDeque::new(), most: threads.len() + 2, threads })
    }

    /// Hands over the next block; gives what became of an earlier one, if so many are on their way that one must be
    /// waited for.
    pub(super) fn push(&mut self, block: Block) -> Result<Option<Done>, RowsError> {
        let first = if self.pending.len() < self.most { None } else { self.pop()? };
        let (sender, receiver) = sync_channel(1);
        let sent = self.jobs.as_ref().map(|jobs| jobs.send((block, sender)));
        if !matches!(sent, Some(Ok(()))) {
            return Err(ended());
        }
        self.pending.push_back(receiver);
        Ok(first)
    }

    /// What became of the next block; `None` if none is on its way.
    pub(super) fn pop(&mut self) -> Result<Option<Done>, RowsError> {
        let Some(next) = self.pending.pop_front() else { return Ok(None) };
        match next.recv() {
            Ok(done) => done.map(Some).map_err(RowsError::Threads),
            Err(_) => Err(ended()),
        }
    }
}

fn ended() -> RowsError {
    RowsError::Threads(io::Error::other("a thread that checks rows has ended"))
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.jobs = None;
        self.pending.clear();
        for thread in self.threads.drain(..) {
            // A thread that panicked was noticed by `pop`.
            let _ = thread.join();
        }
    }
}

fn run(work: &Work, queue: &Mutex<Receiver<Job>>) {
    let mut worker = Worker::new(work);
    loop {
        // The lock is held while waiting for a block, not while working on it.
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((block, sender)) = job else { return };
        // Nobody may wait for it any more.
        let _ = sender.send(worker.check(&block));
    }
}

/// Who takes what became of rows.
pub(super) trait Takes {
    /// The columns that a header must have.
    fn columns(&self) -> &[String];

    /// Is told what separates the cells of the source, before anything else.
    fn begin(&mut self, delimiter: u8) -> Result<(), RowsError>;

    /// Takes what became of the next block.
    fn take(&mut self, done: Done) -> Result<(), RowsError>;
}

/// Sends the rows of a text through the flow. Gives the name of the text.
///
/// A fault of the text is told after everything before it.
pub(super) fn source_rows(
    input: Input,
    block_bytes: usize,
    flow: &mut Flow,
    to: &mut impl Takes,
) -> Result<String, RowsError> {
    let delimiter = input.delimiter();
    let (name, text) = input.into_text()?;
    let mut splitter = Splitter::new(text, name.as_str(), delimiter, block_bytes);
    let Some(mut first) = splitter.next()? else { return Err(splitter.error(1, Problem::Empty).into()) };
    let header = take_header(&mut first, &name)?;
    Header::new(header.iter().cloned())
        .map_err(|error| RowsError::BadHeader { file: name.clone(), error })?;
    let found: Vec<&str> = header.iter().map(String::as_str).collect();
    let expected: Vec<&str> = to.columns().iter().map(String::as_str).collect();
    if let Some(mut problem) = difference(&found, &expected) {
        if let ([only], [_, _, ..]) = (&*found, &*expected)
            && only.contains(';')
        {
            problem
                .push_str("; its cells seem to be separated by semicolons, so save it with commas or tabs");
        }
        return Err(RowsError::Header { file: name, problem });
    }
    to.begin(first.delimiter)?;
    let mut next = Ok(Some(first));
    let fault = loop {
        match next {
            Ok(Some(block)) if block.records.is_empty() => {}
            Ok(Some(block)) => flow.push(block)?.map_or(Ok(()), |done| to.take(done))?,
            Ok(None) => break None,
            Err(fault) => break Some(fault),
        }
        next = splitter.next();
    };
    while let Some(done) = flow.pop()? {
        to.take(done)?;
    }
    fault.map_or(Ok(name), |fault| Err(fault.into()))
}

/// Takes the header out of the first block of a file.
pub(super) fn take_header(block: &mut Block, file: &str) -> Result<Vec<String>, DelimitedError> {
    let Some(record) = block.records.first().copied() else { return Ok(Vec::new()) };
    let start = block.start.unwrap_or(Start { line: 1, offset: 0 });
    let fault = |at: usize, problem| {
        let line = start.line + count_lines(block.text.get(..at).unwrap_or_default());
        DelimitedError { file: file.to_owned(), line, problem }
    };
    let text = std::str::from_utf8(block.bytes(record)).map_err(|error| {
        let at = record.start + error.valid_up_to();
        fault(at, Problem::NotUtf8 { row: Row::Header, offset: start.offset + at as u64 })
    })?;
    if text.contains('\0') {
        return Err(fault(record.start, Problem::NulInHeader));
    }
    let mut cells = crate::delimited::record::Cells::default();
    cells.read(text, block.delimiter, record.has_quote);
    let header = cells.iter(text).map(str::to_owned).collect();
    block.records.remove(0);
    block.first = 1;
    Ok(header)
}
