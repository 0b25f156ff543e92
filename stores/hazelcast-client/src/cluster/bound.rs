//! Connections for what is bound to one: a transaction, the rows of a query.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::timeout_at;
use uuid::Uuid;

use super::invoke::after;
use super::{Core, State};
use crate::config::Reconnect;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};

impl Core {
    /// A connection to a member that has data, as soon as there is one; another one each time.
    pub(crate) async fn bind(&self, name: &str) -> Result<(Uuid, Arc<Connection>), Error> {
        let deadline = after(self.config.invocation_timeout);
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            if self.is_closed() {
                return Err(Error::new(ErrorKind::Closed, format!("{name}: the client is closed")));
            }
            if let Some(bound) = self.data_connection() {
                return Ok(bound);
            }
            let fails_fast =
                self.config.reconnect == Reconnect::FailFast && self.state() == State::Disconnected;
            if fails_fast || timeout_at(deadline, changes.changed()).await.is_err() {
                let why = "there is no connection to a member that has data";
                return Err(Error::new(ErrorKind::Unavailable, format!("{name}: {why}")));
            }
        }
    }

    fn data_connection(&self) -> Option<(Uuid, Arc<Connection>)> {
        let lite: HashSet<_> = {
            let view = self.view();
            view.members.iter().filter(|member| member.is_lite).map(|member| member.uuid).collect()
        };
        self.routes().next_member(|member| !lite.contains(member))
    }
}
