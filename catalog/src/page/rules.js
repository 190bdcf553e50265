// The rules of a job, over the data: what `van_bulk_schema::rules` says of the exported payload, with the same codes. The tests
// of this crate compare the two over random jobs.
//
// A job is
//   { resource, description, fileName, sourceUrl, delimiter, resultKb, columns: [name], results: [name],
//     mappings: [{ type, fields: [{ name, kind, column, value, pairs: [[source, target]] }] }] }
// where the kind of a field is `none` (not filled yet), `column`, `static` or `translated`.

// The mappings with every field that they fill, those included that VAN would fill from a column of the same name: the page
// writes these out, so that the payload and the program say the same.
function expanded(job) {
  const named = new Set(job.mappings.flatMap((mapping) => mapping.fields.filter(hasColumn).map((field) => field.column.toLowerCase())));
  return job.mappings.map((mapping) => {
    const type = mappingByName.get(mapping.type);
    const entries = mapping.fields.filter((field) => field.kind !== 'none').map((field) => entry(job, field));
    if (entries.length === 0) inferAll(job, type, entries);
    else inferRest(job, type, entries, named);
    return { type, entries };
  });
}

const hasColumn = (field) => field.kind === 'column' || field.kind === 'translated';

function entry(job, field) {
  const isStatic = field.kind === 'static';
  return {
    name: field.name,
    column: isStatic ? null : (columnNamed(job, field.column) ?? field.column),
    value: isStatic ? field.value : null,
    pairs: field.kind === 'translated' ? field.pairs : [],
    isInferred: false,
  };
}

// What is asked of columns again and again, for each array of them, which is never changed in place: the names, the first of each
// name ignoring case, and the columns proposed for each field.
const lookups = new WeakMap();
function lookup(columns) {
  if (!lookups.has(columns)) {
    const byLower = new Map();
    for (const name of columns) {
      if (!byLower.has(name.toLowerCase())) byLower.set(name.toLowerCase(), name);
    }
    lookups.set(columns, { names: new Set(columns), byLower, proposed: new Map() });
  }
  return lookups.get(columns);
}

// The column of exactly this name, else the first of this name ignoring case.
function columnNamed(job, name) {
  const { names, byLower } = lookup(job.columns);
  return names.has(name) ? name : byLower.get(name.toLowerCase());
}

const fromColumn = (field, column) => ({ name: field.name, column, value: null, pairs: [], isInferred: true });

function inferAll(job, type, entries) {
  for (const field of type.fields) {
    const column = field.byName ? columnNamed(job, field.name) : undefined;
    if (column !== undefined) entries.push(fromColumn(field, column));
  }
}

function inferRest(job, type, entries, named) {
  // A field inferred in one round may be the parent of one in the next.
  for (let before = -1; before !== entries.length; ) {
    before = entries.length;
    for (const field of type.fields) {
      if (entries.some((known) => known.name === field.name) || !field.byName) continue;
      const column = columnNamed(job, field.name);
      if (column === undefined || named.has(column.toLowerCase())) continue;
      const isMet = (parent) => {
        const own = entries.find((known) => known.name === parent.field);
        return own !== undefined && (own.value === null || allows(parent, own.value));
      };
      const isAllowed = field.anyParent
        ? field.parents.length === 0 || field.parents.some(isMet)
        : field.parents.every(isMet);
      if (isAllowed) entries.push(fromColumn(field, column));
    }
  }
}

const allows = (parent, value) => parent.allowed === null || parent.allowed.includes(value);

// What is known of a field before the rows are: nothing fills it, one value does, or each row says.
const NOT = Symbol('not filled');
const BY_ROW = Symbol('by row');
function filled(entries, name) {
  const own = entries.find((known) => known.name === name);
  if (!own) return NOT;
  return own.value !== null && !isBlank(own.value) ? own.value : BY_ROW;
}
const isStatic = (known) => typeof known === 'string';

