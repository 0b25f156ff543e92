//! Many values at once, to bytes and back.

use crate::cluster::Core;
use crate::data::Data;
use crate::error::Error;
use crate::serialization::{FromData, ToData};

impl Core {
    /// The bytes of values.
    pub(crate) async fn all_to_data<'t, T: ToData + ?Sized + 't>(
        &self,
        values: impl IntoIterator<Item = &'t T>,
    ) -> Result<Vec<Data>, Error> {
        let mut all = Vec::new();
        for value in values {
            all.push(self.to_data(value).await?);
        }
        Ok(all)
    }

    /// The bytes of entries.
    pub(crate) async fn entries_to_data<'e, Q, W>(
        &self,
        entries: impl IntoIterator<Item = (&'e Q, &'e W)>,
    ) -> Result<Vec<(Data, Data)>, Error>
    where
        Q: ToData + ?Sized + 'e,
        W: ToData + ?Sized + 'e,
    {
        let mut all = Vec::new();
        for (key, value) in entries {
            all.push((self.to_data(key).await?, self.to_data(value).await?));
        }
        Ok(all)
    }

    /// The value of bytes, where there are any.
    pub(crate) async fn to_value_or_none<T: FromData>(
        &self,
        data: Option<&Data>,
    ) -> Result<Option<T>, Error> {
        match data {
            Some(data) => self.to_value(data).await.map(Some),
            None => Ok(None),
        }
    }

    /// The values of bytes.
    pub(crate) async fn to_values<T: FromData>(&self, all: &[Data]) -> Result<Vec<T>, Error> {
        let mut values = Vec::with_capacity(all.len());
        for data in all {
            values.push(self.to_value(data).await?);
        }
        Ok(values)
    }

    /// The entries of bytes.
    pub(crate) async fn to_entries<K: FromData, V: FromData>(
        &self,
        all: &[(Data, Data)],
    ) -> Result<Vec<(K, V)>, Error> {
        let mut entries = Vec::with_capacity(all.len());
        for (key, value) in all {
            entries.push((self.to_value(key).await?, self.to_value(value).await?));
        }
        Ok(entries)
    }
}
