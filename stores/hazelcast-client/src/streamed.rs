//! What is asked for the next item again and again, as a stream.

/// Makes the method that turns what has a `next` into a `Stream`; `$given` and `$made` are its example's arguments and value.
macro_rules! streamed {
    ($item:ty, $given:literal, $made:literal) => {
        /// The same as a [`Stream`](futures_util::Stream), to be filtered, joined and collected with others.
        ///
        /// ```no_run
        /// use futures_util::StreamExt as _;
        ///
        #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
        #[doc = concat!("let mut stream = std::pin::pin!(", $made, ".into_stream());")]
        /// let first = stream.next().await;
        /// # Ok(()) }
        /// ```
        pub fn into_stream(self) -> impl futures_util::Stream<Item = $item> {
            futures_util::stream::unfold(self, async |mut source| {
                let item = source.next().await?;
                Some((item, source))
            })
        }
    };
}

pub(crate) use streamed;
