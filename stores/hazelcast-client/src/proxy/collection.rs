//! What collections have in common, whatever the order of their items: all of it lies where their name says.

/// Which collection it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Collection {
    Queue,
    List,
    Set,
}

/// Makes the methods that collections share, of the requests of each; `$it` is what its examples call it, as they are given it
/// by `$given`.
macro_rules! collection {
    (
        $collection:ident, $kind:ident, $it:literal, $given:literal, items: $items:ident, size: $size:ident,
        is_empty: $is_empty:ident, contains: $contains:ident, contains_all: $contains_all:ident, remove: $remove:ident,
        remove_all: $remove_all:ident, retain_all: $retain_all:ident, clear: $clear:ident $(,)?
    ) => {
        impl<T> Clone for $collection<T> {
            fn clone(&self) -> Self {
                Self { named: self.named.clone(), item: PhantomData }
            }
        }

        impl<T> $collection<T> {
            pub(crate) fn new(client: Alive, name: &str) -> Self {
                Self { named: Named::new(client, name), item: PhantomData }
            }

            #[doc = concat!("The ", $it, "'s name.")]
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("println!(\"{}\", ", $it, ".name());")]
            /// # Ok(()) }
            /// ```
            pub fn name(&self) -> &str {
                &self.named.name
            }

            /// All items, which stay.
            ///
            /// # Errors
            /// As all methods: where members cannot be reached, refuse, or hold what is no `T`.
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let all = ", $it, ".items().await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn items(&self) -> Result<Vec<T>, Error>
            where
                T: FromData,
            {
                let found = self.named.call(&$items { name: &self.named.name }).await?;
                self.named.values(found).await
            }

            /// How many items there are.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("println!(\"{} items\", ", $it, ".size().await?);")]
            /// # Ok(()) }
            /// ```
            pub async fn size(&self) -> Result<usize, Error> {
                let size = self.named.call(&$size { name: &self.named.name }).await?;
                Ok(usize::try_from(size).unwrap_or_default())
            }

            /// Whether there is no item.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("assert!(", $it, ".is_empty().await?);")]
            /// # Ok(()) }
            /// ```
            pub async fn is_empty(&self) -> Result<bool, Error> {
                self.named.call(&$is_empty { name: &self.named.name }).await
            }

            /// Whether there is such an item.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let is_there = ", $it, ".contains(\"a\").await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn contains<I>(&self, item: &I) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized,
            {
                let value = self.named.data(item).await?;
                self.named.call(&$contains { name: &self.named.name, value: &value }).await
            }

            /// Whether there are all of these items.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let are_there = ", $it, ".contains_all([\"a\", \"b\"]).await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn contains_all<'i, I>(
                &self,
                items: impl IntoIterator<Item = &'i I>,
            ) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized + 'i,
            {
                let values = self.named.all_data(items).await?;
                self.named.call(&$contains_all { name: &self.named.name, values: &values }).await
            }

            /// Takes the first item that equals this one; tells whether there was one.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let was_there = ", $it, ".remove(\"a\").await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn remove<I>(&self, item: &I) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized,
            {
                let value = self.named.data(item).await?;
                self.named.call(&$remove { name: &self.named.name, value: &value }).await
            }

            /// Takes all items that equal one of these; tells whether there were any.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let were_there = ", $it, ".remove_all([\"a\", \"b\"]).await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn remove_all<'i, I>(
                &self,
                items: impl IntoIterator<Item = &'i I>,
            ) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized + 'i,
            {
                let values = self.named.all_data(items).await?;
                self.named.call(&$remove_all { name: &self.named.name, values: &values }).await
            }

            /// Takes all items that equal none of these; tells whether there were any.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let were_others = ", $it, ".retain_all([\"a\", \"b\"]).await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn retain_all<'i, I>(
                &self,
                items: impl IntoIterator<Item = &'i I>,
            ) -> Result<bool, Error>
            where
                T: Borrow<I>,
                I: ToData + ?Sized + 'i,
            {
                let values = self.named.all_data(items).await?;
                self.named.call(&$retain_all { name: &self.named.name, values: &values }).await
            }

            /// Takes all items away.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!($it, ".clear().await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn clear(&self) -> Result<(), Error> {
                self.named.call(&$clear { name: &self.named.name }).await
            }

            /// Listens to items that come and go.
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!("let mut events = ", $it, ".listen().await?;")]
            /// while let Some(event) = events.next().await {
            ///     println!("{:?}", event?);
            /// }
            /// # Ok(()) }
            /// ```
            pub async fn listen(&self) -> Result<ItemEvents<T>, Error> {
                ItemEvents::listen(&self.named, Collection::$kind).await
            }

            #[doc = concat!("Destroys the ", $it, " on all members, with its items.")]
            ///
            /// # Errors
            /// As [`items`](Self::items).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            #[doc = concat!($it, ".destroy().await?;")]
            /// # Ok(()) }
            /// ```
            pub async fn destroy(self) -> Result<(), Error> {
                self.named.client.destroy(&self.named.name, &ObjectKind::$kind).await
            }
        }
    };
}

pub(super) use collection;
