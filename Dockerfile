# syntax=docker/dockerfile:1
# Genkan in a container: one binary on distroless, no shell, no root, nothing to write
# to but its data folder.
#
#   docker build --tag genkan .                    compiles here
#   docker build --build-arg BINARY=release …      takes dist/<arch>/genkan, as the release does, which
#                                                  has tried those binaries on their own machines
ARG BINARY=source

FROM rust:1.95-bookworm AS source
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/build/target,sharing=locked \
    cargo build --locked --profile dist --package genkan \
    && install -D target/dist/genkan /out/genkan
WORKDIR /out/data

FROM scratch AS release
ARG TARGETARCH
COPY --chmod=0755 dist/${TARGETARCH}/genkan /out/genkan
WORKDIR /out/data

# hadolint ignore=DL3006
FROM ${BINARY} AS binary

# The C library and the certificates of Debian 12, and nothing else.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="Genkan" \
      org.opencontainers.image.description="One entrance between AI clients and everything they may touch" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=binary /out/genkan /usr/local/bin/genkan
COPY --from=binary --chown=65532:65532 /out/data /var/lib/genkan
ENV GENKAN_DATA_DIR=/var/lib/genkan
USER 65532:65532
EXPOSE 8137
STOPSIGNAL SIGTERM
# Whether the server serves. Whether it should get requests, its database included, /ready says.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/genkan", "health"]
ENTRYPOINT ["/usr/local/bin/genkan"]
CMD ["serve"]
