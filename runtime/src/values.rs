//! Predefined values that are chosen when the program runs.

use std::fmt;
use std::marker::PhantomData;

use crate::payload::Text;
use crate::source::{IntoSource, Raw, Source};
use crate::state::Dynamic;

/// A predefined value as VAN lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownValue {
    /// What the job sends.
    pub id: &'static str,
    /// What people see.
    pub name: &'static str,
}

/// The fields whose values are known; the generator implements it for a marker of each.
pub trait KnownValues {
    /// VAN's name of the field.
    const FIELD: &'static str;
    /// The values, by id.
    const VALUES: &'static [KnownValue];
}

/// One of the known values of the field `F`, chosen when the program runs.
///
/// ```
/// # struct PhoneTypeID;
/// # impl van_bulk::values::KnownValues for PhoneTypeID {
/// #     const FIELD: &'static str = "PhoneTypeID";
/// #     const VALUES: &'static [van_bulk::values::KnownValue] = &[
/// #         van_bulk::values::KnownValue { id: "C", name: "Cell" },
/// #         van_bulk::values::KnownValue { id: "H", name: "Home" },
/// #     ];
/// # }
/// # type Any = van_bulk::values::AnyValue<PhoneTypeID>;
/// assert_eq!(Any::try_from("H")?.name(), "Home");
/// assert_eq!(Any::try_from("home")?.id(), "H");
/// assert_eq!(
///     Any::try_from("Hom").unwrap_err().to_string(),
///     "`PhoneTypeID` has no value `Hom`; did you mean `Home`? Its values are: C (Cell), H (Home)"
/// );
/// # Ok::<(), van_bulk::values::NoSuchValue>(())
/// ```
pub struct AnyValue<F> {
    value: KnownValue,
    field: PhantomData<fn() -> F>,
}

impl<F: KnownValues> AnyValue<F> {
    /// Every known value, by id.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        F::VALUES.iter().map(|value| Self { value: *value, field: PhantomData })
    }

    /// What the job sends.
    pub fn id(&self) -> &'static str {
        self.value.id
    }

    /// What people see.
    pub fn name(&self) -> &'static str {
        self.value.name
    }
}

impl<F> Clone for AnyValue<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for AnyValue<F> {}

impl<F> PartialEq for AnyValue<F> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<F> Eq for AnyValue<F> {}

impl<F> fmt::Debug for AnyValue<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyValue").field(&self.value.id).field(&self.value.name).finish()
    }
}

/// By id, or by a name that only one value has, ignoring case.
impl<F: KnownValues> TryFrom<&str> for AnyValue<F> {
    type Error = NoSuchValue;

    fn try_from(text: &str) -> Result<Self, NoSuchValue> {
        let by_id = F::VALUES.iter().find(|value| value.id == text);
        let named = || F::VALUES.iter().filter(|value| value.name.to_lowercase() == text.to_lowercase());
        match by_id.or_else(|| named().next().filter(|_| named().count() == 1)) {
            Some(value) => Ok(Self { value: *value, field: PhantomData }),
            None => Err(NoSuchValue { text: text.to_owned(), field: F::FIELD, values: F::VALUES }),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<F> IntoSource for AnyValue<F> {
    type State = Dynamic;
    fn into_source(self) -> Source {
        Source::StaticText(Text::Borrowed(self.value.id))
    }
}

/// A field has no value of some id or unique name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchValue {
    /// What was looked for.
    pub text: String,
    /// VAN's name of the field.
    pub field: &'static str,
    /// The values of the field.
    pub values: &'static [KnownValue],
}

impl fmt::Display for NoSuchValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Longer lists say how many more there are.
        const MOST: usize = 12;
        write!(f, "`{}` has no value `{}`", self.field, self.text)?;
        let names = self.values.iter().map(|value| value.name);
        match crate::header::nearest(&self.text, names) {
            Some(near) => write!(f, "; did you mean `{near}`? ")?,
            None => f.write_str(". ")?,
        }
        let mut shown: Vec<String> =
            self.values.iter().take(MOST).map(|value| format!("{} ({})", value.id, value.name)).collect();
        if self.values.len() > MOST {
            shown.push(format!("and {} more", self.values.len() - MOST));
        }
        write!(f, "Its values are: {}", shown.join(", "))
    }
}

impl std::error::Error for NoSuchValue {}

/// What the values of a column can be translated into: a known value, or the id of one.
pub trait Target {
    /// What the job sends.
    fn into_id(self) -> Text;
}

impl<F> Target for AnyValue<F> {
    fn into_id(self) -> Text {
        Text::Borrowed(self.value.id)
    }
}

impl Target for Raw {
    fn into_id(self) -> Text {
        match self.into_source() {
            Source::StaticText(id) => id,
            _ => Text::default(),
        }
    }
}
