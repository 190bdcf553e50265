// What is missing, what is doubtful, and the exports.

// Every problem, those that only the builders have included.
const allProblems = (job) => [...problems(job), ...emptyMappings(job)];

function showOutcome() {
  const all = allProblems(job);
  const errors = all.filter((problem) => problem.isError);
  const doubts = all.filter((problem) => !problem.isError);
  const state = byId('missing-state');
  const text = errors.length === 0
    ? 'Nothing is missing. The job is ready to export.'
    : `${errors.length === 1 ? '1 thing is' : `${errors.length} things are`} missing or wrong.`;
  // Readers of the screen hear it again only if it changed.
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle('good', errors.length === 0);
  fill(byId('missing'), errors.map(problemItem));
  fill(byId('doubts'), doubts.map(problemItem));
  byId('doubts-title').hidden = doubts.length === 0;
  showNotes(all);
  showInferred();
  showExports(errors.length === 0);
}

function problemItem(problem, index) {
  const many = job.mappings.length > 1 && problem.mapping !== null;
  const id = `${problem.isError ? 'missing' : 'doubt'}-${index}`;
  return el('li', { class: problem.isError ? 'error' : 'doubt' },
    el('button', { type: 'button', class: 'go', id, onclick: () => goTo(problem) },
      many && `Mapping ${problem.mapping + 1}: `, problem.text),
    ' ', el('span', { class: 'help' }, problem.help));
}

// Puts the focus on what a problem is about; a field that is not there yet is added.
function goTo(problem) {
  if (problem.mapping === null) {
    const control = problem.at === 'columns' ? 'headers' : problem.at;
    const details = byId(control).closest('details');
    if (details) details.open = true;
    byId(control).focus();
    return;
  }
  const mapping = job.mappings[problem.mapping];
  const name = problem.code === 'payload::parent-not-mapped' ? missingParent(problem) : problem.field;
  if (name === null) {
    byId(`m${problem.mapping}-name`).focus();
    return;
  }
  if (!mapping.fields.some((own) => own.name === name)) {
    addField(mapping, mappingByName.get(mapping.type).fieldByName.get(name));
    showCard(problem.mapping);
    showOutcome();
  }
  controlOf(problem, name).focus();
}

// The control of a field that a problem is about.
function controlOf(problem, name) {
  const id = fieldId(problem.mapping, name);
  return byId(`${id}-${problem.part}`) ?? byId(`${id}-value`) ?? byId(id);
}

// What has to be filled is a parent, not the field that needs it.
function missingParent(problem) {
  const { type, entries } = expanded(job)[problem.mapping];
  const parents = type.fieldByName.get(problem.field).parents;
  return parents.find((parent) => filled(entries, parent.field) === NOT)?.field ?? problem.field;
}

// The problems of a mapping or field stand beside it, too.
function showNotes(all) {
  for (const note of document.querySelectorAll('#mappings .note')) note.textContent = '';
  for (const control of document.querySelectorAll('#mappings [aria-invalid]')) control.removeAttribute('aria-invalid');
  for (const problem of all) {
    if (problem.mapping === null) continue;
    const id = problem.field === null ? `m${problem.mapping}` : fieldId(problem.mapping, problem.field);
    const note = byId(`${id}-note`);
    if (!note) continue;
    note.textContent += `${note.textContent === '' ? '' : ' '}${problem.text}`;
    note.classList.toggle('doubt', !problem.isError);
    if (problem.isError && problem.field !== null) controlOf(problem, problem.field).setAttribute('aria-invalid', 'true');
  }
}

// Fields that VAN fills although nobody said so.
function showInferred() {
  expanded(job).forEach(({ entries }, index) => {
    const inferred = entries.filter((own) => own.isInferred).map((own) => shown(own.name));
    byId(`m${index}-inferred`).textContent = inferred.length === 0
      ? ''
      : `VAN also fills ${joined(inferred, 'and')} from the ${inferred.length === 1 ? 'column' : 'columns'} of the same name, so the exports say so, too. If that is not meant, rename the column in the header line.`;
  });
}

function showExports(isWhole) {
  byId('exports').hidden = !isWhole;
  byId('export-withheld').hidden = isWhole;
  byId('json-text').firstChild.textContent = isWhole ? jsonText(job) : '';
  byId('rust-text').firstChild.textContent = isWhole ? rustText(job) : '';
}

function startExport() {
  for (const kind of ['json', 'rust']) {
    const text = () => byId(`${kind}-text`).firstChild.textContent;
    const said = (words) => {
      byId(`${kind}-said`).textContent = words;
      setTimeout(() => { byId(`${kind}-said`).textContent = ''; }, 4000);
    };
    byId(`${kind}-copy`).addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text());
        said('Copied.');
      } catch {
        // A page from disk may not be let at the clipboard: then it is one key away.
        getSelection().selectAllChildren(byId(`${kind}-text`));
        said('Selected: copy it with your keyboard.');
      }
    });
    byId(`${kind}-save`).addEventListener('click', (event) => {
      const url = URL.createObjectURL(new Blob([text()], { type: 'text/plain' }));
      el('a', { href: url, download: event.currentTarget.dataset.file }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
      said('Downloaded.');
    });
  }
}