// Every problem of a job: { code, isError, text, help, mapping, field, part, at }. `mapping` is its place in the job, `part` what
// it is about of how the field is filled (`column`, or `from-0` and `to-0` for its first translation) if that is known, and `at`
// the control of the page that it is about.
function problems(job) {
  const uses = expanded(job);
  const found = [];
  const add = (isError) => (code, at, text, help, mapping = null, field = null, part = null) =>
    found.push({ code: `payload::${code}`, isError, at, text, help, mapping, field, part });
  const error = add(true);
  const doubt = add(false);

  checkJob(job, error, doubt);
  checkColumns(job, error);
  checkKey(job, uses, doubt);
  checkUnused(job, uses, doubt);
  uses.forEach((use, index) => {
    const tell = (report) => (code, field, text, help, part) => report(code, 'mapping', text, help, index, field, part);
    checkTogether(job, uses, index, tell(error));
    checkFields(use, tell(error));
    checkParents(use, tell(error));
    checkGroups(uses, index, tell(error));
    checkSources(job, use, tell(error), tell(doubt));
  });
  return found;
}

function checkJob(job, error, doubt) {
  if (isBlank(job.description)) error('description', 'description', 'The job has no description.', 'Say what the import is for.');
  const length = characters(job.description);
  if (length > data.limits.description) {
    error('description', 'description', `The description has ${length} characters.`, `VAN takes ${data.limits.description}.`);
  }
  const forbidden = ['<', '>', '&#'].find((part) => job.description.includes(part));
  if (forbidden) {
    error('description', 'description', `The description has ${forbidden} in it.`, 'VAN takes that for HTML: write it in words.');
  }
  if (isBlank(job.fileName)) error('file-name', 'file-name', 'The file has no name.', 'Name the file inside the zip.');
  checkUrl(job.sourceUrl, error, doubt);
  if (!data.resources.some((resource) => resource.name === job.resource)) {
    error('unknown-resource-type', 'resource', 'The resource type is not chosen.', 'Choose what the rows of the file are.');
  }
  const { leastKb, mostKb } = data.limits;
  if (!(job.resultKb >= leastKb && job.resultKb <= mostKb)) {
    error('result-file-size', 'result-kb', 'The size of the result files is out of bounds.', `Give ${leastKb} to ${mostKb} KB.`);
  }
  for (const name of job.results) {
    if (columnNamed(job, name) === undefined) {
      error('unknown-result-column', 'columns', `The file has no column ${quoted(name)} to copy into the result files.`, 'Choose one of its columns.');
    }
  }
  if (job.mappings.length === 0) {
    error('no-mapping-types', 'add-mapping', 'The job has no mapping.', 'Add what VAN should do with the rows.');
  }
}

function checkUrl(url, error, doubt) {
  const help = 'Give a URL that starts with https://.';
  if (isBlank(url)) {
    error('source-url', 'source-url', 'The address of the zip is missing.', help);
    return;
  }
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)/u.exec(url);
  const host = parts?.[2].split('@').at(-1);
  if (!parts || host === '' || host.startsWith(':') || /[\p{White_Space}\p{Cc}]/u.test(url)) {
    error('source-url', 'source-url', 'The address of the zip is no URL that VAN can fetch.', help);
  } else if (!['http', 'https', 'sftp'].includes(parts[1].toLowerCase())) {
    doubt('source-url', 'source-url', 'Whether VAN fetches from such an address is not known.', help);
  }
}

function checkColumns(job, error) {
  const { columns } = job;
  const report = (code, text, help) => error(code, 'headers', text, help);
  if (columns.length === 0) report('column-count', 'The columns of the file are not known.', 'Paste its header line.');
  if (columns.length > data.limits.columns) {
    report('column-count', `The file has ${columns.length} columns.`, `VAN takes ${data.limits.columns}: leave some out.`);
  }
  const first = new Map();
  columns.forEach((name, index) => {
    const key = trimmed(name).toLowerCase();
    if (key === '') report('blank-column', `Column ${index + 1} has no name.`, 'Give it one.');
    else if (first.has(key)) {
      report('duplicate-column', `Columns ${first.get(key) + 1} and ${index + 1} are both named ${quoted(name)}.`, 'Rename one; case does not count.');
    } else first.set(key, index);
  });
}

const resourceOf = (job) => data.resources.find((resource) => resource.name === job.resource);

function checkKey(job, uses, doubt) {
  const isNeeded = resourceOf(job)?.aboutContacts && !uses.some((use) => use.type.name === data.findsContacts);
  const index = job.columns.findIndex((name) => sameName(name, data.contactKey));
  if (!isNeeded || job.columns.length === 0 || index === 0) return;
  const text = index < 0
    ? `There is no column ${data.contactKey}, by which rows find their contacts.`
    : `The column ${data.contactKey}, by which rows find their contacts, is not the first.`;
  doubt('key-column', 'headers', text, `Make ${data.contactKey} the first column, as other clients do, or add the mapping ${data.findsContacts}.`);
}

