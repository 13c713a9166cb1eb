//! `genkan serve`: the server. Build, run, drain.

pub(super) mod address;
mod announce;
pub(super) mod certificate;
mod memory;

use std::{process::ExitCode, sync::Arc, time::Duration};

use genkan_core::{
    Error, Live, Result,
    lifecycle::{Lifecycle, Stopped},
};
use genkan_server::{LiveSettings, Router, Tls};
use tokio::net::TcpListener;
use tracing::{error, info, warn};

use self::certificate::Kept;
use crate::{
    data_folder::{Claim, DataFolder},
    house::{self, ForAdmins, House, chat, reload::Reload},
    local::{self, StreamDoor},
    platform::{
        service::{Service, State},
        signals::{Hangups, Signals},
        socket,
    },
    settings::{Destination, Override, Settings},
    surroundings::Surroundings,
    telemetry::{
        log::{self, Audience},
        metrics::{self, Recorder},
        traces,
    },
};

/// How long the last traces may take.
const LAST_TRACES: Duration = Duration::from_secs(2);

/// Serve MCP over HTTP
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 takes any free one [default: server.bind, 127.0.0.1:8137]
    #[arg(long, value_name = "ADDR")]
    bind: Option<String>,
    /// A proxy in front ends TLS; needed to listen beyond loopback (server.behind_proxy)
    #[arg(long)]
    behind_proxy: bool,
}

