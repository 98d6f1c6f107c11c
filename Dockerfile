# The first stage builds the executable and the root file system that the image consists of.
FROM oven/bun:1.4.5 AS build
WORKDIR /source
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile --production
COPY . .
# The commit that --version names: there is no repository here.
ARG BUILD_COMMIT=""
RUN bun scripts/build.ts && sh scripts/container-root.sh ./chatroom /image

FROM scratch
COPY --from=build /image/ /
# Otherwise it would belong to root.
COPY --from=build --chown=65532:65532 /image/data /data
USER 65532:65532
ENV CHATROOM_DATA=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/chatroom", "health"]
ENTRYPOINT ["/chatroom"]