function checkUnused(job, uses, doubt) {
  if (uses.length === 0) return;
  const used = new Set(uses.flatMap((use) => use.entries).filter((own) => own.column !== null).map((own) => own.column));
  // A column that the file does not have, and that reads like a slip of one, is an error of its own.
  const slips = [...used].filter((name) => columnNamed(job, name) === undefined);
  const meant = new Set(slips.map((name) => nearest(name, job.columns)));
  const isFor = new Set([...used, ...job.results].map((name) => name.toLowerCase()));
  const key = resourceOf(job)?.key;
  for (const name of job.columns) {
    const isIdle = !meant.has(name) && !isFor.has(name.toLowerCase()) && !(key && sameName(key, name));
    if (!isBlank(name) && isIdle) {
      doubt('unused-column', 'columns', `No mapping uses the column ${quoted(name)}, so nothing in it is imported.`, 'Map a field to it, copy it into the result files, or leave it out.');
    }
  }
}

// What a mapping type asks of the job: its resource type, and how often the job may hold it.
function checkTogether(job, uses, index, error) {
  const { type, entries } = uses[index];
  const title = mappingTitle(type);
  if (!type.resources.includes(job.resource)) {
    const help = type.resources.length ? `VAN takes it for ${joined(type.resources.map((name) => shown(name)), 'or')}.` : 'No job takes it.';
    error('wrong-resource-type', null, `${title} does not go with this resource type.`, help);
  }
  const earlier = uses.slice(0, index).filter((use) => use.type === type);
  if (type.mode === 'single' && earlier.length > 0) {
    error('single-twice', null, `${title} is in the job twice, and VAN allows it once.`, 'Set its fields in one mapping.');
  }
  if (type.mode !== 'perType') return;
  const own = filled(entries, type.typeField);
  // Where the rows say the type, nothing is known yet.
  if (own === BY_ROW || !earlier.some((use) => filled(use.entries, type.typeField) === own)) return;
  const which = own === NOT ? `without ${shown(type.typeField)}` : `with the same ${shown(type.typeField)}`;
  error('type-twice', type.typeField, `${title} is in the job twice ${which}, and VAN allows it once for each.`, 'Choose another one, or set its fields in one mapping.');
}

function checkFields({ type, entries }, error) {
  for (const own of entries) {
    if (own.column !== null && !type.fieldByName.get(own.name).column) {
      error('static-only', own.name, `${shown(own.name)} cannot be filled from a column.`, 'Give it one value for all rows.');
    }
  }
  for (const field of type.fields) {
    if (filled(entries, field.name) !== NOT) continue;
    if (field.required === 'always') {
      error('required-field', field.name, `${shown(field.name)} is required and not filled.`, field.column ? 'Choose a column or one value.' : 'Give it one value for all rows.');
    } else if (field.required === 'whenAllowed') {
      const because = demandedBy(type, entries, field);
      if (because) error('required-field', field.name, `${shown(field.name)} is required where ${because}.`, 'Fill it.');
    }
  }
}

// The values of parents that make a field required; nothing if they do not.
function demandedBy(type, entries, field) {
  const limiting = field.parents.filter((parent) => parent.allowed !== null);
  const demanding = limiting.filter((parent) => {
    const value = filled(entries, parent.field);
    return isStatic(value) && allows(parent, value);
  });
  if (demanding.length === 0 || demanding.length < (field.anyParent ? 1 : limiting.length)) return null;
  const says = (parent) => `${shown(parent.field)} is ${valueTitle(type.fieldByName.get(parent.field), filled(entries, parent.field))}`;
  return joined(demanding.map(says), 'and');
}

