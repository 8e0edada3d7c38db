# One image for the API and for every worker:
#   docker run sluice api
#   docker run sluice work order-projection
ARG BUN_IMAGE=oven/bun:1.4.5

FROM ${BUN_IMAGE} AS dependencies
WORKDIR /home/bun/app
COPY package.json bun.lock ./
# PEM of a certificate authority that the build needs besides the public ones, such as a company proxy's.
ARG EXTRA_CA=""
RUN if [ -n "$EXTRA_CA" ]; then printf '%s\n' "$EXTRA_CA" > /tmp/extra-ca.pem && export NODE_EXTRA_CA_CERTS=/tmp/extra-ca.pem; fi \
 && bun install --frozen-lockfile --production --no-progress

FROM ${BUN_IMAGE}
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="A typed event pipeline for Bun: HTTP in, checked Avro on Kafka, workers out." \
      org.opencontainers.image.licenses="MIT"
WORKDIR /home/bun/app
ENV NODE_ENV=production
# What runs belongs to root and is read by the user `bun`: a hole in the program cannot rewrite the program.
COPY --from=dependencies /home/bun/app/node_modules node_modules
COPY package.json tsconfig.json ./
COPY src src
COPY schemas schemas
COPY workers workers
USER bun
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 CMD ["bun", "src/main.ts", "health"]
ENTRYPOINT ["bun", "src/main.ts"]
CMD ["api"]