impl Arguments {
    fn overrides(&self) -> Vec<Override> {
        let bind = self.bind.clone().map(|text| Override {
            path: "server.bind",
            flag: "--bind",
            text,
        });
        let proxy = self.behind_proxy.then(|| Override {
            path: "server.behind_proxy",
            flag: "--behind-proxy",
            text: "true".into(),
        });
        bind.into_iter().chain(proxy).collect()
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let folder = surroundings.folder()?;
    let flags = arguments.overrides();
    let watched = surroundings.watched_settings(&folder, flags.clone());
    let (settings, watch) = Box::pin(watched).await?;
    settings.check(None)?;
    let (clock, random) = house::system();
    // Before the layer of traces, which counts what it drops.
    let recorder = Recorder::install(settings.ops.metrics)?;
    let traces = traces::prepare(&settings, &*clock, random);
    let (layer, exporter) = traces.unzip();
    let environment = &surroundings.environment;
    let log = log::start_with(
        &settings,
        environment,
        Audience::Operator,
        (settings.log.output, layer),
    )?;
    settings.tell_remarks();
    let signals = Signals::listen().map_err(Error::internal)?;
    let hangups = Hangups::listen().map_err(Error::internal)?;
    let service = Arc::new(Service::of(&surroundings.environment));
    let certificate = settings.tls.files()?;
    let certificate = certificate.map(|files| Kept::new(files, clock));
    let certificate = certificate.transpose()?;
    folder.prepare()?;
    let claim = folder.claim()?;
    // Before anything is made: an address in use should leave an empty folder empty.
    let front = Front {
        listener: address::listener(&settings)?,
        operators: address::for_operators(&settings)?,
        certificate,
    };
    let (doors, sending) = (Lifecycle::new(), Lifecycle::new());
    if let Some(exporter) = exporter {
        exporter.start(&sending);
    }
    let admins = ForAdmins {
        metrics: Some(Arc::new({
            let recorder = recorder.clone();
            move || recorder.render()
        })),
        judge: Some(surroundings.judge(&folder, flags.clone())),
    };
    let mut house = Box::pin(House::open(&settings, &folder, &doors, admins)).await?;
    house.join(&settings, &folder).await?;
    let open = open_doors(
        &settings,
        &folder,
        &house,
        recorder,
        (&claim, front),
        &doors,
        surroundings,
    )?;
    for realm in house.realms.clone() {
        chat::warm(realm, &doors);
    }
    let settings = Live::new(settings);
    let reload = Reload {
        surroundings: surroundings.clone(),
        folder,
        flags,
        log,
        hangups,
        watch,
        service: Arc::clone(&service),
    };
    reload.start(&house, settings.clone(), open, &doors);
    memory::start(settings.clone(), Arc::clone(house.engine()), &doors);
    stay_alive(&service, &doors);
    if let Some(task) = surroundings.additions.background {
        let stop = doors.soft_stop().clone();
        doors.start("addition", async move {
            stop.run_until_cancelled(task()).await;
        });
    }
    let ended = until_the_end(&doors, &house, &settings, (signals, &*service)).await;
    house.close().await;
    sending.stop(LAST_TRACES).await;
    drop(claim);
    Ok(ended)
}

/// Where HTTP comes in.
struct Front {
    listener: TcpListener,
    operators: Option<TcpListener>,
    certificate: Option<Kept>,
}

/// Tells the service manager that the server is ready, and from then on that it lives.
fn stay_alive(service: &Arc<Service>, doors: &Lifecycle) {
    service.tell(State::Ready);
    if let Some(every) = service.every() {
        let (service, stop) = (Arc::clone(service), doors.soft_stop().clone());
        let mut ticks = tokio::time::interval(every);
        doors.start("watchdog", async move {
            while stop.run_until_cancelled(ticks.tick()).await.is_some() {
                service.tell(State::Alive);
            }
        });
    }
}

/// Starts every door, then tells where they are. What the doors are set to can be changed by what
/// comes back.
fn open_doors(
    settings: &Settings,
    folder: &DataFolder,
    house: &House,
    recorder: Recorder,
    (claim, front): (&Claim, Front),
    doors: &Lifecycle,
    surroundings: &Surroundings,
) -> Result<LiveSettings> {
    let Front {
        listener,
        operators,
        certificate,
    } = front;
    let address = listener.local_addr().map_err(Error::internal)?;
    let readings = metrics::start(recorder.clone(), folder.path().to_owned(), doors);
    let parts = genkan_server::Parts {
        metrics: Arc::new(move || recorder.render()),
        system: Arc::new(move || readings.latest()),
        ..house.parts(settings, doors)
    };
    let socket = socket::Listener::bind(folder.path()).unwrap_or_else(|error| {
        warn!(
            "there is no local socket, so that other processes open the store themselves: {error}"
        );
        None
    });
    let notice = announce::notice(settings, folder, address, socket.as_ref())?;
    let open = parts.settings.clone();
    let tls = certificate.as_ref().map(|kept| kept.tls.clone());
    if let Some(kept) = certificate {
        kept.start(doors);
    }
    let (router, for_operators) = genkan_server::routers(parts.clone());
    let bounds = settings.for_doors();
    doors.start(
        "http",
        answer(listener, router, bounds.clone(), tls, doors.clone()),
    );
    let mut ops = None;
    if let Some(listener) = operators {
        ops = listener.local_addr().ok();
        let answering = answer(listener, for_operators, bounds, None, doors.clone());
        doors.start("http for operators", answering);
    }
    if let Some(socket) = socket {
        let door = StreamDoor::new(parts);
        doors.start("local socket", local::listen(socket, door, doors.clone()));
    }
    claim.announce(&notice)?;
    let listening = announce::Listening::new(folder, house, &notice, ops);
    match settings.log.output {
        Destination::Stdout => listening.log(),
        Destination::Stderr => {
            listening.tell(surroundings.output);
            info!("serving {}", notice.url);
        }
    }
    Ok(open)
}

/// Serves HTTP until the doors close.
async fn answer(
    listener: TcpListener,
    router: Router,
    bounds: genkan_server::Settings,
    tls: Option<Tls>,
    doors: Lifecycle,
) {
    let serving = genkan_server::serve_with(listener, router, &bounds, tls.as_ref(), &doors);
    if let Err(error) = serving.await {
        error!("the HTTP server failed: {error}");
        doors.failed().cancel();
    }
}

/// Waits for a signal or a failure, then lets the doors finish what they have begun.
async fn until_the_end(
    doors: &Lifecycle,
    house: &House,
    settings: &Live<Settings>,
    (mut signals, service): (Signals, &Service),
) -> ExitCode {
    let failed = tokio::select! {
        signal = signals.next() => {
            info!("{signal}: no new calls; what runs may finish");
            false
        }
        () = doors.failed().cancelled() => {
            error!("a door failed; the server ends");
            true
        }
        () = house.failed() => {
            error!("the store failed; the server ends");
            true
        }
    };
    service.tell(State::Stopping);
    let drain = Duration::from_secs(settings.get().server.drain_seconds.get());
    let by_force = tokio::select! {
        stopped = doors.stop(drain) => stopped != Stopped::Drained,
        signal = signals.next() => {
            warn!("{signal} again: ending at once");
            doors.stop(Duration::ZERO).await;
            true
        }
    };
    if by_force {
        warn!("calls that still ran were cut off");
    }
    if failed || by_force {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
