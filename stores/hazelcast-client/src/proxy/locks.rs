//! Locks of single keys: the same of maps and of multimaps.

/// For ever, as members have it.
pub(super) const FOR_EVER: i64 = -1;

/// Makes the methods that lock keys, of the requests of each; `$maker` is the client's method that gives a handle, and `$given`
/// the argument of examples.
macro_rules! locks {
    (
        $map:ident, $maker:literal, $given:literal, lock: $lock:ident, try_lock: $try_lock:ident,
        unlock: $unlock:ident, force_unlock: $force_unlock:ident, is_locked: $is_locked:ident $(,)?
    ) => {
        impl<K, V> $map<K, V> {
            /// Locks a key, whether there is such an entry or not, and waits until that is possible.
            ///
            /// A lock is held by a handle and its clones;
            #[doc = concat!("[`Client::", $maker, "`](crate::Client::", $maker, ")")]
            /// gives a handle that is somebody else. Others cannot write the key meanwhile, and their writes wait. It may be locked
            /// several times, and has to be unlocked as often. With a `lease` it is unlocked by itself after that time; members
            /// unlock what a client that is gone held.
            ///
            /// After a split of the cluster two may hold a lock: what has to be right must not hang on a lock alone.
            ///
            /// # Errors
            /// As [`get`](Self::get).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            /// map.lock("a", None).await?;
            /// map.unlock("a").await?;
            /// # Ok(()) }
            /// ```
            pub async fn lock<Q>(&self, key: &Q, lease: Option<Duration>) -> Result<(), Error>
            where
                K: Borrow<Q>,
                Q: ToData + ?Sized,
            {
                let (key, target) = self.client.place(key).await?;
                let (lease, reference) = (lease.map_or(FOR_EVER, millis), self.client.reference());
                let request = $lock { thread: self.owner, lease, reference, name: &self.name, key: &key };
                self.client.call_slowly(&request, target, None).await
            }

            /// Locks a key if that is possible within some time; tells whether it is locked.
            ///
            /// # Errors
            /// As [`get`](Self::get).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            /// use std::time::Duration;
            ///
            /// if map.try_lock("a", Duration::from_secs(1), Some(Duration::from_secs(60))).await? {
            ///     map.unlock("a").await?;
            /// }
            /// # Ok(()) }
            /// ```
            pub async fn try_lock<Q>(
                &self,
                key: &Q,
                patience: Duration,
                lease: Option<Duration>,
            ) -> Result<bool, Error>
            where
                K: Borrow<Q>,
                Q: ToData + ?Sized,
            {
                let (key, target) = self.client.place(key).await?;
                let (thread, lease, timeout) = (self.owner, lease.map_or(FOR_EVER, millis), millis(patience));
                let reference = self.client.reference();
                let request = $try_lock { thread, lease, timeout, reference, name: &self.name, key: &key };
                self.client.call_slowly(&request, target, Some(patience)).await
            }

            /// Unlocks a key.
            ///
            /// # Errors
            /// Code 26 where somebody else holds the lock, or nobody.
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            /// map.lock("a", None).await?;
            /// map.unlock("a").await?;
            /// # Ok(()) }
            /// ```
            pub async fn unlock<Q>(&self, key: &Q) -> Result<(), Error>
            where
                K: Borrow<Q>,
                Q: ToData + ?Sized,
            {
                let (key, target) = self.client.place(key).await?;
                let (thread, reference) = (self.owner, self.client.reference());
                self.client.call(&$unlock { thread, reference, name: &self.name, key: &key }, target).await
            }

            /// Unlocks a key, whoever holds the lock.
            ///
            /// # Errors
            /// As [`get`](Self::get).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            /// map.force_unlock("a").await?;
            /// # Ok(()) }
            /// ```
            pub async fn force_unlock<Q>(&self, key: &Q) -> Result<(), Error>
            where
                K: Borrow<Q>,
                Q: ToData + ?Sized,
            {
                let (key, target) = self.client.place(key).await?;
                let reference = self.client.reference();
                self.client.call(&$force_unlock { reference, name: &self.name, key: &key }, target).await
            }

            /// Whether somebody holds a lock of the key.
            ///
            /// # Errors
            /// As [`get`](Self::get).
            ///
            /// ```no_run
            #[doc = concat!("# async fn example(", $given, ") -> Result<(), hazelcast_client::Error> {")]
            /// let somebody_has_it = map.is_locked("a").await?;
            /// # Ok(()) }
            /// ```
            pub async fn is_locked<Q>(&self, key: &Q) -> Result<bool, Error>
            where
                K: Borrow<Q>,
                Q: ToData + ?Sized,
            {
                let (key, target) = self.client.place(key).await?;
                self.client.call(&$is_locked { name: &self.name, key: &key }, target).await
            }
        }
    };
}

pub(super) use locks;
