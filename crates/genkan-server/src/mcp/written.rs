//! A message in its wire form, ready to be sent.

use std::{
    array,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A message in one piece, or around one that many messages share, which is not copied into each.
pub(crate) enum Written {
    Whole(Bytes),
    Around(Box<[Bytes; 3]>),
}

impl Written {
    /// The message in one piece.
    pub(crate) fn whole(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Around(parts) => parts.concat().into(),
        }
    }

    /// The message as the body of an answer.
    pub(crate) fn into_body(self) -> axum::body::Body {
        match self {
            Self::Whole(bytes) => bytes.into(),
            Self::Around(parts) => axum::body::Body::new(Parts(parts.into_iter())),
        }
    }
}

impl From<Bytes> for Written {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }
}

/// The parts that are still to be sent.
struct Parts(array::IntoIter<Bytes, 3>);

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|part| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.0.as_slice().iter().map(Bytes::len).sum::<usize>();
        SizeHint::with_exact(left as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_is_the_same_in_one_piece_and_as_a_body() {
        let parts = || Written::Around(Box::new(["{\"a\":", "[1,2]", "}"].map(Bytes::from)));
        let body = parts().into_body();
        assert_eq!(body.size_hint().exact(), Some(11));
        let read = axum::body::to_bytes(body, 11).await.unwrap();
        assert_eq!(read, parts().whole());
        assert_eq!(read, "{\"a\":[1,2]}");
    }
}
