//! Schemas of Compact types: told to members before the first value that has them, fetched where a value has an unknown one.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use uuid::Uuid;

use super::Core;
use crate::codec::{FetchSchema, SendAllSchemas, SendSchema};
use crate::connection::Connection;
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;
use crate::serialization::{DataError, FromData, Schema, ToData};

/// A schema is told again until all members have it.
const PAUSE: Duration = Duration::from_millis(200);
const ATTEMPTS: u32 = 300;

impl Core {
    /// A value's bytes; members know its schema afterwards.
    pub(crate) async fn to_data<T: ToData + ?Sized>(&self, value: &T) -> Result<Data, Error> {
        let serialized = self.serializer.serialize(value)?;
        if !serialized.unsent.is_empty() {
            // Boxed, as it is rare and would make every call's future larger.
            Box::pin(self.tell_schemas(&serialized.unsent)).await?;
        }
        Ok(serialized.data)
    }

    /// The value of bytes; a schema that is not known yet is asked for.
    pub(crate) async fn to_value<T: FromData>(&self, data: &Data) -> Result<T, Error> {
        loop {
            match self.serializer.to_value(data) {
                Ok(value) => return Ok(value),
                Err(DataError::UnknownSchema(id)) => Box::pin(self.fetch_schema(id)).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn tell_schemas(&self, schemas: &[Arc<Schema>]) -> Result<(), Error> {
        for schema in schemas {
            self.tell_schema(schema).await?;
        }
        Ok(())
    }

    async fn tell_schema(&self, schema: &Arc<Schema>) -> Result<(), Error> {
        let _telling = self.telling.lock().await;
        if self.serializer.schemas().is_sent(schema.id()) {
            return Ok(());
        }
        let wire = schema.to_wire();
        for _ in 0..ATTEMPTS {
            let generation = self.view().generation;
            let told = self.call(&SendSchema { schema: &wire }, Target::Any).await?.0;
            if self.has_all(&told) {
                self.serializer.schemas().sent(schema.id());
                // Members of another cluster that came meanwhile were not told; those that come later will be.
                if self.view().generation == generation {
                    return Ok(());
                }
            }
            sleep(PAUSE).await;
        }
        let name = schema.type_name();
        Err(Error::new(ErrorKind::Unavailable, format!("not all members have taken the schema of `{name}`")))
    }

    fn has_all(&self, told: &[Uuid]) -> bool {
        let view = self.view();
        // Before the first list has come nobody knows who all are.
        !view.members.is_empty() && view.members.iter().all(|member| told.contains(&member.uuid))
    }

    async fn fetch_schema(&self, id: i64) -> Result<(), Error> {
        let unknown = || Error::from(DataError::UnknownSchema(id));
        let wire = self.call(&FetchSchema { id }, Target::Any).await?.ok_or_else(unknown)?;
        let schema = Schema::from_wire(wire).ok_or_else(unknown)?;
        // Another schema would be asked for again and again.
        if schema.id() != id {
            return Err(unknown());
        }
        let schemas = self.serializer.schemas();
        schemas.add(schema);
        schemas.sent(id);
        Ok(())
    }

    /// A cluster that was started again knows no schema: it is told all, before anything else.
    pub(super) async fn tell_all_schemas(&self, connection: &Arc<Connection>) -> Result<(), Error> {
        let schemas: Vec<_> =
            self.serializer.schemas().all_sent().iter().map(|schema| schema.to_wire()).collect();
        if schemas.is_empty() {
            return Ok(());
        }
        self.call_on(&SendAllSchemas { schemas: &schemas }, connection).await
    }
}
