//! Who gets which events: by the correlation id of the request that asked for them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::connection::ConnectionId;
use crate::frame::Message;

/// Takes an event. It is called from the reading task, so it must not wait.
pub(crate) type Handler = Arc<dyn Fn(&Message) + Send + Sync>;

/// All handlers.
#[derive(Default)]
pub(crate) struct Handlers {
    by_id: RwLock<HashMap<i64, (ConnectionId, Handler)>>,
}

impl fmt::Debug for Handlers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Handlers").finish_non_exhaustive()
    }
}

impl Handlers {
    pub(crate) fn add(&self, correlation: i64, connection: ConnectionId, handler: Handler) {
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        by_id.insert(correlation, (connection, handler));
    }

    pub(crate) fn remove(&self, correlation: i64) {
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).remove(&correlation);
    }

    pub(crate) fn lose(&self, connection: ConnectionId) {
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        by_id.retain(|_, (own, _)| *own != connection);
    }

    /// Hands an event to whoever asked for it over this connection; others are passed over.
    pub(crate) fn event(&self, connection: ConnectionId, message: &Message) {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        let handler = by_id.get(&message.correlation()).filter(|(own, _)| *own == connection);
        let handler = handler.map(|(_, handler)| Arc::clone(handler));
        drop(by_id);
        if let Some(handler) = handler {
            handler(message);
        }
    }
}
