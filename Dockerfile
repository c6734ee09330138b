# One image for all four roles: the command names the role.
#
#   docker build -t martlet .
#
# The build stage compiles in a public image that has Swift. On a machine that has built the program
# already, `make image` puts it into dist/ and the stage takes it from there; then it needs no compiler,
# and any Debian 12 serves as both base images. `make image LOCAL_BASE=1` makes a base of this machine's
# own files, for machines that reach no registry.
ARG BUILD_IMAGE=swift:6.3-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
RUN if [ -x dist/martlet ]; then install -D dist/martlet /out/martlet; \
    else scripts/setup \
    && swift build -c release --product martlet --static-swift-stdlib \
    && install -D .build/release/martlet /out/martlet; fi

FROM ${RUNTIME_IMAGE}
# The base may carry the libraries already, as one that is made for building without a network does.
RUN if ! ldconfig -p | grep -q libre2.so.9; then apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libcrypt1 libre2-9 libsnappy1v5 libsqlite3-0 \
        libstdc++6 libzstd1 zlib1g \
    && rm -rf /var/lib/apt/lists/*; fi \
    && mkdir -p /data /etc/martlet && chown 65534:65534 /data
COPY --from=build /out/martlet /usr/local/bin/martlet
COPY scripts/container-health /usr/local/bin/container-health
COPY compose/prometheus.yml /etc/martlet/prometheus.yml
# Nobody is enough for all roles but containers, which reads what belongs to root.
USER 65534:65534
WORKDIR /data
VOLUME /data
EXPOSE 3000 5000 8080 9090
ENTRYPOINT ["/usr/local/bin/martlet"]
CMD ["up", "--data", "/data"]