function checkParents({ type, entries }, error) {
  for (const own of entries) {
    const field = type.fieldByName.get(own.name);
    const missing = field.parents.filter((parent) => filled(entries, parent.field) === NOT);
    const needs = (parents) => {
      const names = joined(parents.map((parent) => shown(parent.field)), 'or');
      const what = parents.length === 1 ? 'which is not filled' : 'and none of them is filled';
      error('parent-not-mapped', own.name, `${shown(own.name)} needs ${names}, ${what}.`, `Fill ${names} in the same mapping.`);
    };
    if (!field.anyParent) missing.forEach((parent) => needs([parent]));
    else if (missing.length > 0 && missing.length === field.parents.length) needs(missing);

    const refusing = field.parents.filter((parent) => {
      const value = filled(entries, parent.field);
      return isStatic(value) && !allows(parent, value);
    });
    // Where one parent is enough, one that allows the field is enough.
    if (!field.anyParent || refusing.length === field.parents.length - missing.length) {
      refusing.forEach((parent) => {
        const of = type.fieldByName.get(parent.field);
        const values = joined(parent.allowed.map((id) => valueTitle(of, id)), 'or');
        const value = valueTitle(of, filled(entries, parent.field));
        error('parent-value', own.name, `${shown(own.name)} is not allowed where ${shown(parent.field)} is ${value}.`, `It is where ${shown(parent.field)} is ${values}.`);
      });
    }
  }
}

function checkGroups(uses, index, error) {
  const { type, entries } = uses[index];
  const filledGroups = (set, own) =>
    set.map((group) => [group.name, group.fields.find((name) => filled(own, name) !== NOT)]).filter(([, name]) => name !== undefined);
  for (const set of type.exclusive) {
    const earlier = uses.slice(0, index).filter((use) => use.type === type);
    let first = earlier.map((use) => filledGroups(set, use.entries)[0]).find((group) => group !== undefined);
    for (const [group, name] of filledGroups(set, entries)) {
      if (first === undefined) first = [group, name];
      else if (first[0] !== group) {
        error('exclusive', name, `${shown(name)} and ${shown(first[1])} cannot be imported by one job.`, 'Use two files and two jobs.');
      }
    }
  }
}

// How each field is filled: its column, its value, its translations.
function checkSources(job, { type, entries }, error, doubt) {
  for (const own of entries) {
    const field = type.fieldByName.get(own.name);
    const name = shown(own.name);
    if (own.column !== null && columnNamed(job, own.column) === undefined) {
      error('unknown-column', own.name, `${name} is filled from the column ${quoted(own.column)}, which the file does not have.`, 'Choose another column.', 'column');
    }
    const sources = new Set();
    own.pairs.forEach(([source, target], index) => {
      const from = trimmed(source);
      const cell = from === '' ? 'the empty cell' : quoted(from);
      if (field.byId && !field.byId.has(target)) {
        const text = isBlank(target) ? `What ${cell} becomes in ${name} is not chosen.` : `${name} has no value ${quoted(target)}.`;
        error('unknown-target-value', own.name, text, 'Choose one of its list.', `to-${index}`);
      }
      if (sources.has(from)) {
        error('duplicate-source-value', own.name, `${name} translates ${cell} twice.`, 'Keep one of the two.', `from-${index}`);
      }
      sources.add(from);
    });
    if (own.value === null) continue;
    const length = characters(own.value);
    if (field.max !== undefined && length > field.max) {
      error('static-value-too-long', own.name, `The value of ${name} has ${length} characters.`, `It may have ${field.max}.`);
    }
    if (isBlank(own.value)) {
      error('blank-static-value', own.name, `The value of ${name} is missing.`, 'Give the value of every row, or take the field out.');
      continue;
    }
    if (!field.byId) continue;
    const value = field.byId.get(own.value);
    if (!value) {
      doubt('unknown-static-value', own.name, `${name} has no value ${quoted(own.value)} in this snapshot.`, 'Choose one of its list, or check the id.');
    }
    for (const parent of value?.[2] ?? []) {
      const of = filled(entries, parent.field);
      // A blank value says nothing.
      if (isStatic(of) && !allows(parent, of)) {
        const title = valueTitle(type.fieldByName.get(parent.field), of);
        error('parent-value', own.name, `${valueTitle(field, own.value)} of ${name} is not allowed where ${shown(parent.field)} is ${title}.`, 'Choose another value.');
      }
    }
  }
}

// Mappings that fill nothing: VAN would take one as a wish to match columns by name, and there are none of its names. The
// lint lets that pass; the builders do not.
function emptyMappings(job) {
  const found = [];
  expanded(job).forEach(({ type, entries }, index) => {
    if (entries.length === 0 && type.fields.length > 0) {
      found.push({
        code: 'page::nothing-filled', isError: true, at: 'mapping', mapping: index, field: null, part: null,
        text: `${mappingTitle(type)} fills no field.`, help: 'Fill one, or take the mapping out.',
      });
    }
  });
  return found;
}
