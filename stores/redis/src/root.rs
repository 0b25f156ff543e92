//! The root of a namespace: whether it is there, and what it says of itself.

use bytes::Bytes;
use cep_engine::store::{StoreError, StoreErrorKind};
use redis::Value;

use crate::failure::Act;
use crate::keys::RootKey;
use crate::reply::{self, Bad};
use crate::script::{self, Script};
use crate::servers::Servers;

/// The version of what we write.
pub(crate) const FORMAT: &str = "1";

/// A root as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// Drawn anew whenever somebody begins to make or to remove the namespace: tells its lives apart.
    pub(crate) birth: String,
    /// Whether the namespace is there. If not, somebody is making or removing it, or died doing so.
    pub(crate) is_made: bool,
    pub(crate) groups: u16,
    pub(crate) epoch: u64,
    pub(crate) about: Bytes,
    pub(crate) about_version: u64,
}

/// What an opener gets from a root.
#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) epoch: u64,
    pub(crate) groups: u16,
    pub(crate) about: Bytes,
    pub(crate) about_version: u64,
}

/// How a claim is to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Made,
    Gone,
}

/// The root, where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RootAt<'s> {
    pub(crate) servers: &'s Servers,
    pub(crate) key: &'s RootKey,
}

impl RootAt<'_> {
    pub(crate) async fn read(self) -> Result<Option<Root>, StoreError> {
        let mut command = redis::cmd("HMGET");
        command.arg(&self.key.name).arg(&["f", "b", "m", "g", "e", "a", "v"]);
        let answer = self.servers.ask(self.key.slot, command, Act::Read).await?;
        self.good(parse(answer))?.map_or(Ok(None), |root| root.map(Some).map_err(|format| newer(&format)))
    }

    /// Takes what was seen (nothing, or a root) for making or removing its groups; false where it is no longer so.
    pub(crate) async fn claim(
        self,
        seen: Option<&Root>,
        birth: &str,
        groups: u16,
        about: &[u8],
    ) -> Result<bool, StoreError> {
        let mut call = script::CLAIM.call(&[&self.key.name]);
        match seen {
            Some(seen) => call.arg(&seen.birth).arg(seen.epoch),
            None => call.arg("").arg(""),
        };
        call.arg(FORMAT).arg(birth).arg(groups).arg(about);
        let answer = self.servers.ask(self.key.slot, call, Act::Repeatable).await?;
        self.is_one(answer)
    }

    /// Ends a claim; false where somebody else has claimed it since.
    pub(crate) async fn finish(self, birth: &str, end: End) -> Result<bool, StoreError> {
        let mut call = self.script(&script::FINISH);
        call.arg(birth).arg(match end {
            End::Made => "made",
            End::Gone => "gone",
        });
        let answer = self.servers.ask(self.key.slot, call, Act::Repeatable).await?;
        self.is_one(answer)
    }

    /// A new epoch above `floor`; none where this life of the namespace has ended.
    pub(crate) async fn enter(self, birth: &str, floor: u64) -> Result<Option<Entered>, StoreError> {
        let mut call = self.script(&script::ENTER);
        call.arg(birth).arg(floor);
        let answer = self.servers.ask(self.key.slot, call, Act::Repeatable).await?;
        self.good(entered(answer))
    }

    /// Replaces what a namespace says of itself; false where it is no longer as it was seen.
    pub(crate) async fn amend(self, seen: &Root, about: &[u8]) -> Result<bool, StoreError> {
        let mut call = self.script(&script::AMEND);
        call.arg(&seen.birth).arg(seen.epoch).arg(seen.about_version).arg(about).arg(seen.about_version + 1);
        let mut commands = redis::Pipeline::with_capacity(1);
        commands.add_command(call);
        let answer = self.servers.send_once(self.key.slot, commands).await?;
        self.is_one(answer)
    }

    fn script(self, script: &Script) -> redis::Cmd {
        script.call(&[&self.key.name])
    }

    fn is_one(self, answer: Value) -> Result<bool, StoreError> {
        Ok(self.good(reply::number(answer))? == 1)
    }

    fn good<T>(self, answer: Result<T, Bad>) -> Result<T, StoreError> {
        answer.map_err(|bad| bad.told(&self.key.name))
    }
}

/// The root, or its format where that is not ours.
fn parse(answer: Value) -> Result<Option<Result<Root, String>>, Bad> {
    let mut fields = reply::list(answer)?.into_iter();
    let mut next = || fields.next().unwrap_or(Value::Nil);
    let (format, birth) = (next(), next());
    if format == Value::Nil && birth == Value::Nil {
        return Ok(None);
    }
    let format = reply::text(format)?;
    if format != FORMAT {
        return Ok(Some(Err(format)));
    }
    Ok(Some(Ok(Root {
        birth: reply::text(birth)?,
        is_made: reply::text(next())? == "1",
        groups: reply::small(next())?,
        epoch: reply::number(next())?,
        about: reply::bytes(next())?,
        about_version: reply::number(next())?,
    })))
}

fn entered(answer: Value) -> Result<Option<Entered>, Bad> {
    let mut said = reply::Said::new(answer)?;
    if said.word != "ok" {
        return Ok(None);
    }
    Ok(Some(Entered {
        epoch: reply::number(said.next())?,
        groups: reply::small(said.next())?,
        about: reply::bytes(said.next())?,
        about_version: reply::number(said.next())?,
    }))
}

/// The error for what another version of the engine wrote.
pub(crate) fn newer(format: &str) -> StoreError {
    let what = format!("the state was written in format {format}, and this engine knows format {FORMAT}");
    StoreError::new(StoreErrorKind::Incompatible, what)
        .with_help("use the version of the engine that wrote it")
}
