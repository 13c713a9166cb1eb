//! From a credential to a principal.
//!
//! What the store says of a key is remembered until anything of who may do what is changed
//! ([`Store::authority`]), so that a key revoked in any process fails within a second in all of them, and at
//! once in the one that revokes it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use aws_lc_rs::{constant_time, hmac};
use genkan_core::{
    Clock, Code, Error, Principal, Random, Result, Role, Secret, Timestamp,
    call::Credential,
    id::{PrincipalId, TenantId},
    principal::Kind,
    recent::Recent,
};
use genkan_store::{ApiKey, ApiKeyFound, Authority, Store};
use moka::future::Cache;

use crate::{ApiKeys, KeyText, MasterKey, Purpose, key_text::ShownKey};

/// How long a key that was right is remembered at most, should nothing change.
const REMEMBERED: Duration = Duration::from_secs(60);
/// How long a look-up is remembered that may have found nothing: a new key changes nothing else.
const LOOKED_UP: Duration = Duration::from_millis(500);
/// How many look-ups are remembered, found or not.
const REMEMBERED_AT_MOST: usize = 100_000;

/// Tells who is calling.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    key_hashes: KeyHasher,
    memory: Memory,
    local: Arc<Principal>,
    api_keys: ApiKeys,
}

/// What is remembered of keys.
struct Memory {
    /// Look-ups, found or not, so that many calls at once ask the store once.
    looked_up: Cache<(Authority, Arc<str>), Option<Arc<Known>>>,
    /// Keys that were right, with their checksums, which a busy key finds at the cost of one look.
    shown: Recent<Box<str>, Right>,
}

impl Memory {
    fn new() -> Self {
        let looked_up = Cache::builder()
            .max_capacity(REMEMBERED_AT_MOST as u64)
            .time_to_live(LOOKED_UP)
            .build();
        Self {
            looked_up,
            shown: Recent::new(REMEMBERED, REMEMBERED_AT_MOST),
        }
    }
}

/// A key that was right, and its checksum.
type Right = (Arc<Known>, Arc<str>);

/// A key as the store knows it, with its principal made once.
struct Known {
    found: ApiKeyFound,
    principal: Arc<Principal>,
    /// When the store was asked, and under which state of things.
    asked: (Instant, Authority),
}

/// Hashes the secrets of keys, so that a stolen store opens no door.
#[derive(Clone)]
pub(crate) struct KeyHasher(Arc<hmac::Key>);

impl KeyHasher {
    fn new(master: &MasterKey) -> Self {
        let key = master.subkey(Purpose::KeyHashes);
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key.expose())))
    }

    /// The hash as the store keeps it.
    pub(crate) fn hash(&self, key: &KeyText) -> [u8; 32] {
        let tag = hmac::sign(&self.0, key.secret().expose().as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(tag.as_ref());
        hash
    }

    fn matches(&self, key: &ShownKey<'_>, hash: &[u8; 32]) -> bool {
        hmac::verify(&self.0, key.secret.as_bytes(), hash).is_ok()
    }
}

impl Identity {
    /// Builds it on a store and its master key.
    pub fn new(
        store: Store,
        master: &MasterKey,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let key_hashes = KeyHasher::new(master);
        let api_keys = ApiKeys::new(store.clone(), key_hashes.clone(), clock.clone(), random);
        Self(Arc::new(Inner {
            store,
            clock,
            key_hashes,
            memory: Memory::new(),
            local: Arc::new(local_user()),
            api_keys,
        }))
    }

    /// Makes, lists, rotates and revokes API keys.
    pub fn api_keys(&self) -> &ApiKeys {
        &self.0.api_keys
    }

    /// Tells whose credential this is, or refuses it.
    pub async fn authenticate(&self, credential: &Credential) -> Result<Arc<Principal>> {
        match credential {
            Credential::Local => Ok(Arc::clone(&self.0.local)),
            Credential::ApiKey(text) => self.by_key(text).await,
            Credential::None => Err(Error::new(Code::Unauthenticated, "no API key was shown")),
        }
    }

