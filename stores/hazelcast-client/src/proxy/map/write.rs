//! Writing an entry: its bytes, where it lies, and what its near cache hears meanwhile.

use super::Map;
use crate::codec::Request;
use crate::data::Data;
use crate::error::Error;
use crate::invocation::Target;
use crate::near_cache::Changing;
use crate::serialization::{FromData, ToData};

impl<K, V> Map<K, V> {
    /// A key that is going to be written: its bytes, where it lies, and what is to be held until it was.
    pub(super) async fn write<Q: ToData + ?Sized>(
        &self,
        key: &Q,
    ) -> Result<(Data, Target, Option<Changing<'_>>), Error> {
        let (key, target) = self.client.place(key).await?;
        let writes = self.writes(&key);
        Ok((key, target, writes))
    }

    /// The same, with the bytes of what is written.
    pub(super) async fn write_value<Q: ToData + ?Sized, W: ToData + ?Sized>(
        &self,
        key: &Q,
        value: &W,
    ) -> Result<(Data, Data, Target, Option<Changing<'_>>), Error> {
        let (key, target, writes) = self.write(key).await?;
        Ok((key, self.client.to_data(value).await?, target, writes))
    }

    /// Puts a value, with a time after which it goes where nobody uses it, or without; gives the one that was there.
    pub(super) async fn put_either<P, I>(
        &self,
        plain: &P,
        idle: Option<&I>,
        target: Target,
    ) -> Result<Option<V>, Error>
    where
        P: Request<Reply = Option<Data>> + Send + Sync,
        I: Request<Reply = Option<Data>> + Send + Sync,
        V: FromData,
    {
        let old = match idle {
            None => self.client.call(plain, target).await?,
            Some(idle) => self.client.call(idle, target).await?,
        };
        self.client.to_value_or_none(old.as_ref()).await
    }
}
