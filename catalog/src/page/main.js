// Starts everything, and lets tests at the composer.

startViews();
startSearch();
startValues();
startComposer();

// Takes a job as `rules.js` describes it in place of the one that is being composed. Throws if it names what the snapshot does
// not have, or what the form could not say.
function load(given) {
  if (kilobytes(given.resultKb) !== given.resultKb) throw new Error(`${given.resultKb} is no size in KB`);
  for (const mapping of given.mappings) {
    const type = mappingByName.get(mapping.type);
    if (!type) throw new Error(`there is no mapping type ${mapping.type}`);
    const names = mapping.fields.map((own) => own.name);
    if (new Set(names).size < names.length) throw new Error(`a field of ${mapping.type} is there twice`);
    for (const own of mapping.fields) {
      const field = type.fieldByName.get(own.name);
      if (!field) throw new Error(`${mapping.type} has no field ${own.name}`);
      if (own.kind === 'translated' && field.rust.text) throw new Error(`${own.name} has no values to translate into`);
    }
  }
  forgetTyped();
  isDelimiterRead = false;
  Object.assign(job, structuredClone(given));
  showControls();
  byId('headers').value = headerLine(job.columns, job.delimiter);
  byId('csv-problem').textContent = '';
  refresh();
}

window.vanBulkComposer = Object.freeze({
  load,
  problems: () => allProblems(job).map(({ code, isError, text, help }) => ({ code, isError, text, help })),
  // As they stand, with whatever mistakes; the page shows them when there are none.
  payload: () => payload(job),
  json: () => jsonText(job),
  rust: () => rustText(job),
});
