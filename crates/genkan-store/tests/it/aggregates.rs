//! Tenants, principals, API keys, nonces and facts on both databases.

use std::time::Duration;

use futures_util::future::BoxFuture;
use genkan_core::{Clock, Code, Result, Role, Timestamp, clock::SystemClock, id::PrincipalId};
use genkan_store::{ApiKey, StoredSetting, SystemTx, Tenant, TenantTx, stored_settings};

use crate::{
    database::each,
    fixture::{Fixture, named, principal, tenant},
};

fn key(tenant_name: &str, id: &str) -> ApiKey {
    ApiKey {
        id: id.to_owned(),
        tenant: tenant(tenant_name),
        principal: principal(tenant_name).id,
        name: format!("{id} of {tenant_name}"),
        role: Role::Viewer,
        hash: [0xab; 32],
        created: Timestamp::from_millis(1_000),
        expires: Some(Timestamp::from_millis(2_000)),
        revoked: None,
        replaced_by: None,
    }
}

async fn create_key(house: &Fixture, key: ApiKey) -> Result<()> {
    house
        .store
        .system_write(move |tx: &mut SystemTx| {
            let key = key.clone();
            Box::pin(async move { tx.api_key_create(&key).await })
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_made_once_and_found() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let again = house.store.system_write(|tx| {
            Box::pin(async move {
                let copy = Tenant {
                    id: tenant("a"),
                    name: "other".into(),
                    created: Timestamp::from_millis(5),
                };
                tx.tenant_create(&copy).await
            })
        });
        assert_eq!(again.await.unwrap_err().code(), Code::AlreadyExists);
        let mut tx = house.store.system_read().await.unwrap();
        let names: Vec<_> = tx
            .tenant_list()
            .await
            .unwrap()
            .into_iter()
            .map(|tenant| tenant.name)
            .collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(
            tx.tenant_find(&tenant("a")).await.unwrap().unwrap().id,
            tenant("a")
        );
        assert_eq!(tx.tenant_find(&tenant("c")).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn principals_belong_to_their_tenant() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        house.add("a", "second").await.unwrap();
        let mut tx = house.store.read(&tenant("b")).await.unwrap();
        assert_eq!(
            tx.principal_find(&PrincipalId::from_stored("second"))
                .await
                .unwrap(),
            None
        );
        assert_eq!(tx.principal_list(None, 10).await.unwrap(), [principal("b")]);
        drop(tx);
        let mut tx = house.store.system_read().await.unwrap();
        let found = tx
            .principal_find(&tenant("a"), &PrincipalId::from_stored("second"))
            .await
            .unwrap();
        assert_eq!(found, Some(named("a", "second")));
        drop(tx);
        let role = |name, id: &'static str| {
            house.write(name, move |tx| {
                Box::pin(async move {
                    tx.principal_set_role(&PrincipalId::from_stored(id), Role::Operator)
                        .await
                })
            })
        };
        role("a", "second").await.unwrap();
        assert_eq!(
            role("b", "second").await.unwrap_err().code(),
            Code::NoSuchItem
        );
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        let after = tx
            .principal_list(Some(&PrincipalId::from_stored("first")), 10)
            .await
            .unwrap();
        assert_eq!(
            after.iter().map(|one| one.role).collect::<Vec<_>>(),
            [Role::Operator]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_found_by_id_across_tenants_and_managed_within() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create_key(&house, key("a", "k1")).await.unwrap();
        create_key(&house, key("b", "k2")).await.unwrap();
        assert_eq!(
            create_key(&house, key("b", "k1")).await.unwrap_err().code(),
            Code::AlreadyExists
        );

        let mut tx = house.store.system_read().await.unwrap();
        let found = tx.api_key_find("k1").await.unwrap().unwrap();
        assert_eq!(
            (found.key, found.principal),
            (key("a", "k1"), principal("a"))
        );
        assert_eq!(tx.api_key_find("k3").await.unwrap(), None);
        drop(tx);

        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        assert_eq!(tx.api_key_list(None, 10).await.unwrap(), [key("a", "k1")]);
        assert_eq!(tx.api_key_list(Some("k1"), 10).await.unwrap(), []);
        assert_eq!(
            tx.api_key_get("k2").await.unwrap_err().code(),
            Code::NoSuchItem
        );
        drop(tx);

        let revoke = |at: i64, id: &'static str| {
            house.write("a", move |tx| {
                Box::pin(async move { tx.api_key_revoke(id, Timestamp::from_millis(at)).await })
            })
        };
        let rotate = |old: &'static str, new: &'static str| {
            house.write("a", move |tx| {
                Box::pin(async move {
                    tx.api_key_rotate(old, &key("a", new), Timestamp::from_millis(7))
                        .await
                })
            })
        };
        rotate("k1", "k4").await.unwrap();
        assert_eq!(rotate("k1", "k5").await.unwrap_err().code(), Code::Conflict);
        assert_eq!(
            rotate("k2", "k5").await.unwrap_err().code(),
            Code::NoSuchItem
        );
        revoke(8, "k1").await.unwrap();
        revoke(9, "k4").await.unwrap();
        assert_eq!(revoke(9, "k2").await.unwrap_err().code(), Code::NoSuchItem);
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        let keys: Vec<_> = tx.api_key_list(None, 10).await.unwrap();
        let revoked: Vec<_> = keys
            .iter()
            .map(|key| key.revoked.map(Timestamp::as_millis))
            .collect();
        assert_eq!(
            (revoked, keys[0].replaced_by.as_deref()),
            (vec![Some(7), Some(9)], Some("k4"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_works_once_in_its_tenant() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let expires = house.now().plus(Duration::from_secs(60));
        let use_up = |name: &'static str| {
            house.store.system_write(move |tx| {
                Box::pin(async move { tx.nonce_use(&tenant(name), "n", expires).await })
            })
        };
        let (one, two) = tokio::join!(use_up("a"), use_up("a"));
        assert_eq!(
            [one.unwrap(), two.unwrap()]
                .iter()
                .filter(|first| **first)
                .count(),
            1
        );
        assert!(use_up("b").await.unwrap());
        let purge = |now: Timestamp| {
            house
                .store
                .system_write(move |tx| Box::pin(tx.nonces_purge(now)))
        };
        assert_eq!(purge(house.now()).await.unwrap(), 0);
        assert_eq!(
            purge(expires.plus(Duration::from_secs(1))).await.unwrap(),
            2
        );
        assert!(use_up("a").await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_to_set_a_fact_wins() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let set = |value: &'static str| {
            house
                .store
                .system_write(move |tx| Box::pin(tx.meta_get_or_set("key", value)))
        };
        assert_eq!(set("one").await.unwrap(), "one");
        assert_eq!(set("two").await.unwrap(), "one");
        house
            .store
            .system_write(|tx| Box::pin(tx.meta_set("key", "three")))
            .await
            .unwrap();
        let mut tx = house.store.system_read().await.unwrap();
        assert_eq!(tx.meta_find("key").await.unwrap().as_deref(), Some("three"));
        assert_eq!(tx.meta_find("other").await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_settings_are_kept_replaced_and_forgotten() {
    each(|database| async move {
        let before = stored_settings(&database.location()).await.unwrap();
        assert_eq!(before, [], "there is no schema yet");
        let house = Fixture::open(&database).await;
        let set = |key: &str, value: String| {
            let key = key.to_owned();
            house.store.system_write(move |tx| {
                let setting = StoredSetting {
                    key: key.clone(),
                    value: value.clone(),
                };
                Box::pin(async move { tx.stored_setting_set(&setting).await })
            })
        };
        for (key, value) in [("b.two", "2"), ("a.one", "0"), ("a.one", "1")] {
            set(key, value.to_owned()).await.unwrap();
        }
        for (value, code) in [
            ("x".repeat(5_000), Code::TooLarge),
            ("a\0b".to_owned(), Code::InvalidArguments),
        ] {
            assert_eq!(set("a.one", value).await.unwrap_err().code(), code);
        }
        let mut tx = house.store.system_read().await.unwrap();
        let listed = tx.stored_setting_list().await.unwrap();
        drop(tx);
        let pairs: Vec<_> = listed
            .iter()
            .map(|setting| (setting.key.as_str(), setting.value.as_str()))
            .collect();
        assert_eq!(pairs, [("a.one", "1"), ("b.two", "2")]);
        let looked = stored_settings(&database.location()).await.unwrap();
        assert_eq!(looked, listed, "another process sees the same");
        for was_there in [true, false] {
            let gone = house
                .store
                .system_write(|tx| Box::pin(tx.stored_setting_unset("a.one")));
            assert_eq!(gone.await.unwrap(), was_there);
        }
        house.close().await;
        let looked = stored_settings(&database.location()).await.unwrap();
        assert_eq!(looked.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_are_switched_off_in_their_tenant() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let switch = |name: &'static str, tool: &'static str, is_off: bool| {
            house.write(name, move |tx| {
                Box::pin(async move {
                    if is_off {
                        tx.tool_disable(tool, Timestamp::from_millis(1)).await
                    } else {
                        tx.tool_enable(tool).await
                    }
                })
            })
        };
        switch("a", "two", true).await.unwrap();
        switch("a", "one", true).await.unwrap();
        switch("a", "one", true).await.unwrap();
        switch("b", "one", false).await.unwrap();
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        assert_eq!(tx.tool_disabled_list().await.unwrap(), ["one", "two"]);
        drop(tx);
        switch("a", "two", false).await.unwrap();
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        assert_eq!(tx.tool_disabled_list().await.unwrap(), ["one"]);
        drop(tx);
        let mut tx = house.store.read(&tenant("b")).await.unwrap();
        assert_eq!(tx.tool_disabled_list().await.unwrap(), [""; 0]);
    })
    .await;
}

/// Whoever changes who may do what, in whichever process, raises the number that all ask for.
#[tokio::test(flavor = "multi_thread")]
async fn authority_is_another_after_every_change_of_keys_principals_and_switches() {
    each(|database| async move {
        let (house, other) = (
            Fixture::open(&database).await,
            Fixture::open(&database).await,
        );
        let now = || SystemClock.monotonic();
        let changes: [(&str, Change); 7] = [
            ("a new key", |tx| {
                Box::pin(async move { tx.api_key_create(&key("a", "one")).await })
            }),
            ("revoked", |tx| {
                Box::pin(tx.api_key_revoke("one", Timestamp::from_millis(5)))
            }),
            ("a further key", |tx| {
                Box::pin(async move { tx.api_key_create(&key("a", "two")).await })
            }),
            ("rotated", |tx| {
                Box::pin(async move {
                    let at = Timestamp::from_millis(6);
                    tx.api_key_rotate("two", &key("a", "three"), at).await
                })
            }),
            ("another role", |tx| {
                Box::pin(async move {
                    tx.principal_set_role(&principal("a").id, Role::Viewer)
                        .await
                })
            }),
            ("off", |tx| {
                Box::pin(tx.tool_disable("a_tool", Timestamp::from_millis(7)))
            }),
            ("on", |tx| Box::pin(tx.tool_enable("a_tool"))),
        ];
        let mut asked = now();
        let mut before = house.store.authority(asked).await.unwrap();
        assert_eq!(other.store.authority(now()).await.unwrap(), before);
        for (name, change) in changes {
            house.write("a", change).await.unwrap();
            // At that moment it still counts, however long the write took.
            assert_eq!(house.store.authority_held(asked), Some(before), "{name}");
            house.store.doubt_authority();
            asked = now();
            let after = house.store.authority(asked).await.unwrap();
            assert_eq!(after != before, !name.contains("key"), "{name}");
            before = after;
        }
        // The other process asks again by itself.
        let later = now() + Duration::from_millis(500);
        assert_eq!(other.store.authority_held(later), None);
        assert_eq!(other.store.authority(later).await.unwrap(), before);
        house.close().await;
        other.close().await;
    })
    .await;
}

/// What a process does to the store in one transaction.
type Change = for<'t> fn(&'t mut TenantTx) -> BoxFuture<'t, Result<()>>;
