//! Finding a member that lets the client in: the addresses of a cluster, with pauses between attempts, and then those of the
//! cluster that takes its place.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;
use tracing::{debug, warn};

use super::{Core, Member};
use crate::config::ClusterConfig;
use crate::error::{Error, ErrorKind};

/// Where an address has no port, these are tried.
const DEFAULT_PORTS: std::ops::RangeInclusive<u16> = 5701..=5703;

/// The least time between a cluster that turned the client away and the next.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

impl Core {
    /// The cluster of this number among those of the configuration.
    pub(super) fn cluster(&self, site: usize) -> &ClusterConfig {
        let fallback = site.checked_sub(1).and_then(|index| self.config.fallbacks.get(index));
        fallback.unwrap_or(&self.config.cluster)
    }

    /// Tries clusters in turn, the one that the client was in first.
    pub(super) async fn connect_any(self: &Arc<Self>, is_first: bool) -> Result<(), Error> {
        let clusters = 1 + self.config.fallbacks.len();
        let rounds = usize::try_from(self.config.cluster_rounds.max(1)).unwrap_or(usize::MAX);
        let begin = self.view().site;
        let mut last = Error::new(ErrorKind::Setup, "there is no cluster to connect to");
        for attempt in 0..clusters.saturating_mul(rounds) {
            let site = (begin + attempt) % clusters;
            self.view().go_to(site);
            // Who was turned away everywhere will be so again, and is better off elsewhere.
            last = match self.connect_cluster(site, is_first || clusters > 1).await {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Closed => return Err(error),
                Err(error) => error,
            };
            let cluster = &self.cluster(site).name;
            warn!(client = %self.name, cluster, error = %last, "the cluster cannot be reached");
            if attempt + 1 < clusters.saturating_mul(rounds) {
                sleep(jittered(self.config.backoff.initial.max(SHORTEST_PAUSE))).await;
            }
        }
        Err(last)
    }

    /// Tries all addresses of a cluster until a member lets it in.
    async fn connect_cluster(self: &Arc<Self>, site: usize, goes_when_refused: bool) -> Result<(), Error> {
        let started = Instant::now();
        let mut pause = self.config.backoff.initial;
        loop {
            let mut last = None;
            let mut is_hopeless = goes_when_refused;
            for address in self.addresses(site) {
                if self.is_closed() {
                    return Err(Error::new(ErrorKind::Closed, "the client is closed"));
                }
                match self.connect(&address, site).await {
                    Ok(()) => return Ok(()),
                    Err(error) => {
                        debug!(client = %self.name, %error, "no connection");
                        is_hopeless &= error.kind() == ErrorKind::Setup;
                        last = Some(error);
                    }
                }
            }
            let error =
                last.unwrap_or_else(|| Error::new(ErrorKind::Setup, "there is no address to connect to"));
            if is_hopeless || started.elapsed() + pause > self.config.cluster_connect_timeout {
                return Err(error);
            }
            sleep(jittered(pause)).await;
            pause = pause.mul_f64(self.config.backoff.growth.max(1.0)).min(self.config.backoff.longest);
        }
    }

    /// Those that were configured, and those of members that were there last.
    fn addresses(&self, site: usize) -> Vec<String> {
        let mut addresses = Vec::new();
        for address in &self.cluster(site).addresses {
            let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            if has_port {
                addresses.push(address.clone());
            } else {
                addresses.extend(DEFAULT_PORTS.map(|port| format!("{address}:{port}")));
            }
        }
        let members = self.view().members.clone();
        for known in members.iter().map(|member| self.reach(member, site)) {
            if !addresses.contains(&known) {
                addresses.push(known);
            }
        }
        addresses
    }

    /// Where this client finds a member.
    pub(super) fn reach(&self, member: &Member, site: usize) -> String {
        let cluster = self.cluster(site);
        let public = member.public_address.as_ref().filter(|_| cluster.public_addresses);
        let told = public.unwrap_or(&member.address);
        cluster.translation.translate(told).unwrap_or_else(|| told.clone())
    }
}

/// A pause that is up to a fifth shorter or longer, so that clients do not come all at once.
fn jittered(pause: Duration) -> Duration {
    let draw = RandomState::new().hash_one("pause") % 400;
    pause.mul_f64(0.8 + draw as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_near_what_they_are_made_from() {
        for _ in 0..1_000 {
            let pause = jittered(Duration::from_millis(1_000)).as_millis();
            assert!((800..=1_200).contains(&pause), "{pause}");
        }
    }
}
