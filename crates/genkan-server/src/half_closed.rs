//! A connection whose other end has said all that it will say, and still waits for the answer.
//!
//! The end of what a client sends means that it left, unless a request of it is under way: it is then told
//! when the answer was written, or when the answer turns out to be a stream. A stream has no bound in time,
//! and for it the specification takes such an end for a cancellation.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// No request is under way.
const IDLE: u8 = 0;
/// A request was read, and has no answer yet.
const ASKED: u8 = 1;
/// The answer waits to be written.
const ANSWERED: u8 = 2;

/// How far the request of a connection is.
#[derive(Clone, Default)]
pub(crate) struct Stage(Arc<AtomicU8>);

impl Stage {
    pub(crate) fn asked(&self) {
        self.0.store(ASKED, Ordering::Relaxed);
    }

    /// The answer is whole.
    pub(crate) fn answered(&self) {
        self.0.store(ANSWERED, Ordering::Relaxed);
    }

    /// The answer has begun, and nobody knows its end.
    pub(crate) fn streams(&self) {
        self.0.store(IDLE, Ordering::Relaxed);
    }

    fn is_under_way(&self) -> bool {
        self.0.load(Ordering::Relaxed) != IDLE
    }

    fn written(&self) {
        let (answered, idle) = (ANSWERED, IDLE);
        // Otherwise it was told to flush something else, such as `100 Continue`.
        let _was = self
            .0
            .compare_exchange(answered, idle, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Keeps the end of a stream to itself while a request is under way. The task that reads it is woken by
/// the answer, which it makes itself.
pub(crate) struct HalfClosed<S> {
    stream: S,
    stage: Stage,
}

impl<S> HalfClosed<S> {
    pub(crate) fn new(stream: S, stage: Stage) -> Self {
        Self { stream, stage }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HalfClosed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let is_end = matches!(polled, Poll::Ready(Ok(()))) && buffer.filled().len() == before;
        if is_end && self.stage.is_under_way() {
            return Poll::Pending;
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HalfClosed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Comes when everything before it was written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        if polled.is_ready() {
            self.stage.written();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
