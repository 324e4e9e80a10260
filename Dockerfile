# The image holds one static program and nothing else: no shell, no library, no user but one without rights.
#
#   docker build -t ismslint .
#   docker run --rm -v "$PWD:/project:ro" ismslint
#
ARG RUST=1.91

FROM rust:${RUST}-alpine AS build
WORKDIR /source
COPY Cargo.toml Cargo.lock build.rs ./
COPY src src
COPY rules rules
COPY benches benches
# The toolchain of this image links statically, with musl.
RUN cargo build --release --locked --bin ismslint && strip target/release/ismslint

FROM scratch
COPY --from=build /source/target/release/ismslint /usr/bin/ismslint
COPY LICENSE /usr/share/licenses/ismslint/LICENSE
USER 65532:65532
WORKDIR /project
ENTRYPOINT ["/usr/bin/ismslint"]
CMD ["check"]
