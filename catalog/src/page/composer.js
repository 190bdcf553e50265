// The composer: the job that is put together, and the parts of the form that depend on it.

const job = {
  resource: '', description: '', fileName: 'import.csv', sourceUrl: 'https://example.org/import.zip', delimiter: 'csv',
  resultKb: data.limits.leastKb, columns: [], results: [], mappings: [],
};

// Everything that depends on the job. What changes less of it shows that alone: there may be many controls, and letters land in
// one of them.
function refresh() {
  showColumns();
  showAdd();
  showCards();
  showOutcome();
}

const showCards = () => fill(byId('mappings'), job.mappings.map(mappingCard));

// Makes the card of one mapping, again if it is there.
function showCard(index) {
  const card = mappingCard(job.mappings[index], index);
  const before = byId(`m${index}`);
  if (before) before.replaceWith(card);
  else byId('mappings').append(card);
}

function showControls() {
  byId('description').value = job.description;
  byId('file-name').value = job.fileName;
  byId('source-url').value = job.sourceUrl;
  byId('delimiter').value = job.delimiter;
  byId('result-kb').value = job.resultKb;
  const index = data.resources.findIndex((resource) => resource.name === job.resource);
  byId('resource').value = index < 0 ? '' : String(index);
}

// Whether the header told the delimiter, not somebody who chose it.
let isDelimiterRead = false;

function setColumns({ columns, delimiter, problem }) {
  forgetTyped();
  job.columns = columns.map(wellFormed);
  job.results = job.results.filter((name) => job.columns.includes(name));
  // What an earlier header told does not hold for names that tell nothing.
  if (delimiter !== null) job.delimiter = delimiter;
  else if (isDelimiterRead) job.delimiter = 'csv';
  isDelimiterRead = delimiter !== null;
  byId('delimiter').value = job.delimiter;
  byId('csv-problem').textContent = problem;
  refresh();
}

// All of the page depends on the columns, so they wait until whoever types them pauses, or leaves the box.
const PAUSE_MS = 200;
let pause = null;

function forgetTyped() {
  clearTimeout(pause);
  pause = null;
}

function startHeader() {
  const box = byId('headers');
  const take = () => setColumns(readHeader(box.value, false));
  box.addEventListener('input', () => {
    forgetTyped();
    pause = setTimeout(take, PAUSE_MS);
  });
  box.addEventListener('change', () => {
    if (pause !== null) take();
  });
}

// The columns with a box each for the result files.
function showColumns() {
  const chip = (name, index) => {
    const id = `result-column-${index}`;
    const change = (event) => {
      job.results = job.results.filter((other) => other !== name);
      if (event.target.checked) job.results.push(name);
      showOutcome();
    };
    return el('li', null,
      el('input', { type: 'checkbox', id, checked: job.results.includes(name), onchange: change }),
      el('label', { for: id }, shown(name, 60)));
  };
  fill(byId('columns'), job.columns.length === 0 ? [] : [
    el('p', { class: 'hint', id: 'columns-hint' }, `${job.columns.length === 1 ? '1 column' : `${job.columns.length} columns`}. VAN copies the ticked ones into its result files, so that you can tell rows apart there.`),
    el('ul', { class: 'chips', 'aria-describedby': 'columns-hint' }, job.columns.map(chip)),
  ]);
}

// The mapping types that can still be added.
function showAdd() {
  const isFull = (mapping) => mapping.mode === 'single' && job.mappings.some((own) => own.type === mapping.name);
  const fitting = data.mappings.filter((mapping) => mapping.resources.includes(job.resource));
  const free = fitting.filter((mapping) => !isFull(mapping));
  const select = byId('add-mapping');
  const chosen = select.value;
  fill(select, free.map((mapping) => option(mapping.name, mapping.title && mapping.title !== mapping.name ? `${mapping.title} (${shown(mapping.name, 60)})` : shown(mapping.name))));
  if (free.some((mapping) => mapping.name === chosen)) select.value = chosen;
  select.disabled = free.length === 0;
  byId('add-mapping-button').disabled = free.length === 0;
  const hint = byId('add-mapping-hint');
  if (job.resource === '') hint.textContent = 'Choose first what the rows are.';
  else if (fitting.length === 0) hint.textContent = 'No mapping type takes this resource type.';
  else if (free.length === 0) hint.textContent = 'Every mapping type that takes this resource type is in the job.';
  else if (free.length < fitting.length) hint.textContent = 'Mapping types that VAN allows once, and that are in the job, are not offered.';
  else hint.textContent = '';
}

// Adds a mapping with its required fields, and with those that have a column of their name.
function addMapping(type) {
  const mapping = { type: type.name, fields: [] };
  job.mappings.push(mapping);
  for (const field of type.fields) {
    if (field.required === 'always' || (field.column && likelyColumn(job, field) !== undefined)) addField(mapping, field);
  }
  const index = job.mappings.length - 1;
  showAdd();
  // The one that was the last can go down now.
  if (index > 0) showCard(index - 1);
  showCard(index);
  showOutcome();
  byId(`m${index}-name`).focus();
}

// Adds a field to a mapping, filled by the column of its name if there is one.
function addField(mapping, field) {
  const column = field.column ? likelyColumn(job, field) : undefined;
  const own = { name: field.name, kind: column === undefined ? 'none' : 'column', column: column ?? '', value: '', pairs: [] };
  mapping.fields.push(own);
  return own;
}

