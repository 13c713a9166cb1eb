//! Every route, and what stands before all of them.

use std::sync::Arc;

use axum::{
    Router,
    middleware::from_fn_with_state,
    response::Response,
    routing::{MethodRouter, any, get, post},
};
use genkan_core::{Code, Error};
use http::Method;

use crate::{
    Parts,
    doors::Doors,
    fault,
    guard::entrance::{self, Entrance, GUARDS, GUARDS_OF_HEALTH, Guard},
    house::House,
    mcp::{http as mcp, trace},
    measure::{self, Endpoint},
    ops, quirk,
};

/// The name that metrics give to paths without a route.
const UNMATCHED: &str = "unmatched";

/// Builds the router for everybody. Starts the task that ends idle sessions.
pub fn router(parts: Parts) -> Router {
    for_everybody(open(parts))
}

/// Builds that and the one of the address for operators (`ops.bind`).
pub fn routers(parts: Parts) -> (Router, Router) {
    let doors = open(parts);
    (for_everybody(Arc::clone(&doors)), for_operators(doors))
}

fn open(parts: Parts) -> Arc<Doors> {
    measure::describe();
    quirk::describe();
    trace::describe();
    Doors::new(parts)
}

/// One line per route.
fn for_everybody(doors: Arc<Doors>) -> Router {
    let site = Site::of(&doors);
    let mcp = || {
        post(mcp::post::handle)
            .get(mcp::get::handle)
            .delete(mcp::delete::handle)
    };
    let router = Router::new()
        .route("/mcp", site.route("/mcp", "GET, POST, DELETE", mcp()))
        .route(
            "/mcp/{profile}",
            site.route("/mcp/{profile}", "GET, POST, DELETE", mcp()),
        )
        .route(
            "/metrics",
            site.route("/metrics", "GET, HEAD", get(ops::metrics::get)),
        );
    let router = with_health(router, &site);
    let router = match doors.house.settings().legacy_sse {
        true => with_older(router, &site),
        false => router,
    };
    site.whole(router, doors)
}

/// One line per route.
fn for_operators(doors: Arc<Doors>) -> Router {
    let site = Site::of(&doors);
    let router = Router::new()
        .route("/", site.route("/", "GET, HEAD", get(ops::page::get)))
        .route(
            "/page.js",
            site.route("/page.js", "GET, HEAD", get(ops::page::get_script)),
        )
        .route(
            "/metrics",
            site.route("/metrics", "GET, HEAD", get(ops::metrics::get_openly)),
        );
    let router = with_health(router, &site);
    site.whole(router, doors)
}

/// Whether the server lives, and whether it should get requests.
fn with_health(router: Router<Arc<Doors>>, site: &Site) -> Router<Arc<Doors>> {
    router
        .route("/health", site.probe("/health", get(ops::health::get)))
        .route("/ready", site.probe("/ready", get(ops::ready::get)))
}

/// The two addresses of HTTP+SSE (`mcp.legacy_sse`).
fn with_older(router: Router<Arc<Doors>>, site: &Site) -> Router<Arc<Doors>> {
    let stream = || get(mcp::older::stream::handle);
    router
        .route("/sse", site.route("/sse", "GET", stream()))
        .route(
            "/sse/{profile}",
            site.route("/sse/{profile}", "GET", stream()),
        )
        .route(
            "/messages",
            site.route("/messages", "POST", post(mcp::older::messages::handle)),
        )
}

/// What every route needs to get its entrance.
struct Site {
    house: Arc<House>,
}

impl Site {
    fn of(doors: &Arc<Doors>) -> Self {
        Self {
            house: Arc::clone(&doors.house),
        }
    }

    /// The routes, and an answer for every other path.
    fn whole(&self, router: Router<Arc<Doors>>, doors: Arc<Doors>) -> Router {
        router
            .fallback_service(
                self.entrance(UNMATCHED, GUARDS, any(no_such_path))
                    .with_state(Arc::clone(&doors)),
            )
            .with_state(doors)
    }

    /// A route with its entrance, and an answer to the methods that it does not take.
    fn route(
        &self,
        template: &'static str,
        allow: &'static str,
        methods: MethodRouter<Arc<Doors>>,
    ) -> MethodRouter<Arc<Doors>> {
        self.entrance(template, GUARDS, only(allow, methods))
    }

    /// A route that answers by whatever name it is asked.
    fn probe(
        &self,
        template: &'static str,
        methods: MethodRouter<Arc<Doors>>,
    ) -> MethodRouter<Arc<Doors>> {
        self.entrance(template, GUARDS_OF_HEALTH, only("GET, HEAD", methods))
    }

    /// Puts the entrance before everything that a route serves.
    ///
    /// Everything that holds on all routes is this one layer, which says its order itself: layers
    /// that each box the request cost more than the work they do.
    fn entrance(
        &self,
        template: &'static str,
        guards: &'static [Guard],
        methods: MethodRouter<Arc<Doors>>,
    ) -> MethodRouter<Arc<Doors>> {
        let entrance = Entrance {
            house: Arc::clone(&self.house),
            endpoint: Arc::new(Endpoint::new(template)),
            guards,
        };
        methods.layer(from_fn_with_state(entrance, entrance::enter))
    }
}

/// The methods, and an answer to all others.
fn only(allow: &'static str, methods: MethodRouter<Arc<Doors>>) -> MethodRouter<Arc<Doors>> {
    methods.fallback(move |method: Method| async move { not_allowed(&method, allow) })
}

async fn no_such_path() -> Response {
    fault::response(&Error::new(
        Code::NotFound,
        "nothing is served at this path",
    ))
}

fn not_allowed(method: &Method, allow: &'static str) -> Response {
    let shown: String = method.as_str().chars().take(16).collect();
    let mut response = fault::response(&Error::new(
        Code::MethodNotAllowed,
        format!("this address does not take `{shown}`, but {allow}"),
    ));
    response
        .headers_mut()
        .insert(http::header::ALLOW, http::HeaderValue::from_static(allow));
    response
}
