// A job as the JSON that VAN takes, and as the Rust program that makes it.

// The fields of each mapping in the order in which a program fills them: the arguments of the constructor, then parents before
// children.
function ordered({ type, entries }) {
  const rust = (own) => type.fieldByName.get(own.name).rust;
  const sorted = [...entries].sort((one, other) => rust(one).rank - rust(other).rank);
  return [...sorted.filter((own) => rust(own).argument), ...sorted.filter((own) => !rust(own).argument)];
}

function payload(job) {
  const field = (own) => ({
    fieldName: own.name,
    ...(own.column !== null && { columnName: own.column }),
    ...(own.value !== null && { staticValue: own.value }),
    ...(own.pairs.length > 0 && { values: own.pairs.map(([sourceValue, targetValue]) => ({ sourceValue, targetValue })) }),
  });
  const mapping = (use) => {
    const fields = ordered(use).map(field);
    return { name: use.type.name, ...(fields.length > 0 && { fieldValueMappings: fields }) };
  };
  const results = job.results.map((name) => ({ name }));
  return {
    description: job.description,
    file: {
      fileName: job.fileName,
      columnDelimiter: job.delimiter,
      columns: job.columns.map((name) => ({ name })),
      hasHeader: true,
      hasQuotes: true,
      sourceUrl: job.sourceUrl,
    },
    actions: [{
      actionType: 'loadMappedFile',
      resourceType: job.resource,
      resultFileSizeKbLimit: job.resultKb,
      mappingTypes: expanded(job).map(mapping),
      ...(results.length > 0 && { columnsToIncludeInResultsFile: results }),
    }],
  };
}

// JSON in which no character hides another or turns text around; they stand in strings only.
function jsonText(job) {
  const units = (text) => Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
  return JSON.stringify(payload(job), null, 2).replace(INVISIBLE, units).replace(/[\u007f-\u009f]/g, units) + '\n';
}

// A literal of Rust. What does not show, or could be taken for something else, is spelled out.
function literal(text) {
  const escaped = Array.from(text, (letter) => {
    if (letter === '"' || letter === '\\') return `\\${letter}`;
    if (letter === ' ' || !/[\p{C}\p{Z}\p{M}]/u.test(letter)) return letter;
    return `\\u{${letter.codePointAt(0).toString(16)}}`;
  });
  return `"${escaped.join('')}"`;
}

function rustText(job) {
  const uses = expanded(job).map((use) => ({ type: use.type, entries: ordered(use) }));
  const usesHeader = job.columns.map(literal).join(', ');
  const resource = resourceOf(job).rust;
  const lines = [
    '//! A bulk import job, as it was composed in the catalogue. It needs the packages `van-bulk`, `serde_json` and the builders.',
    '',
    `use ${data.krate} as van;`,
    'use van_bulk::{FinishedJob, Header, Job};',
    '',
    '/// The job; what its types cannot know is checked when it is finished.',
    'fn job() -> Result<FinishedJob<van::Mode>, Box<dyn std::error::Error>> {',
    `    let header = Header::new([${usesHeader}])?;`,
    `    let job = Job::<van::resource::${resource}, _>::with_header(${literal(job.description)}, &header)`,
    ...uses.flatMap(applied),
    ...job.results.map((name) => `        .include_in_results_file(header.column(${literal(name)})?)`),
    ...(job.delimiter === 'tab' ? ['        .delimiter(van_bulk::payload::Delimiter::Tab)'] : []),
    ...(job.resultKb === data.limits.leastKb ? [] : [`        .result_file_size_kb(${job.resultKb})`]),
    '        .finish()?;',
    '    Ok(job)',
    '}',
    '',
    'fn main() -> Result<(), Box<dyn std::error::Error>> {',
    `    let payload = job()?.payload(${literal(job.fileName)}, ${literal(job.sourceUrl)});`,
    '    println!("{}", serde_json::to_string_pretty(&payload)?);',
    '    Ok(())',
    '}',
    '',
  ];
  return lines.join('\n');
}

// The lines that apply one mapping.
function applied({ type, entries }) {
  const field = (own) => type.fieldByName.get(own.name);
  const source = (own) => rustSource(type, field(own), own);
  const module = `van::${type.rust.module}`;
  const required = entries.filter((own) => field(own).rust.argument);
  const calls = entries.filter((own) => !field(own).rust.argument);
  const builder = `${module}::${type.rust.type}`;
  const lines = type.rust.required
    ? [
        `            ${builder}::new(${module}::${type.rust.required} {`,
        ...required.map((own) => `                ${field(own).rust.method}: ${source(own)},`),
        '            })',
      ]
    : [`            ${builder}::new(${required.map(source).join(', ')})`];
  lines.push(...calls.map((own) => `                .${field(own).rust.method}(${source(own)})`));
  lines[lines.length - 1] += ',';
  return ['        .apply(', ...lines, '        )'];
}

function rustSource(type, field, own) {
  const values = `van::${type.rust.module}::${field.rust.module}`;
  const column = () => `header.column(${literal(own.column)})?`;
  // Ids of the list are looked up when the program runs; others have to be said to be raw.
  const isListed = (id) => field.rust.module !== undefined && field.byId !== undefined && field.byId.has(id);
  if (own.pairs.length > 0) {
    const isKnown = own.pairs.every(([, id]) => isListed(id));
    const target = (id) => (isKnown ? `${values}::Any::try_from(${literal(id)})?` : `van_bulk::raw(${literal(id)})`);
    return `${column()}.translate([${own.pairs.map(([from, id]) => `(${literal(from)}, ${target(id)})`).join(', ')}])`;
  }
  if (own.column !== null) return column();
  if (Object.hasOwn(field.rust.typed ?? {}, own.value)) return `${values}::${field.rust.typed[own.value]}`;
  if (field.rust.text) return `van_bulk::static_value(${literal(own.value)})`;
  return isListed(own.value) ? `${values}::Any::try_from(${literal(own.value)})?` : `van_bulk::raw(${literal(own.value)})`;
}
