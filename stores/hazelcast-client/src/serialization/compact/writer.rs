//! Writing the fields of a Compact type, in whatever order.

use super::body::Body;
use super::schema::Place;
use super::{CompactField, FieldKind, Schema};
use crate::serialization::{DataError, Output};

/// What the fields of a [`Compact`](super::Compact) type are written to.
///
/// ```
/// # use hazelcast_client::CompactWriter;
/// fn write(writer: &mut CompactWriter<'_, '_>) {
///     writer.field("card", &"4111".to_owned()).field("shop", &Some(7));
/// }
/// ```
#[derive(Debug)]
pub struct CompactWriter<'w, 's> {
    mode: Mode<'w, 's>,
    /// The first mistake, told when the value is finished.
    error: Option<DataError>,
}

#[derive(Debug)]
enum Mode<'w, 's> {
    /// Finds out which fields there are.
    Describe(Vec<(String, FieldKind)>),
    Write(Body<'w>, &'w mut Output<'s>),
}

impl<'w, 's> CompactWriter<'w, 's> {
    pub(super) fn describing() -> Self {
        Self { mode: Mode::Describe(Vec::new()), error: None }
    }

    pub(super) fn writing(output: &'w mut Output<'s>, schema: &'w Schema) -> Self {
        Self { mode: Mode::Write(Body::begin(output, schema), output), error: None }
    }

    /// Writes a field.
    ///
    /// A mistake (a field that the first value of this type did not have, say) is the error of the whole value.
    ///
    /// ```
    /// # use hazelcast_client::CompactWriter;
    /// fn write(writer: &mut CompactWriter<'_, '_>) {
    ///     writer.field("card", &"4111".to_owned()).field("shop", &Some(7));
    /// }
    /// ```
    pub fn field<T: CompactField>(&mut self, name: &str, value: &T) -> &mut Self {
        let result = match &mut self.mode {
            Mode::Describe(fields) => {
                fields.push((name.to_owned(), T::KIND));
                Ok(())
            }
            Mode::Write(body, output) => write(body, output, name, value),
        };
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
        self
    }

    pub(super) fn into_schema(self, type_name: &str) -> Schema {
        match self.mode {
            Mode::Describe(fields) => Schema::new(type_name, fields),
            Mode::Write(..) => Schema::new(type_name, []),
        }
    }

    pub(super) fn finish(self) -> Result<(), DataError> {
        if let Mode::Write(body, output) = self.mode {
            body.finish(output);
        }
        self.error.map_or(Ok(()), Err)
    }
}

fn write<T: CompactField>(
    body: &mut Body<'_>,
    output: &mut Output<'_>,
    name: &str,
    value: &T,
) -> Result<(), DataError> {
    let field = body.field(name, T::KIND)?;
    match field.place {
        Place::Variable(_) if value.is_null() => Ok(()),
        place => body.put(output, place, |output| value.put(output)),
    }
}
