//! What a builder knows of a parent field: the states of the typestate.
//!
//! The type of a builder holds one of these types for each field that other fields depend on, in a tuple if there are several.
//! They have no values.

use std::marker::PhantomData;

/// The field is not mapped yet.
pub enum Unmapped {}

/// The field is mapped; its value is known only when the file is read or the program runs.
pub enum Dynamic {}

/// The field has the predefined value `V` in every row.
pub struct Fixed<V>(PhantomData<fn() -> V>);

/// The states in which a field is mapped: all but [`Unmapped`].
#[diagnostic::on_unimplemented(
    message = "this field must be mapped first",
    note = "call the parent field's method earlier in the chain"
)]
pub trait IsMapped: sealed::State {}

#[diagnostic::do_not_recommend]
impl IsMapped for Dynamic {}
#[diagnostic::do_not_recommend]
impl<V> IsMapped for Fixed<V> {}

mod sealed {
    pub trait State {}
    impl State for super::Dynamic {}
    impl<V> State for super::Fixed<V> {}
}