function moveMapping(index, by) {
  const [moved] = job.mappings.splice(index, 1);
  job.mappings.splice(index + by, 0, moved);
  showCard(index);
  showCard(index + by);
  showOutcome();
  byId(`m${index + by}-name`).focus();
}

function removeMapping(index) {
  job.mappings.splice(index, 1);
  showAdd();
  showCards();
  showOutcome();
  byId(job.mappings.length > 0 ? `m${Math.min(index, job.mappings.length - 1)}-name` : 'add-mapping').focus();
}

function mappingCard(mapping, index) {
  const type = mappingByName.get(mapping.type);
  const id = `m${index}`;
  const title = `${mappingTitle(type)}`;
  const button = (text, action, isOff) => el('button', { type: 'button', class: 'small', onclick: action, disabled: isOff, 'aria-label': `${text}: mapping ${index + 1}, ${title}` }, text);
  // Required fields first, then in VAN's order.
  const place = (own) => {
    const at = type.fields.findIndex((field) => field.name === own.name);
    return type.fields[at].required === 'always' ? at - type.fields.length : at;
  };
  const fields = [...mapping.fields].sort((one, other) => place(one) - place(other));
  const others = type.fields.filter((field) => !mapping.fields.some((own) => own.name === field.name));
  const add = () => {
    const field = type.fieldByName.get(byId(`${id}-add`).value);
    if (!field) return;
    addField(mapping, field);
    showCard(index);
    showOutcome();
    byId(fieldId(index, field.name)).focus();
  };
  return el('li', { class: 'card', id },
    el('div', { class: 'card-head' },
      el('h3', { id: `${id}-name`, tabindex: '-1' }, title, ' ', el('code', null, shown(type.name, 60))),
      el('div', { class: 'buttons' },
        button('Up', () => moveMapping(index, -1), index === 0),
        button('Down', () => moveMapping(index, 1), index === job.mappings.length - 1),
        button('Remove', () => removeMapping(index)))),
    el('p', { class: 'note', id: `${id}-note` }),
    fields.map((own) => fieldRow(mapping, index, type, own)),
    others.length > 0 && el('div', { class: 'add-field' },
      el('label', { for: `${id}-add` }, 'Add a field'),
      el('select', { id: `${id}-add` },
        others.map((field) => option(field.name, field.description ? `${shown(field.name, 40)}: ${shown(field.description, 60)}` : shown(field.name, 40)))),
      el('button', { type: 'button', class: 'small', id: `${id}-add-button`, onclick: add, 'aria-label': `Add the field to mapping ${index + 1}, ${title}` }, 'Add')),
    el('p', { class: 'hint', id: `${id}-inferred` }));
}

const fieldId = (index, name) => {
  const type = mappingByName.get(job.mappings[index].type);
  return `m${index}-f${type.fields.findIndex((field) => field.name === name)}`;
};

// A whole number that the payload can hold, in or out of VAN's bounds; what is none becomes 0, which VAN does not take.
const MOST_KB = 2 ** 32 - 1;
const kilobytes = (text) => Math.min(Math.max(Math.trunc(Number(text)) || 0, 0), MOST_KB);

function startComposer() {
  const on = (id, event, change) => byId(id).addEventListener(event, change);
  byId('composer-form').hidden = false;
  on('composer-form', 'submit', (event) => event.preventDefault());
  const text = (id, key) => on(id, 'input', (event) => {
    job[key] = wellFormed(event.target.value);
    showOutcome();
  });
  text('description', 'description');
  text('file-name', 'fileName');
  text('source-url', 'sourceUrl');
  on('result-kb', 'input', (event) => {
    job.resultKb = kilobytes(event.target.value);
    showOutcome();
  });
  on('delimiter', 'change', (event) => {
    job.delimiter = event.target.value;
    isDelimiterRead = false;
    showOutcome();
  });
  on('resource', 'change', (event) => {
    job.resource = data.resources[Number(event.target.value)]?.name ?? '';
    if (event.target.value === '') job.resource = '';
    showAdd();
    showOutcome();
  });
  on('add-mapping-button', 'click', () => {
    const type = mappingByName.get(byId('add-mapping').value);
    if (type) addMapping(type);
  });
  startHeader();
  startFile();
  startExport();
  for (const button of document.querySelectorAll('[data-compose]')) {
    const type = mappingByModule.get(button.dataset.compose);
    button.parentElement.hidden = type.resources.length === 0;
    button.addEventListener('click', () => compose(type));
  }
  showControls();
  refresh();
}

// Adds a mapping type from its description; a job of another resource type stays as it is, and the page says what is wrong.
function compose(type) {
  if (job.mappings.length === 0 && !type.resources.includes(job.resource)) job.resource = type.resources[0];
  location.hash = '#composer';
  showView();
  showControls();
  addMapping(type);
}

function startFile() {
  const drop = byId('drop');
  const take = async (file) => {
    const problem = byId('csv-problem');
    problem.textContent = '';
    try {
      const read = await readFile(file);
      byId('headers').value = headerLine(read.columns, read.delimiter);
      if (/\.(csv|txt|tsv)$/i.test(file.name)) job.fileName = wellFormed(file.name);
      showControls();
      setColumns(read);
    } catch (error) {
      problem.textContent = `${shown(file.name, 80)} could not be read. ${error.message}`;
    }
  };
  byId('csv').addEventListener('change', (event) => {
    if (event.target.files.length > 0) take(event.target.files[0]);
  });
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('dropping');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('dropping'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('dropping');
    if (event.dataTransfer.files.length > 0) take(event.dataTransfer.files[0]);
  });
}
