//! Which value lists are fetched.

use std::collections::HashSet;
use std::convert::Infallible;
use std::str::FromStr;

use van_bulk_schema::Schema;
use van_bulk_schema::finding::did_you_mean;

use super::ClientError;
use super::secrets::Secrets;

/// The value lists that [`Client::discover`](super::Client::discover) fetches.
///
/// ```
/// use van_bulk_import::client::ValueSelection;
///
/// let some: ValueSelection = "Phones.PhoneTypeID, Email.EmailTypeId".parse()?;
/// assert_eq!(some, ValueSelection::Only(vec!["Phones.PhoneTypeID".into(), "Email.EmailTypeId".into()]));
/// assert_eq!("none".parse(), Ok(ValueSelection::None));
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ValueSelection {
    /// Those of all fields that have predefined values.
    #[default]
    All,
    /// None.
    None,
    /// These, each by its mapping type and field with a dot between them, such as `Phones.PhoneTypeID`.
    Only(Vec<String>),
}

/// `all`, `none`, or value lists with commas between them.
impl FromStr for ValueSelection {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.trim() {
            "all" => Self::All,
            "none" => Self::None,
            names => Self::Only(names.split(',').map(|name| name.trim().to_owned()).collect()),
        })
    }
}

/// Mapping types and fields of value lists, in VAN's order.
type Lists = Vec<(String, String)>;

impl ValueSelection {
    /// The value lists to fetch, and those to leave out.
    pub(super) fn split(&self, schema: &Schema, secrets: &Secrets) -> Result<(Lists, Lists), ClientError> {
        let lists = fields_with_values(schema);
        let wanted: HashSet<&str> = match self {
            Self::All => return Ok((lists, Lists::new())),
            Self::None => HashSet::new(),
            Self::Only(names) => names.iter().map(String::as_str).collect(),
        };
        let names: Vec<String> = lists.iter().map(|(mapping, field)| format!("{mapping}.{field}")).collect();
        let known: HashSet<&str> = names.iter().map(String::as_str).collect();
        let mut unknown: Vec<&str> = wanted.difference(&known).copied().collect();
        if !unknown.is_empty() {
            unknown.sort_unstable();
            let told = unknown.into_iter().map(|name| {
                // In VAN's order, so that of two near names the same one is always meant.
                let near = did_you_mean(name, names.iter().map(String::as_str));
                let near = near.map(|near| format!(" ({near})")).unwrap_or_default();
                secrets.line(&format!("`{name}`{near}"), 300)
            });
            return Err(ClientError::NoSuchValueList { names: told.collect() });
        }
        let (fetch, leave): (Vec<_>, Vec<_>) =
            lists.into_iter().zip(&names).partition(|(_, name)| wanted.contains(name.as_str()));
        let lists = |part: Vec<((String, String), &String)>| part.into_iter().map(|(list, _)| list).collect();
        Ok((lists(fetch), lists(leave)))
    }
}

/// Mapping type and field of every value list, in VAN's order, each once.
fn fields_with_values(schema: &Schema) -> Lists {
    let mut seen = HashSet::new();
    let fields = schema.mapping_types.iter().flat_map(|mapping| {
        let fields = mapping.fields.iter().filter(|field| field.has_predefined_values);
        fields.map(|field| (mapping.name.clone(), field.name.clone()))
    });
    fields.filter(|field| seen.insert(field.clone())).collect()
}