    async fn by_key(&self, text: &Secret<String>) -> Result<Arc<Principal>> {
        let malformed = || Error::new(Code::Unauthenticated, "the API key is malformed");
        let key = ShownKey::read(text.expose()).ok_or_else(malformed)?;
        let now = self.0.clock.monotonic();
        let mut recent = self.recent(key.id, now);
        if recent.is_none() {
            // A text without its checksum is nobody's, and not worth asking the store about.
            if !key.is_whole() {
                return Err(malformed());
            }
            self.0.store.authority(now).await?;
            recent = self.recent(key.id, now);
        }
        let known = match &recent {
            Some((known, _)) => Some(Arc::clone(known)),
            None => self.look_up(key.id, now).await?,
        };
        // An unknown id costs the same comparison as a known one, so that time tells nothing.
        let hash = known.as_ref().map_or([0; 32], |known| known.found.key.hash);
        let is_right = self.0.key_hashes.matches(&key, &hash);
        let is_whole = match &recent {
            Some((_, checksum)) if is_right => is_same(key.checksum, checksum),
            Some(_) => key.is_whole(),
            None => true,
        };
        if !is_whole {
            return Err(malformed());
        }
        let Some(known) = known.filter(|_| is_right) else {
            let message = "the API key is not valid";
            return Err(Error::new(Code::Unauthenticated, message));
        };
        works(&known.found.key, self.0.clock.now())?;
        let principal = Arc::clone(&known.principal);
        if recent.is_none() {
            let (asked, _) = known.asked;
            let shown = (known, key.checksum.into());
            self.0.memory.shown.remember(key.id.into(), asked, shown);
        }
        Ok(principal)
    }

    /// A key that was right, and that nothing was changed of since.
    fn recent(&self, id: &str, now: Instant) -> Option<Right> {
        let held = self.0.store.authority_held(now)?;
        let right = self.0.memory.shown.find(id, now);
        right.filter(|(known, _)| known.asked.1 == held)
    }

    /// Tells whose key this is that is named by its id or its name and not shown. It is refused as
    /// the key itself would be, so that somebody can be told why.
    pub async fn authenticate_named(&self, tenant: &TenantId, key: &str) -> Result<Arc<Principal>> {
        let known = self.0.api_keys.find(tenant, key).await?;
        let found = match known {
            Some(id) => self.look_up(&id, self.0.clock.monotonic()).await?,
            None => None,
        };
        let Some(found) = found else {
            let message = format!("there is no API key `{}`", key.escape_debug());
            return Err(Error::new(Code::NoSuchItem, message).hint("See `genkan key list`."));
        };
        works(&found.found.key, self.0.clock.now())?;
        Ok(Arc::clone(&found.principal))
    }

    /// Many calls of one key at once ask the store once.
    async fn look_up(&self, id: &str, now: Instant) -> Result<Option<Arc<Known>>> {
        let authority = self.0.store.authority(now).await?;
        let name = (authority, Arc::from(id));
        let (store, clock) = (self.0.store.clone(), Arc::clone(&self.0.clock));
        let find = async move {
            let asked = (clock.monotonic(), authority);
            let mut tx = store.system_read().await?;
            let found = tx.api_key_find(id).await?;
            Ok(found.map(|found| {
                Arc::new(Known {
                    principal: Arc::new(found.principal.clone()),
                    found,
                    asked,
                })
            }))
        };
        // Boxed, since it is rare, large, and would make every call's future as large.
        let looked_up = Box::pin(self.0.memory.looked_up.try_get_with(name, find)).await;
        looked_up.map_err(|error: Arc<Error>| error.again())
    }
}

/// Refuses a key that works no longer.
fn works(key: &ApiKey, now: Timestamp) -> Result<()> {
    let name = &key.name;
    if key.revoked.is_some() {
        let message = format!("the API key `{name}` was revoked");
        return Err(Error::new(Code::KeyRevoked, message));
    }
    if key.expires.is_some_and(|expires| expires <= now) {
        let message = format!("the API key `{name}` has expired");
        return Err(Error::new(Code::KeyExpired, message));
    }
    Ok(())
}

fn is_same(shown: &str, right: &str) -> bool {
    constant_time::verify_slices_are_equal(shown.as_bytes(), right.as_bytes()).is_ok()
}

/// The user of this machine, for whom the operating system vouches.
fn local_user() -> Principal {
    Principal {
        tenant: TenantId::default_tenant(),
        id: PrincipalId::from_stored(Principal::LOCAL),
        kind: Kind::User,
        issuer: Principal::LOCAL_ISSUER.into(),
        subject: Principal::LOCAL.into(),
        role: Role::Admin,
    }
}
